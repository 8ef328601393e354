/** Where the room of customers' feelings stands: surveys, what they answered, cases. Whoever brings a screen adds its route here and its tab to `tabs.ts`. */
import HeartHandshake from "@lucide/svelte/icons/heart-handshake";
import type { Room } from "../rooms";

const cases = () => import("./Cases.svelte");
const topics = () => import("./Topics.svelte");
const surveys = () => import("./Surveys.svelte"); // the same in all routes, so that moving about keeps the screen

export const room: Room = {
  name: "room.experience",
  path: "/experience/feedback",
  order: 4.5,
  roles: ["supervisor", "administrator"],
  icon: HeartHandshake,
  routes: [
    { path: "/experience/feedback", load: () => import("./Feedback.svelte") },
    { path: "/experience/feedback/scores", load: () => import("./FeedbackScores.svelte") },
    { path: "/experience/loyalty", load: () => import("./Loyalty.svelte") },
    { path: "/experience/cases", load: cases, roles: ["supervisor"] },
    { path: "/experience/cases/rules", load: () => import("./CasesRules.svelte") },
    { path: "/experience/cases/:case", load: cases, roles: ["supervisor"] },
    { path: "/experience/topics", load: topics },
    { path: "/experience/topics/:topic", load: topics },
    { path: "/experience/surveys", load: surveys },
    { path: "/experience/surveys/:version", load: surveys },
  ],
};

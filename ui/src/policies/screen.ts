/** Where the policy stands: its versions, one of them open, and the effect of a trial. */
import Scale from "@lucide/svelte/icons/scale";
import type { Room } from "../rooms";

const policy = () => import("./Policy.svelte"); // the same in all routes, so that moving about keeps the screen

export const room: Room = {
  name: "room.policy",
  path: "/policy",
  order: 5,
  roles: ["supervisor", "administrator"],
  icon: Scale,
  routes: [
    { path: "/policy", load: policy },
    { path: "/policy/version/:version", load: policy },
    { path: "/policy/trial/:trial", load: () => import("./Trial.svelte") },
  ],
};

/** Where an agent's day stands: praise, promises due today, own cases, what may still be given. */
import Sun from "@lucide/svelte/icons/sun";
import type { Room } from "../rooms";

export const room: Room = {
  name: "room.day",
  path: "/my-day",
  order: 1.5,
  roles: ["agent"],
  icon: Sun,
  routes: [
    { path: "/my-day", load: () => import("./MyDay.svelte") },
    { path: "/my-day/cases/:case", load: () => import("./MyCase.svelte") },
  ],
};

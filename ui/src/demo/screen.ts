/** Where the demonstration's pages stand; all are open to everybody who reaches the machine. */
import type { Room } from "../rooms";

export const room: Room = {
  path: "/",
  order: 0,
  routes: [],
  open: [
    { path: "/", load: () => import("./Start.svelte") },
    { path: "/shop", load: () => import("./Shop.svelte") },
    { path: "/both", load: () => import("./Both.svelte") },
  ],
};

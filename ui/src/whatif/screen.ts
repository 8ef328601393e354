/** Where "what if" stands: a page of the policy's room, with no word of its own in the top bar. */
import type { Room } from "../rooms";

const asking = () => import("./WhatIf.svelte");

export const room: Room = {
  path: "/policy/what-if",
  order: 5.5,
  roles: ["supervisor", "administrator"],
  routes: [
    { path: "/policy/what-if", load: asking },
    { path: "/policy/what-if/:run", load: () => import("./RunPage.svelte") },
  ],
};

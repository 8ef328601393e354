/** Where the flows stand: their versions as text, drawn, tried. Reached from the policy's places. */
import type { Room } from "../rooms";

const flows = () => import("./Flows.svelte"); // the same in all routes, so that moving about keeps the screen

export const room: Room = {
  path: "/flows",
  order: 5.3,
  roles: ["supervisor", "administrator"],
  routes: [
    { path: "/flows", load: flows },
    { path: "/flows/:version", load: flows },
  ],
};

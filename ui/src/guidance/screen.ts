/** Where the pace by load stands: beside the policy, without a place in the top bar. */
import type { Room } from "../rooms";

export const room: Room = {
  path: "/guidance",
  order: 6,
  roles: ["supervisor", "administrator"],
  routes: [{ path: "/guidance", load: () => import("./Guidance.svelte") }],
};

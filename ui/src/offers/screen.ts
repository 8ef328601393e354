/** Where offers stand: for those who lead, a place of the customers' room. The desk's card is the desk's. */
import type { Room } from "../rooms";

export const room: Room = {
  path: "/offers",
  order: 4.7,
  roles: ["supervisor", "administrator"],
  routes: [
    { path: "/offers", load: () => import("./Offers.svelte") },
    { path: "/offers/courtesy", load: () => import("./Courtesy.svelte") },
  ],
};

/** Where the floor stands, and the wallboard, which fills a screen of its own without the top bar. */
import LayoutDashboard from "@lucide/svelte/icons/layout-dashboard";
import type { Room } from "../rooms";

export const room: Room = {
  name: "room.floor",
  path: "/floor",
  order: 2,
  roles: ["supervisor"],
  icon: LayoutDashboard,
  routes: [
    { path: "/floor", load: () => import("./Floor.svelte") },
    { path: "/fairness", load: () => import("./Fairness.svelte") },
  ],
  open: [{ path: "/wallboard", load: () => import("./Wallboard.svelte") }],
};

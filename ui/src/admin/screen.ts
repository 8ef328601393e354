/** Where the administration stands: its sections are places of their own, and so is each entry. */
import Settings from "@lucide/svelte/icons/settings";
import type { Room } from "../rooms";

const settings = () => import("./Settings.svelte"); // the same in all routes, so that moving about keeps the screen

export const room: Room = {
  name: "room.settings",
  path: "/settings",
  order: 90,
  roles: ["administrator", "supervisor"],
  icon: Settings,
  routes: [
    { path: "/settings", load: settings },
    { path: "/settings/:section", load: settings },
    { path: "/settings/:section/:item", load: settings },
  ],
};

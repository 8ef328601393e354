/** Where the desk stands and what it puts into the top bar. */
import Headset from "@lucide/svelte/icons/headset";
import type { Room } from "../rooms";

const desk = (): Promise<{ default: unknown }> => import("./Desk.svelte");

export const room: Room = {
  name: "room.desk",
  path: "/desk",
  order: 1,
  roles: ["agent"],
  icon: Headset,
  routes: [
    { path: "/desk", load: desk },
    { path: "/desk/:interaction", load: desk },
  ],
  topBar: () => import("./Presence.svelte"),
};

/** Where conversations, open and past, are listed and read. */
import MessagesSquare from "@lucide/svelte/icons/messages-square";
import type { Room } from "../rooms";

export const room: Room = {
  name: "room.conversations",
  path: "/conversations",
  order: 3,
  roles: ["agent", "supervisor"],
  icon: MessagesSquare,
  routes: [
    { path: "/search", load: () => import("./Search.svelte") },
    { path: "/conversations", load: () => import("./List.svelte") },
    { path: "/conversations/:interaction", load: () => import("./Read.svelte") },
  ],
};

/** Where the room of articles stands: the list, one article, writing one, bringing files. */
import BookOpen from "@lucide/svelte/icons/book-open";
import type { Room } from "../rooms";

export const room: Room = {
  name: "room.knowledge",
  path: "/knowledge",
  order: 4.5,
  icon: BookOpen,
  routes: [
    { path: "/knowledge", load: () => import("./Articles.svelte") },
    { path: "/knowledge/new", load: () => import("./NewArticle.svelte"), roles: ["supervisor", "administrator"] },
    { path: "/knowledge/contradictions", load: () => import("./Contradictions.svelte"), roles: ["supervisor", "administrator"] },
    { path: "/knowledge/import", load: () => import("./Import.svelte"), roles: ["supervisor", "administrator"] },
    { path: "/knowledge/articles/:article", load: () => import("./Article.svelte") },
    { path: "/knowledge/articles/:article/:language/:number", load: () => import("./Writing.svelte") },
  ],
};

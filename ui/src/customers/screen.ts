/** Where the customers' room stands: finding one, the page of one, and the places that others bring. */
import Users from "@lucide/svelte/icons/users";
import type { Room } from "../rooms";

export const room: Room = {
  name: "room.customers",
  path: "/customers",
  order: 4,
  roles: ["agent", "supervisor", "administrator"],
  icon: Users,
  routes: [
    { path: "/customers", load: () => import("./Find.svelte") },
    { path: "/customers/duplicates", load: () => import("./Duplicates.svelte"), roles: ["supervisor", "administrator"] },
    { path: "/customers/segments", load: () => import("./Segments.svelte"), roles: ["supervisor", "administrator"] },
    { path: "/customers/fields", load: () => import("./CustomFields.svelte"), roles: ["administrator"] },
    { path: "/customers/identity", load: () => import("./VerificationRules.svelte"), roles: ["administrator"] },
    { path: "/customers/import", load: () => import("./Import.svelte"), roles: ["administrator"] },
    { path: "/customers/import/:import", load: () => import("./ImportPage.svelte"), roles: ["administrator"] },
    // Places come before the page of one customer, whose path would fit them too.
    { path: "/customers/:customer", load: () => import("./Customer.svelte"), roles: ["agent", "supervisor"] },
  ],
};

/** The places of the customers' room, side by side: whoever brings a screen adds its tab here, and its route to `screen.ts`. */
import { t as ident } from "../i18n/customers_ident";
import { t as match } from "../i18n/customers_match";
import { t as orders } from "../i18n/customers_orders";
import { t as offers } from "../i18n/offers";
import { t } from "../i18n/customers_portrait";
import { t as value } from "../i18n/customers_value";
import type { Role } from "../session.svelte";

export interface Place {
  readonly path: string;
  /** Read each time, so that it follows the language. */
  readonly label: () => string;
  /** Who may go there; left out, everybody in the room. */
  readonly roles?: readonly Role[];
}

export const places: readonly Place[] = [
  { path: "/customers", label: () => t("find") },
  { path: "/customers/duplicates", label: () => match("tab"), roles: ["supervisor", "administrator"] },
  { path: "/customers/segments", label: () => value("tab"), roles: ["supervisor", "administrator"] },
  { path: "/offers", label: () => offers("title"), roles: ["supervisor", "administrator"] },
  { path: "/customers/fields", label: () => t("fieldsTab"), roles: ["administrator"] },
  { path: "/customers/identity", label: () => ident("tab"), roles: ["administrator"] },
  { path: "/customers/import", label: () => orders("import"), roles: ["administrator"] },
];

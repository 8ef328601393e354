/** The places of the room, side by side: whoever brings a screen adds its tab here, and its route to `screen.ts`. */
import { t } from "../i18n/knowledge";
import { t as facts } from "../i18n/knowledge_facts";
import type { Role } from "../session.svelte";

export interface Place {
  readonly path: string;
  /** Read each time, so that it follows the language. */
  readonly label: () => string;
  /** Who may go there; left out, everybody in the room. */
  readonly roles?: readonly Role[];
}

export const places: readonly Place[] = [
  { path: "/knowledge", label: () => t("articles") },
  { path: "/knowledge/contradictions", label: () => facts("tab"), roles: ["supervisor", "administrator"] },
  { path: "/knowledge/import", label: () => t("importTab"), roles: ["supervisor", "administrator"] },
];

/** The places of the room of customers' feelings, side by side: whoever brings a screen adds its tab here, and its route to `screen.ts`. */
import { t as cases } from "../i18n/experience_cases";
import { t as loyalty } from "../i18n/experience_loyalty";
import { t as mood } from "../i18n/experience_mood";
import { t as results } from "../i18n/experience_results";
import { t as surveys } from "../i18n/experience_surveys";
import type { Role } from "../session.svelte";

export interface Place {
  readonly path: string;
  /** Read each time, so that it follows the language. */
  readonly label: () => string;
  /** Who may go there; left out, everybody in the room. */
  readonly roles?: readonly Role[];
}

export const places: readonly Place[] = [
  { path: "/experience/feedback", label: () => results("tab"), roles: ["supervisor", "administrator"] },
  { path: "/experience/loyalty", label: () => loyalty("tab"), roles: ["supervisor", "administrator"] },
  { path: "/experience/cases", label: () => cases("tab"), roles: ["supervisor"] },
  { path: "/experience/cases/rules", label: () => cases("rulesTitle"), roles: ["administrator"] },
  { path: "/experience/topics", label: () => mood("tab"), roles: ["supervisor", "administrator"] },
  { path: "/experience/surveys", label: () => surveys("tab"), roles: ["supervisor", "administrator"] },
];

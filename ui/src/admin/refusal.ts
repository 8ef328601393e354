/** Why the center refused, in the reader's language where we know the code, with the way to what stands against it. */
import type { Problem } from "../api";
import { t } from "../i18n/admin";
import { sayProblem } from "../problem";
import { isListed, itemsOf, placeOf } from "./sections";

const known = ["login_taken", "agent_taken", "last_administrator", "policy_changed", "medium_fixed", "shortcut_taken", "conflict", "forbidden", "conversation_open", "malformed"] as const;
type Known = (typeof known)[number];

function isKnown(code: string): code is Known {
  return known.some((one) => one === code);
}

export interface Refusal { readonly text: string; readonly href?: string }

/** What to say about `problem`; `used_by` is the center's "queue orders". */
export function refusal(problem: Problem): Refusal {
  const usedBy = problem.facts["used_by"];
  if (problem.code === "in_use" && typeof usedBy === "string") {
    const [kind = "", ...rest] = usedBy.split(" ");
    const id = rest.join(" ");
    const place = placeOf(kind, id);
    if (place !== null && isListed(place.section)) {
      const name = itemsOf(place.section).find((item) => item.id === place.item)?.name ?? id;
      return { text: t("usedBy", { what: `${t(`one.${place.section}`)} “${name}”` }), href: `/settings/${place.section}/${encodeURIComponent(place.item)}` };
    }
    return { text: t("usedBy", { what: kind === "interaction" ? `${t("kind.interaction")} ${id}` : usedBy }) };
  }
  if (isKnown(problem.code)) {
    const said = t(`problem.${problem.code}`);
    // Faults that stand at no field of ours must be read somewhere.
    const faults = [...problem.fields].map(([field, fault]) => `${field}: ${fault}`).join(" ");
    return { text: problem.code === "malformed" ? `${said} ${faults === "" ? problem.detail : faults}` : said };
  }
  return { text: sayProblem(problem) };
}

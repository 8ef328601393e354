/** What the center refused, in the interface's language where we know the word; else in the center's own. */
import type { Problem } from "../api";
import { t } from "../i18n/desk";
import type { PlainKeyOf } from "../i18n/room";
import { sayProblem } from "../problem";

const known: Readonly<Record<string, PlainKeyOf<typeof t>>> = {
  offer_gone: "refused.offerGone",
  wrong_phase: "refused.wrongPhase",
  not_yours: "refused.notYours",
  agent_offline: "refused.agentOffline",
  no_capacity: "refused.noCapacity",
  same_agent: "refused.sameAgent",
  already_asked: "refused.alreadyAsked",
  unknown_consult: "refused.consultOver",
  still_holding: "refused.stillHolding",
  disposition_required: "refused.dispositionRequired",
  too_late: "refused.tooLate",
  too_many_files: "refused.tooManyFiles",
  too_many_facts: "refused.tooManyFacts",
};

export function sayRefusal(problem: Problem): string {
  const key = known[problem.code];
  return key === undefined ? sayProblem(problem) : t(key);
}

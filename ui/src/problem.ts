/** A problem in words for people, when there is no better place to say it. */
import type { Problem } from "./api";
import { t as identity } from "./i18n/customers_ident";
import { t as masked } from "./i18n/customers_mask";
import { t } from "./i18n/shell";

export function sayProblem(problem: Problem): string {
  if (problem.code === "no_network") return t("noNetwork");
  if (problem.code === "out_of_scope") return t("outOfScope");
  if (problem.code === "masked") return masked("revealFirst");
  if (problem.code === "verification_needed") return identity("refused.verification_needed");
  return problem.message === "" ? t("unclearAnswer") : problem.message;
}

/** A problem in words for people, when there is no better place to say it. */
import type { Problem } from "./api";
import { t } from "./i18n/shell";

export function sayProblem(problem: Problem): string {
  if (problem.code === "no_network") return t("noNetwork");
  return problem.message === "" ? t("unclearAnswer") : problem.message;
}

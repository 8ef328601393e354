/** Why the center refused, in the reader's language where we know the code. */
import type { Problem } from "../api";
import { t } from "../i18n/policies";
import { sayProblem } from "../problem";

const known = ["changed_meanwhile", "not_a_draft", "trial_runs", "no_trial", "too_many_versions", "too_many_drafts", "forbidden", "malformed", "queue_full", "cannot_run"] as const;

export function refusal(problem: Problem): string {
  const code = known.find((one) => one === problem.code);
  if (code === undefined) return sayProblem(problem);
  // What is malformed must be read somewhere.
  return code === "malformed" && problem.detail !== "" ? `${t("refused.malformed")} ${problem.detail}` : t(`refused.${code}`);
}

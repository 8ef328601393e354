/** Why the center did not do it, in the reader's language. */
import type { Problem } from "../api";
import { t } from "../i18n/knowledge";
import { sayProblem } from "../problem";

const refused = ["own_text", "overtaken", "article_taken", "no_way", "no_draft", "too_many_versions", "too_many_articles"] as const;

export function sayRefused(problem: Problem): string {
  const code = refused.find((one) => one === problem.code);
  return code === undefined ? sayProblem(problem) : t(`refused.${code}`);
}

/** Why the center refused something on a customer's page, in the reader's language. */
import type { Problem } from "../api";
import { t } from "../i18n/customers_portrait";
import type { PlainKeyOf } from "../i18n/room";
import { sayProblem } from "../problem";

export function sayRefused(problem: Problem): string {
  const key = `refused.${problem.code}`;
  return key in t.catalogue.en ? t(key as PlainKeyOf<typeof t>) : sayProblem(problem);
}

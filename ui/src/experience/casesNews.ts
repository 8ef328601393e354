/** What the owner of a case hears at once: that it is theirs, or that it is due soon. */
import { t } from "../i18n/experience_cases";
import { toasts } from "../parts/toasts.svelte";

export function sayNews(why: unknown): void {
  if (why === "due") toasts.show(t("reminded"));
  else if (why === "opened") toasts.show(t("newCase"));
}

/** Sentences of the desk that more than one part says. */
import { clock } from "../clock.svelte";
import { clockTime, span } from "../i18n/format";
import { intlTags, locale } from "../i18n/locale.svelte";
import { t } from "../i18n/desk";
import { level, type StateEntry } from "../parts/states";
import { usedShare, watchFrom } from "../parts/warm";
import Clock from "@lucide/svelte/icons/clock";
import { live } from "../state/live.svelte";
import type { Due, Work } from "./worklist";

/** A language in the interface's words, with a capital: "Russian". */
export function languageName(tag: string | null | undefined): string {
  if (!tag) return "";
  try {
    return new Intl.DisplayNames([intlTags[locale.current]], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag; // not a language tag: say what came
  }
}

export function queueName(id: string | null | undefined): string {
  return id ? (live.state?.config.queues[id]?.name ?? id) : "";
}

/** What the customer chose as the topic, in the reader's language, else in English, else its id with a capital letter. */
export function topicName(about: { readonly inbox: string; readonly reason: string | null } | null | undefined): string {
  const key = about?.reason;
  if (!about || !key) return "";
  const labels = live.state?.config.inboxes[about.inbox]?.reason_labels?.[key];
  return labels?.[locale.current] ?? labels?.["en"] ?? key.charAt(0).toLocaleUpperCase() + key.slice(1);
}

/** What rings: "Chat rings"; it names nobody. */
export function ringTitle(work: Work | null): string {
  if (work === null) return "";
  if (work.consult !== null) return t("rings.consult");
  switch (work.view.medium) {
    case "voice":
      return t("rings.voice");
    case "callback":
      return t("rings.callback");
    case "chat":
      return t("rings.chat");
    case "email":
      return t("rings.email");
    case "message":
      return t("rings.message");
    default:
      work.view.medium satisfies never;
      return "";
  }
}

/** How an answer stands: its words, and the state once three quarters of the time are used. Reads the clock. */
export function dueWords(due: Due, slow: boolean, wrapping = false): { words: string; state: StateEntry | null } {
  const left = due.until - clock.now;
  const say = (ms: number): string => (slow ? span(Math.max(60_000, ms)) : clockTime(ms));
  if (left <= 0) return { words: t("lateBy", { time: say(-left) }), state: { ...level.late } };
  const words = wrapping ? t("closesIn", { time: say(left) }) : slow ? t("dueIn", { time: say(left) }) : t("answerIn", { time: say(left) });
  return { words, state: usedShare(due.since, due.until, clock.now) >= watchFrom ? { ...level.watch, icon: Clock } : null };
}

/** Whether times of this medium are said in minutes. */
export function isSlow(medium: string): boolean {
  return medium === "email" || medium === "message";
}

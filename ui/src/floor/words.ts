/** How the floor says its numbers. */
import { clockTime, percent, span, time } from "../i18n/format";
import { t } from "../i18n/floor";
import { locale } from "../i18n/locale.svelte";
import type { Medium } from "../state/live";
import type { Measure, Span } from "./figures";
import type { Channel, QueueRow } from "./queues";
import { aims } from "./queues";

/** "84 %", or a dash when nothing was counted. */
export function pctText(pct: number | null | undefined): string {
  return pct === null || pct === undefined ? "–" : percent(pct / 100, pct < 10 ? 1 : 0);
}

/** The ink of a service level: under its aim, or 10 points and more under it. */
export function hue(pct: number | null | undefined, aim: number): "" | "watch" | "late" {
  if (pct === null || pct === undefined || pct >= aim) return "";
  return pct <= aim - 10 ? "late" : "watch";
}

/** A wait: on the clock for what rings, in words for e-mail. */
export function waitText(ms: number | null | undefined, media: readonly Medium[] | Medium): string {
  if (ms === null || ms === undefined) return "–";
  const mail = Array.isArray(media) ? media.length === 1 && media[0] === "email" : media === "email";
  return mail ? span(ms) : clockTime(ms);
}

/** "aim 80 % in 20 s", or the range when the queues do not agree. */
export function aimText(rows: readonly QueueRow[]): string | null {
  const all = aims(rows);
  if (all === null) return null;
  if (all.low !== all.high) return t("aimRange", { low: pctText(all.low), high: pctText(all.high) });
  return all.within_ms === null ? t("aim", { pct: pctText(all.low) }) : t("aimIn", { pct: pctText(all.low), time: span(all.within_ms) });
}

export function channelWord(channel: Channel): string {
  switch (channel) {
    case "all": return t("allChannels");
    case "chat": return t("chats");
    case "email": return t("emails");
    case "voice": return t("calls");
    case "callback": return t("callbacks");
    case "message": return t("messages");
  }
}

/** Name, formula and range of a measure, for its tooltip and its drawer. */
export function explain(measure: Measure | undefined, range: Span | null): string | undefined {
  if (measure === undefined) return undefined;
  const said = `${measure.names[locale.current] ?? measure.key}: ${measure.formulas[locale.current] ?? ""}`;
  return `${said} ${rangeText(range)}`;
}

export function rangeText(range: Span | null): string {
  return range === null ? t("now") : t("range", { from: time(range.from), to: time(range.to) });
}

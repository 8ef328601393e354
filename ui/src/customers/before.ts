/** What is known before an answer, as the center tells it and as people read it. */
import { topicName } from "../desk/words";
import { t } from "../i18n/customers_portrait";
import { date, moment, percent, span } from "../i18n/format";
import type { PlainKeyOf } from "../i18n/room";
import { t as words } from "../i18n/parts";
import { medium, type Medium } from "../parts/states";
import { live } from "../state/live.svelte";

export interface Clue {
  readonly clue: string;
  readonly value: string | null;
  readonly order?: string | null;
  readonly days?: number;
}
export interface Measured {
  readonly contacts: number;
  readonly right: number;
  readonly commonest: number;
}
export interface Likely {
  readonly disposition: string | null;
  readonly share: number | null;
  readonly clues: readonly Clue[];
  readonly measured: Measured | null;
}
export interface PromiseMade {
  readonly id: string;
  readonly interaction: string | null;
  readonly text: string;
  readonly due_at: number;
  readonly state: "open" | "kept" | "late" | "withdrawn";
  readonly made_at: number;
  readonly agent_name: string | null;
  readonly settled_at: number | null;
  readonly overdue: boolean;
  readonly masked: boolean;
}
export interface LastContact {
  readonly interaction: string;
  readonly at: number;
  readonly medium: Medium;
  readonly inbox: string;
  readonly reason: string | null;
  readonly disposition: string | null;
  readonly rating: number | null;
  readonly agent_name: string | null;
}
export interface Before {
  readonly interaction: string;
  readonly customer: { readonly id: string; readonly name: string | null; readonly language: string | null; readonly segment: string | null; readonly verification: string } | null;
  readonly last: LastContact | null;
  readonly likely: Likely | null;
  readonly promise: PromiseMade | null;
  readonly fact: string | null;
  readonly contacts: number;
  readonly masked: boolean;
}
/** A line of the offer. */
export interface Line {
  readonly name: string;
  readonly text: string;
  readonly muted?: string;
  readonly late?: string;
  readonly title?: string;
}

export function dispositionName(id: string | null): string {
  return id === null ? "" : (live.state?.config.dispositions[id]?.name ?? id);
}

/** A word that the center may bring before this page knows it stands as it is. */
function plain(prefix: string, value: string): string {
  const key = `${prefix}.${value}`;
  return key in t.catalogue.en ? t(key as PlainKeyOf<typeof t>) : value.replaceAll("_", " ");
}

export function orderStatus(status: string): string {
  return plain("status", status);
}

export function orderEvent(kind: string): string {
  return plain("event", kind);
}

function sayClue(clue: Clue, inbox: string): string {
  const order = clue.order ?? "";
  switch (clue.clue) {
    case "late":
      return t("clue.late", { order, n: clue.days ?? 1 });
    case "asked":
      return clue.value === null ? "" : t("clue.asked", { name: topicName({ inbox, reason: clue.value }) });
    case "last":
      return t("clue.last", { name: dispositionName(clue.value) });
    case "order":
      return order === "" || clue.value === null ? "" : t("clue.order", { order, status: orderStatus(clue.value) });
    case "event":
      return clue.value === null ? "" : t("clue.event", { order, event: orderEvent(clue.value) });
    default:
      return ""; // a clue that this page does not know is not shown
  }
}

/** "Right in 62 % of 430 later contacts; the commonest reason alone in 41 %." */
export function sayMeasured(measured: Measured | null): string {
  if (measured === null || measured.contacts === 0) return t("notMeasured");
  return t("measured", { share: percent(measured.right / measured.contacts), n: measured.contacts, base: percent(measured.commonest / measured.contacts) });
}

/** The likely reason: what speaks for it in front, what it probably comes to behind. */
export function likelyLine(likely: Likely, inbox: string): Line | null {
  const clues = likely.clues.map((clue) => sayClue(clue, inbox)).filter((text) => text !== "");
  const comes = dispositionName(likely.disposition);
  const share = likely.share === null ? "" : t("sure", { share: percent(likely.share) });
  const text = clues.length > 0 ? clues.join(" · ") : comes;
  if (text === "") return null;
  const muted = [clues.length > 0 ? comes : "", share].filter((part) => part !== "").join(", ");
  return { name: t("likely"), text, title: likely.disposition === null ? t("notMeasured") : sayMeasured(likely.measured), ...(muted === "" ? {} : { muted }) };
}

/** The promise with its time; a late one says by how much. */
export function promiseLine(promise: PromiseMade, now: number): Line {
  const due = t("by", { time: moment(promise.due_at, now) });
  if (promise.state === "open" && promise.due_at < now) return { name: t("promised"), text: `${promise.text}, ${due}`, late: t("lateBy", { time: span(now - promise.due_at) }) };
  return { name: t("promised"), text: `${promise.text}, ${due}`, ...(promise.state === "open" ? {} : { muted: t(`state.${promise.state}`) }) };
}

/** The last contact, by which channel, about what, and what came of it. */
export function lastLine(last: LastContact | null, now: number): Line {
  if (last === null) return { name: t("lastTime"), text: t("firstTime") };
  const outcome = last.disposition === null ? t("noOutcome") : dispositionName(last.disposition);
  const topic = last.reason === null ? "" : topicName({ inbox: last.inbox, reason: last.reason });
  const muted = [topic, last.agent_name === null ? "" : t("withAgent", { name: last.agent_name }), last.rating === null ? "" : t("of5", { score: String(last.rating) })].filter((part) => part !== "").join(" · ");
  return { name: t("lastTime"), text: `${words(medium[last.medium].word)}, ${date(last.at, now)}: ${outcome}`, ...(muted === "" ? {} : { muted }) };
}

/** The lines of an offer, the most telling first. */
export function beforeLines(known: Before, inbox: string, now: number): Line[] {
  const likely = known.likely === null ? null : likelyLine(known.likely, inbox);
  const lines = likely === null ? [] : [likely];
  if (known.promise !== null) lines.push(promiseLine(known.promise, now));
  else if (known.fact !== null) lines.push({ name: t("remember"), text: known.fact });
  if (known.customer !== null) lines.push(lastLine(known.last, now));
  return lines;
}

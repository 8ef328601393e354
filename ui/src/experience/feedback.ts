/** What the center answers about feedback, and how its figures are written. */
import { languageName } from "../desk/words";
import { decimal, number, percent } from "../i18n/format";
import { t } from "../i18n/experience_results";
import { locale } from "../i18n/locale.svelte";
import { t as word } from "../i18n/parts";
import { medium, type Medium } from "../parts/states";
import type { IconOf, Tone } from "../parts/types";
import Check from "@lucide/svelte/icons/check";
import CircleQuestionMark from "@lucide/svelte/icons/circle-question-mark";
import TriangleAlert from "@lucide/svelte/icons/triangle-alert";

export type Texts = Readonly<Record<string, string>>;
export type Verdict = "attained" | "not_attained" | "not_enough";
export type Side = "queue" | "segment" | "channel" | "agent" | "language";

export const sides: readonly Side[] = ["queue", "segment", "channel", "agent", "language"];
export const feelings = ["glad", "understood", "best_answer", "again"] as const;
/** The tiles, in the order of the screen. */
export const tiles = ["csat_pct", "delighted_pct", "csat", "nps", "ces", "asked_pct", "answered_pct", "closed_loop_pct", "won_back_pct"] as const;

export interface Target {
  readonly aim: number;
  readonly verdict: Verdict;
  readonly needed: number | null;
  /** Whether it is this place's own, not the center's. */
  readonly own: boolean;
}

export interface Figure {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly target: Target | null;
}

export interface Definition {
  readonly key: string;
  readonly unit: "pct" | "score" | "index" | "net";
  readonly source: "answers" | "asked" | "contacts" | "cases";
  readonly least: number;
  readonly most: number;
  readonly names: Texts;
  readonly formulas: Texts;
}

export type Figures = Readonly<Record<string, Figure>>;
export type Names = Readonly<Record<string, Texts>>;

export interface Point { readonly value: number; readonly low: number; readonly high: number; readonly n: number }

export interface Trend {
  readonly step: "day" | "week";
  readonly at: readonly number[];
  readonly measures: Readonly<Record<string, readonly (Point | null)[]>>;
}

export interface FeedbackAnswer {
  readonly from: number;
  readonly to: number;
  readonly least_answers: number;
  readonly texts: { readonly intervals: Texts; readonly judging: Texts };
  readonly definitions: readonly Definition[];
  readonly measures: Figures;
  readonly sides: Readonly<Record<Side, Readonly<Record<string, Figures>>>>;
  readonly names: Names;
  readonly trend: Trend;
}

export interface Said {
  readonly question: string;
  readonly kind: string;
  readonly feeling: string | null;
  readonly value: number | null;
  readonly words: string | null;
}

export interface AnswerRow {
  readonly id: string;
  readonly interaction: string | null;
  readonly at: number;
  readonly queue: string | null;
  readonly channel: Medium | null;
  readonly agent: string | null;
  readonly agent_name: string | null;
  readonly customer_name: string | null;
  readonly value: number | null;
  readonly answers: readonly Said[];
  readonly masked: boolean;
}

/** Which answers are asked for; an empty text is all. */
export type Only = Readonly<Record<Side, string>>;
export const everything: Only = { queue: "", segment: "", channel: "", agent: "", language: "" };

/** What stands in a query: only the sides that are chosen. */
export function queryOf(only: Only): Record<string, string> {
  return Object.fromEntries(Object.entries(only).filter(([, item]) => item !== ""));
}

export function said(texts: Texts | undefined): string {
  return texts?.[locale.current] ?? texts?.["en"] ?? "";
}

/** The server's text on judging, with the number that the site set. */
export function judgingText(texts: Texts, least: number): string {
  return said(texts).replace("{least}", number(least));
}

/** A figure as its measure is written: "84 %", "4.2", "+38". */
export function figureText(definition: Definition | undefined, value: number | null): string {
  if (value === null || definition === undefined) return "–";
  switch (definition.unit) {
    case "pct": return percent(value / 100);
    case "score": return decimal(value, 1);
    case "index": return number(value);
    case "net": return Math.round(value) > 0 ? `+${number(value)}` : number(value);
  }
}

/** What a queue, a segment, an agent, a channel or a language is called. */
export function itemName(side: Side | "site", item: string, names: Names): string {
  if (side === "site") return t("side.site");
  if (side === "channel") return item in medium ? word(medium[item as Medium].word) : item;
  if (side === "language") return languageName(item);
  return names[side]?.[item] ?? item;
}

export interface Verdictly { readonly icon: IconOf; readonly tone: Tone; readonly word: string }

/** Icon, tone and word of a verdict; on target is grey, as everywhere. */
export function verdictOf(verdict: Verdict): Verdictly {
  switch (verdict) {
    case "attained": return { icon: Check, tone: "idle", word: t("attained") };
    case "not_attained": return { icon: TriangleAlert, tone: "watch", word: t("not_attained") };
    case "not_enough": return { icon: CircleQuestionMark, tone: "idle", word: t("not_enough") };
  }
}

const marked = { csat: "said.csat", nps: "said.nps", ces: "said.ces" } as const;

/** What was marked in one survey, in a fixed order: satisfied, the feelings together, would recommend, easy. */
export function marksOf(answers: readonly Said[]): string[] {
  const found: string[] = [];
  for (const kind of ["csat", "feeling", "nps", "ces"] as const) {
    if (kind === "feeling") {
      const values = felt(answers).map((one) => number(one.value ?? 0));
      if (values.length > 0) found.push(t("said.feelings", { values: values.join(", ") }));
      continue;
    }
    for (const one of answers) if (one.kind === kind && one.value !== null) found.push(t(marked[kind], { value: number(one.value, 1) }));
  }
  return found;
}

/** Which feelings stand behind the marks, in their order. */
export function feltHint(answers: readonly Said[], definitions: readonly Definition[]): string | undefined {
  const names = felt(answers).map((one) => said(definitions.find((known) => known.key === one.feeling)?.names));
  return names.length === 0 ? undefined : t("said.feelingsHint", { names: names.join("; ") });
}

function felt(answers: readonly Said[]): readonly Said[] {
  return feelings.map((key) => answers.find((one) => one.feeling === key)).filter((one) => one !== undefined && one.value !== null) as readonly Said[];
}

/** Cases, gestures and wow moments as the center tells of them, and how they are said. */
import type { Problem } from "../api";
import { t } from "../i18n/experience_cases";
import { date, money, moment, time } from "../i18n/format";
import { locale } from "../i18n/locale.svelte";
import type { PlainKeyOf } from "../i18n/room";
import { sayProblem } from "../problem";

export interface Score {
  readonly kind: string;
  readonly value: number | null;
}
export interface CaseRow {
  readonly id: string;
  readonly opened_at: number;
  readonly source: "answer" | "promise" | "topic" | "mood" | "hand";
  readonly interaction: string | null;
  readonly customer: string | null;
  readonly customer_name: string | null;
  readonly agent: string | null;
  readonly agent_name: string | null;
  readonly owner: string | null;
  readonly owner_name: string | null;
  readonly due_at: number;
  readonly state: "open" | "answered" | "closed" | "withdrawn";
  readonly cause: string | null;
  readonly cause_names: Readonly<Record<string, string>> | null;
  readonly outcome: Outcome | null;
  readonly answered_at: number | null;
  readonly answered_via: Via | null;
  readonly closed_at: number | null;
  readonly asked_again: string | null;
  readonly scores: readonly Score[];
  readonly words: string | null;
  readonly note: string | null;
  /** The mail that was the answer. */
  readonly answered_words: string | null;
  readonly again: { readonly scores: readonly Score[]; readonly won_back: boolean | null } | null;
  readonly standing: boolean;
  readonly may_work: boolean;
  /** Whether the customer is masked for the reader. */
  readonly masked: boolean;
  /** Whether the words are: who works on a case reads them. */
  readonly words_masked: boolean;
}
export interface CasesAnswer {
  readonly cases: readonly CaseRow[];
  readonly next: string | null;
}
export interface Figures {
  readonly opened: number;
  readonly closed: number;
  readonly answered_again: number;
  readonly won_back: number;
  readonly closure_ms: number | null;
  readonly closed_loop_pct: number | null;
  readonly won_back_pct: number | null;
  readonly texts: Readonly<Record<string, { readonly names: Readonly<Record<string, string>>; readonly formulas: Readonly<Record<string, string>> }>>;
  readonly rows: readonly (CaseRow & { readonly closed_ms: number | null; readonly won_back: boolean | null })[];
  readonly more: boolean;
}
export interface Cause {
  readonly id: string;
  readonly names: Readonly<Record<string, string>>;
  readonly retired: boolean;
}
export interface Owner {
  readonly user: string;
  readonly name: string | null;
  readonly supervises: boolean;
  readonly standing: number;
}
export interface Budget {
  readonly weekly_minor: number;
  readonly spent_minor: number;
  readonly left_minor: number;
  readonly most_minor: number;
  readonly currency: string;
}
export interface Gesture {
  readonly id: string;
  readonly at: number;
  readonly agent_name: string | null;
  readonly customer_name: string | null;
  readonly kind: Kind;
  readonly cost_minor: number;
  readonly currency: string;
  readonly why: Why;
  readonly before: readonly Score[];
  readonly after: readonly Score[];
  readonly good_after: boolean | null;
}
export interface GesturesAnswer {
  readonly gestures: readonly Gesture[];
  readonly answered_after: number;
  readonly good_after: number;
}
export interface Moment {
  readonly id: string;
  readonly at: number;
  readonly agent_name: string | null;
  readonly by_name: string | null;
  readonly customer_name: string | null;
  readonly interaction: string | null;
  readonly kind: "top_answer" | "praise" | "gesture";
  readonly shared: boolean;
  readonly scores: readonly Score[];
  readonly words: string | null;
  readonly mine: boolean;
}

export const outcomes = ["solved", "explained", "compensated", "unreachable", "unfounded"] as const;
export type Outcome = (typeof outcomes)[number];
export const vias = ["conversation", "mail", "call"] as const;
export type Via = (typeof vias)[number];
export const kinds = ["discount", "refund", "delivery", "gift"] as const;
export type Kind = (typeof kinds)[number];
export const whys = ["late", "faulty", "mistake", "long_wait", "kindness"] as const;
export type Why = (typeof whys)[number] | "case";

/** A feeling up to this is bad. */
const badFeeling = 2;

/** A name in the reader's language. */
export function named(names: Readonly<Record<string, string>>): string {
  return names[locale.current] ?? Object.values(names)[0] ?? "";
}

/** "1 of 5", of each question that has a scale; feelings as their mean, or the lowest when it is a bad one. */
export function scoreText(scores: readonly Score[]): string {
  const feelings = scores.filter((one) => one.kind === "feeling" && one.value !== null);
  const single = scores.filter((one) => one.kind !== "feeling" && one.value !== null && `score.${one.kind}` in t.catalogue.en);
  const said = single.map((one) => t(`score.${one.kind}` as "score.csat", { n: one.value ?? 0 }));
  const values = feelings.map((one) => one.value ?? 0);
  const lowest = Math.min(...values);
  if (lowest <= badFeeling && values.length > 1) said.push(t("score.lowest", { n: lowest }));
  else if (values.length > 0) said.push(t("score.feeling", { n: Math.round((10 * values.reduce((sum, one) => sum + one, 0)) / values.length) / 10 }));
  return said.join(" · ");
}

/** The time today, else the day and the time: what is due tomorrow is due at an hour. */
export function hour(at: number, now: number): string {
  const said = moment(at, now);
  return said === time(at) ? said : `${date(at, now)}, ${time(at)}`;
}

/** Minor units of a currency as an amount. */
export function minor(amount: number, currency: string): string {
  const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return money(amount / 10 ** digits, currency);
}

/** How many minor units there are in one unit of a currency. */
export function minorsOf(currency: string): number {
  return 10 ** (new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2);
}

/** Why the center refused something, in the reader's language. */
export function sayRefused(problem: Problem): string {
  const key = `refused.${problem.code}`;
  const [first] = problem.fields.values();
  return key in t.catalogue.en ? t(key as PlainKeyOf<typeof t>) : (first ?? sayProblem(problem));
}

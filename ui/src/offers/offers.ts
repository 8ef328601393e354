/** Offers as the center tells them, and their figures as people read them. */
import { number } from "../i18n/format";
import { locale } from "../i18n/locale.svelte";
import { t } from "../i18n/offers";
import { minor, type Term } from "../customers/value";

export const languages = ["en", "ru", "pl"] as const;
export type Language = (typeof languages)[number];
export type Texts = Readonly<Partial<Record<Language, string>>>;

export interface OfferLine {
  readonly id: string;
  readonly names: Texts;
  readonly words: Texts;
  readonly value_minor: number;
  readonly rule: string;
  readonly valid_from: number | null;
  readonly valid_until: number | null;
  readonly active: boolean;
  readonly shown: number;
  readonly running: boolean;
}
export interface Terms {
  readonly holdout_permille: number;
  readonly pause_days: number;
  readonly window_days: number;
}
export interface Model {
  readonly at: number;
  readonly rows: number;
  readonly kind: "two_models" | "class_transformation";
  readonly quality: { readonly rows: number; readonly auuc: number; readonly random_auuc: number; readonly above_random: readonly [number, number] };
}
export interface OfferList {
  readonly offers: readonly OfferLine[];
  readonly currency: string;
  readonly terms: Terms;
  readonly model: Model | null;
}
export interface Interval {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}
export type By = "offer" | "agent" | "segment";
export type Finding = "better" | "no_clear_difference" | "worse" | "not_enough";
export interface Result {
  readonly key: string | null;
  readonly name?: string | null;
  readonly shown: number;
  readonly held_out: number;
  readonly open: number;
  readonly answers: Readonly<Record<"accepted" | "declined" | "later", number>>;
  readonly accepted_pct: number | null;
  readonly shown_customers: number;
  readonly held_out_customers: number;
  readonly conversion_pct: number | null;
  readonly held_out_conversion_pct: number | null;
  readonly revenue_minor: number;
  readonly uplift_pct: Interval | null;
  readonly revenue_uplift_minor: Interval | null;
  readonly finding: Finding;
  readonly least_customers: number;
}
export interface Results {
  readonly by: By;
  readonly rows: readonly Result[];
  readonly currency: string;
  readonly window_days: number;
  readonly cut: boolean;
}
export interface ShownRow {
  readonly id: string;
  readonly at: number;
  readonly offer: string;
  readonly interaction: string;
  readonly customer: string;
  readonly customer_name: string | null;
  readonly agent_name: string | null;
  readonly arm: "shown" | "held_out";
  readonly answer: Answer | null;
  readonly reason: Reason | null;
  readonly revenue_minor: number | null;
}
export type Answer = "accepted" | "declined" | "later";
export const reasons = ["not_interested", "too_dear", "has_it", "not_said"] as const;
export const laterReasons = ["no_time", "wants_to_think"] as const;
export type Reason = (typeof reasons)[number] | (typeof laterReasons)[number];
export interface Card {
  readonly id: string;
  readonly names: Texts;
  readonly words: string;
  readonly language: string;
  readonly why: readonly Term[];
  readonly answer: Answer | null;
  readonly reason: Reason | null;
}
export type WhyNot = "not_running" | "no_customer" | "not_sure" | "complaint" | "mood" | "load" | "not_allowed" | "recently" | "nothing_fits";
export interface Standing {
  readonly interaction: string;
  readonly running: boolean;
  readonly solved: boolean;
  readonly offer: Card | null;
  readonly currency: string;
  readonly why_not: WhyNot | null;
  readonly detail: string | null;
}

/** What an offer is called in the reader's language. */
export function called(offer: Pick<OfferLine, "id" | "names">): string {
  return offer.names[locale.current] ?? offer.names.en ?? offer.id;
}

const signed = (text: string, of: number): string => (of > 0 ? `+${text}` : text);

/** "+4.2 (1.3 … 7.1)", in percentage points. */
export function points(found: Interval): string {
  return t("interval", { value: signed(number(found.difference, 1), found.difference), low: number(found.low, 1), high: number(found.high, 1) });
}

/** The same in money by customer. */
export function moneyPoints(found: Interval, currency: string): string {
  const plain = (amount: number): string => minor(Math.round(amount), currency);
  return t("interval", { value: signed(plain(found.difference), found.difference), low: plain(found.low), high: plain(found.high) });
}

/** Minor units as they are typed: "40" or "40.5". */
export function typedMoney(amount_minor: number, currency: string): string {
  return String(amount_minor / 10 ** digitsOf(currency));
}

/** Minor units of what was typed; null for what is no amount. */
export function readMoney(text: string, currency: string): number | null {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) || value < 0 ? null : Math.round(value * 10 ** digitsOf(currency));
}

function digitsOf(currency: string): number {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** An id for a new offer: its English name in small letters, unlike those that are taken. */
export function newId(name: string, taken: ReadonlySet<string>): string {
  const plain = name.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40) || "offer";
  let id = plain;
  for (let number_ = 2; taken.has(id); number_ += 1) id = `${plain}-${number_}`;
  return id;
}

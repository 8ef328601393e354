/** What the center answers about loyalty in money, and how its figures are written. */
import { t } from "../i18n/experience_loyalty";
import { number, percent } from "../i18n/format";
import { minor } from "./cases";
import type { Texts } from "./feedback";

export type Kind = "bad" | "good";
export const standings = ["counted", "waiting", "no_orders", "alone"] as const;
export type Standing = (typeof standings)[number];
export const figures = ["again", "lost", "spent"] as const;
export type FigureKey = (typeof figures)[number];

export interface Difference {
  readonly mean: number;
  readonly others: number;
  readonly by: number;
  readonly low: number;
  readonly high: number;
}
export interface Effect {
  readonly kind: Kind;
  readonly contacts: number;
  readonly waiting: number;
  readonly no_orders: number;
  readonly alone: number;
  readonly counted: number;
  readonly enough: boolean;
  readonly again: Difference | null;
  readonly lost: Difference | null;
  readonly spent: Difference | null;
  readonly loyalty: { readonly pct: number; readonly low_pct: number | null; readonly high_pct: number | null; readonly own: boolean };
  readonly money: { readonly minor: number; readonly low_minor: number | null; readonly high_minor: number | null; readonly own: boolean };
}
export interface LoyaltyAnswer {
  readonly from: number;
  readonly to: number;
  readonly days: number;
  readonly choices: readonly number[];
  readonly looked_back_days: number;
  readonly least: number;
  readonly currency: string;
  readonly texts: Readonly<Record<string, Texts>>;
  readonly effects: readonly Effect[];
  readonly segments: readonly { readonly segment: string | null; readonly name: string | null; readonly effects: readonly Effect[] }[];
}
export interface LoyaltyRow {
  readonly ask: string;
  readonly interaction: string | null;
  readonly at: number;
  readonly agent_name: string | null;
  readonly customer: string;
  readonly customer_name: string | null;
  readonly standing: Standing;
  readonly again: boolean;
  readonly lost: boolean;
  readonly spent_minor: number;
  readonly others: { readonly count: number; readonly again: number; readonly lost: number; readonly spent_minor: number } | null;
}

const signed = (text: string, value: number): string => (value > 0 ? `+${text}` : text);

/** "−28 %", "+18 %". */
export function change(pct: number): string {
  return signed(percent(pct / 100), Math.round(pct));
}

/** A mean as its figure is written: a share or money. */
export function level(key: FigureKey, value: number, currency: string): string {
  return key === "spent" ? minor(value, currency) : percent(value);
}

/** A difference: in points of a share, or in money. */
export function apart(key: FigureKey, value: number, currency: string): string {
  if (key === "spent") return signed(minor(value, currency), value);
  const points = Math.round(1000 * value) / 10;
  return signed(t("points", { many: number(points, 1) }), points);
}

/** What money of a kind of contact is called: a loss after a good one is said, too. */
export function moneyWord(one: Effect): string {
  if (one.kind === "bad" && one.money.minor <= 0) return t("money.risk");
  return one.money.minor >= 0 ? t("money.won") : t("money.lost");
}

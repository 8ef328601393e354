/** Value, segments and stakes as the center tells them, and as people read them. */
import { t } from "../i18n/customers_value";
import { money, number, percent } from "../i18n/format";
import type { PlainKeyOf } from "../i18n/room";

export interface Term {
  readonly field: string;
  readonly kind: string;
  readonly op: string;
  readonly wanted: number | string | boolean | readonly (number | string)[] | null;
  readonly found: number | string | boolean | null;
  readonly fits: boolean;
}
export interface Worth {
  readonly computed_at: number;
  readonly last_at: number;
  readonly recency_days: number;
  readonly frequency: number;
  readonly money_minor: number;
  readonly r: number;
  readonly f: number;
  readonly m: number;
  readonly alive_pct: number | null;
  readonly churn_pct: number | null;
  readonly expected_orders: number | null;
  readonly average_minor: number;
  readonly value_minor: number | null;
  readonly value_top_pct: number | null;
}
export interface CustomerValue {
  readonly customer: string;
  readonly currency: string;
  readonly horizon_days: number;
  readonly profiled: boolean;
  readonly segment: string | null;
  readonly segment_name: string | null;
  readonly segment_by: "hand" | "computed" | null;
  readonly rule: string | null;
  readonly terms: readonly Term[];
  readonly value: Worth | null;
}
export interface RuleLine {
  readonly item: string;
  readonly text: string;
}
export interface FieldOfRules {
  readonly name: string;
  readonly kind: "number" | "money" | "text" | "flag";
  readonly ranked: boolean;
  readonly written: boolean;
}
export interface RuleSet {
  readonly currency: string;
  readonly rules: readonly RuleLine[];
  readonly fields: readonly FieldOfRules[];
  readonly segments?: readonly { readonly id: string; readonly name: string; readonly head_start_ms: number; readonly value: number }[];
  readonly stakes?: readonly { readonly id: string; readonly name: string; readonly head_start_ms: number }[];
}
export interface RuleProblem {
  readonly code: string;
  readonly at: number;
  readonly length: number;
  readonly detail: string;
  readonly facts: Readonly<Record<string, string | number>>;
}
export interface Checked {
  readonly problem: RuleProblem | null;
  readonly many: number | null;
  readonly of: number | null;
}
export interface Preview {
  readonly of: number;
  readonly by_hand: number;
  readonly none: number;
  readonly rules: readonly { readonly item: string; readonly many: number }[];
  readonly moves: readonly { readonly before: string | null; readonly after: string | null; readonly many: number }[];
}

/** The four usual segments: id, name, head start, what a good match is worth, and the rule. */
export const four = [
  { id: "platinum", name: "Platinum", head_start_ms: 600_000, value: 10, text: "value in top 5 %" },
  { id: "gold", name: "Gold", head_start_ms: 240_000, value: 4, text: "value in top 20 %" },
  { id: "silver", name: "Silver", head_start_ms: 60_000, value: 2, text: "value in top 50 %" },
  { id: "bronze", name: "Bronze", head_start_ms: 0, value: 1, text: "orders >= 1" },
] as const;

const cents = 100;

/** Minor units as money; currencies without cents come as whole units. */
export function minor(amount: number, currency: string): string {
  const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return money(Math.round((amount / 10 ** digits) * cents) / cents, currency);
}

function isKey(key: string): key is PlainKeyOf<typeof t> {
  return key in t.catalogue.en;
}

/** A field as people call it; the site's own fields are called as they are. */
export function fieldName(name: string): string {
  const key = `field.${name}`;
  return isKey(key) ? t(key) : name.replace(/^field\./, "");
}

/** What a segment is called, as far as the center said; none has a word too. */
export function segmentName(id: string | null, known: readonly { readonly id: string; readonly name: string }[]): string {
  return id === null ? t("noneWord") : (known.find((one) => one.id === id)?.name ?? id);
}

function sayOne(value: number | string | boolean, kind: string, currency: string): string {
  if (typeof value === "boolean") return value ? "✓" : "–";
  if (typeof value === "string") return value;
  return kind === "money" ? minor(value, currency) : number(value, 1);
}

/** What a term asks: "value in top 5 %". */
export function sayWanted(term: Term, currency: string): string {
  const name = fieldName(term.field);
  if (term.op === "top" && typeof term.wanted === "number") return `${name}: ${t("inTop", { share: percent(term.wanted / 100, 1) })}`;
  const wanted = Array.isArray(term.wanted) ? (term.wanted as readonly (number | string)[]) : term.wanted === null ? [] : [term.wanted as number | string | boolean];
  return `${name} ${term.op} ${wanted.map((one) => sayOne(one, term.kind, currency)).join(", ")}`;
}

/** What was found for it. */
export function sayFound(term: Term, currency: string): string {
  if (term.op === "has") return "";
  if (term.found === null) return t("notKnown");
  if (term.op === "top" && typeof term.found === "number") return t("found", { value: t("inTop", { share: percent(term.found / 100, 1) }) });
  return t("found", { value: sayOne(term.found, term.kind, currency) });
}

/** What is wrong with a rule, in words. */
export function sayRuleProblem(problem: RuleProblem): string {
  const { facts } = problem;
  const word = (name: string): string | number => facts[name] ?? "";
  switch (problem.code) {
    case "too_long":
    case "too_deep":
    case "too_many_tests":
    case "too_many_values":
      return t(`bad.${problem.code}`, { max: word("max") });
    case "strange_sign":
      return t("bad.strange_sign", { sign: word("sign") });
    case "no_field":
    case "no_order":
    case "no_top":
    case "no_text":
      return t(`bad.${problem.code}`, { field: word("field") });
    case "no_share":
      return t("bad.no_share", { min: word("min"), max: word("max") });
    default: {
      const key = `bad.${problem.code}`;
      return isKey(key) ? t(key) : t("bad.other");
    }
  }
}

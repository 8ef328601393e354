/** How measures, differences and verdicts are said: names from the center, numbers with their units. */
import { api } from "../api";
import type { Measure } from "../floor/figures";
import { number, span } from "../i18n/format";
import { locale } from "../i18n/locale.svelte";
import { t } from "../i18n/policies";

const noBreak = "\u00a0";

/** `plain` is on a scale of 0 to 100 that has no name. */
export type Unit = Measure["unit"] | "plain";

let asked: Promise<ReadonlyMap<string, Measure>> | null = null;

/** Names and formulas by key; asked once. */
export function measures(): Promise<ReadonlyMap<string, Measure>> {
  asked ??= api.get<{ measures: Measure[] }>("/measures").then(
    (answer) => new Map(answer.measures.map((one) => [one.key, one])),
    (fault: unknown) => {
      asked = null;
      throw fault;
    },
  );
  return asked;
}

/** Measures that the simulator knows and the wallboard does not. */
const own = ["answer_p50_ms", "answer_p90_ms", "occupancy_spread", "outcome", "outcome_weighted", "unfinished", "refused"] as const;

export function measureName(key: string, all: ReadonlyMap<string, Measure>): string {
  const mine = own.find((one) => one === key);
  return all.get(key)?.names[locale.current] ?? (mine === undefined ? key : t(`measure.${mine}`));
}

export function measureFormula(key: string, all: ReadonlyMap<string, Measure>): string | undefined {
  return all.get(key)?.formulas[locale.current];
}

export function unitOf(key: string): Unit {
  if (key.endsWith("_pct")) return "pct";
  if (key.endsWith("_ms")) return "ms";
  if (key === "rating") return "score";
  return ["offered", "answered", "abandoned", "unfinished", "refused"].includes(key) ? "count" : "plain";
}

/** A span with tenths of a second while it is short. */
function shortSpan(ms: number): string {
  const low = ms < 10_000 && ms % 1000 !== 0;
  if (!low) return span(Math.round(ms / 1000) * 1000);
  return span(0).replace("0", number(ms / 1000, 1));
}

/** A minute and more with its seconds: "3 min 12 s". */
function exactSpan(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60 || seconds >= 3600) return shortSpan(ms);
  const rest = seconds % 60;
  return rest === 0 ? span(seconds * 1000) : `${span((seconds - rest) * 1000)} ${span(rest * 1000)}`;
}

/** A value: "84.1 %", "1 min 12 s", "4.6"; a dash when nothing was counted. */
export function valueText(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return "–";
  switch (unit) {
    case "pct": return `${number(value, 1, true)}${noBreak}%`;
    case "ms": return exactSpan(value);
    case "count": return number(value, value < 100 ? 1 : 0);
    case "score": return number(value, 2, true);
    case "plain": return number(value, 1, true);
  }
}

function signed(value: number, text: string, zero: string): string {
  if (text === zero) return text;
  return `${value > 0 ? "+" : "−"}${text}`;
}

/** A difference with its sign: "+3.1", "−0:04". Points have no unit here, so that columns stay narrow. */
export function differenceText(value: number, unit: Unit): string {
  const size = Math.abs(value);
  const plain = unit === "pct" ? number(size, 1, true) : valueText(size, unit);
  return signed(value, plain, unit === "pct" ? number(0, 1, true) : valueText(0, unit));
}

/** "3.1 points", "12 s", "0.2" */
export function sizeWords(value: number, unit: Unit): string {
  const size = Math.abs(value);
  if (unit !== "pct") return valueText(size, unit);
  const rounded = Math.round(size * 10) / 10;
  return t("points", { n: rounded });
}

/** "+3.1 points", "−12 s" */
export function signedWords(value: number, unit: Unit): string {
  return signed(value, sizeWords(value, unit), sizeWords(0, unit));
}

/** "(3.0 to 5.2)" */
export function intervalText(interval: readonly [number, number] | null, unit: Unit): string {
  if (interval === null) return "";
  return t("between", { low: differenceText(interval[0], unit), high: differenceText(interval[1], unit) });
}

/** Whether more is good; null where neither is. */
export function betterWay(key: string): "more" | "less" | null {
  if (["service_level_pct", "rating", "outcome", "outcome_weighted", "answered"].includes(key)) return "more";
  if (["abandoned_pct", "answer_ms", "answer_p50_ms", "answer_p90_ms", "handle_ms", "abandoned", "occupancy_spread", "unfinished", "refused"].includes(key)) return "less";
  return null;
}

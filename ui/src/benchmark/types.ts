/** What the center answers about its figures beside the published ones. */
import { t } from "../i18n/benchmark";
import type { KeyOf } from "../i18n/room";

type Texts = Readonly<Record<string, string>>;

export const areas = ["experience", "customers", "routing", "desk", "channels", "outreach", "people", "security"] as const;
export type Area = (typeof areas)[number];
export const levels = ["level.0", "level.1", "level.2", "level.3", "level.4"] as const;

export interface Stand {
  readonly area: Area;
  readonly level: number;
  /** The row that holds it back. */
  readonly weakest: string;
}

export interface BenchmarkRow {
  readonly key: string;
  readonly area: Area;
  /** 0 to 4; null where a row is for orientation only. */
  readonly level: number | null;
  readonly published_pct: number;
  /** The far end, where a range was published. */
  readonly published_to_pct: number | null;
  readonly own_pct: number | null;
  readonly low_pct: number | null;
  readonly high_pct: number | null;
  readonly good: number | null;
  readonly n: number | null;
  readonly missing: string | null;
  readonly facts: Readonly<Record<string, number | string>>;
  readonly next: string | null;
  /** Whether the contacts behind the figure can be listed. */
  readonly opens: boolean;
  readonly names: Texts;
  readonly published: Texts;
  readonly formulas: Texts;
}

export interface BenchmarkAnswer {
  readonly from: number;
  readonly to: number;
  readonly days: number;
  readonly source: { readonly first_year: number; readonly last_year: number };
  readonly rows: readonly BenchmarkRow[];
  readonly areas: readonly Stand[];
}

type Key = KeyOf<typeof t>;
type NextKey = Extract<Key, `next.${string}`>;
type MissingKey = Extract<Key, `missing.${string}`>;

function has(key: string): key is Key {
  return key in t.catalogue.en;
}

/** What one would do next about a row; null where the product can do nothing yet. */
export function nextOf(row: BenchmarkRow): string | null {
  const key = `next.${row.key}`;
  return row.next !== null && has(key) ? t(key as NextKey) : null;
}

/** Why there is no figure. */
export function missingOf(row: BenchmarkRow): string | null {
  if (row.missing === null) return null;
  const key = `missing.${row.missing}`;
  return has(key) ? t(key as MissingKey) : row.missing;
}

/** One sentence more, where the row has a fact beside its figure. */
export function factsOf(row: BenchmarkRow): string | null {
  const { asked, requests, segment, agents, of_all_pct: all, reveals } = row.facts;
  switch (row.key) {
    case "satisfaction_measured": return typeof asked === "number" && row.missing === null ? t("fact.asked", { n: asked }) : null;
    case "callbacks": return typeof requests === "number" ? t("fact.requests", { n: requests }) : null;
    case "best_to_best": return typeof segment === "string" && typeof agents === "number" && typeof all === "number" ? t("fact.best", { segment, n: agents, pct: String(Math.round(all)) }) : null;
    case "leaks": return typeof reveals === "number" ? t("fact.reveals", { n: reveals }) : null;
    default: return null;
  }
}

/** A level as its word. */
export function levelWord(level: number): string {
  return t(levels[level] ?? "level.0");
}

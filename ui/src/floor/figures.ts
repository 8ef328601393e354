/** What the center counts for the floor: the answers of /floor, /floor/rows and /measures. */
import type { Medium } from "../state/live";

export interface Numbers {
  readonly offered: number;
  readonly answered: number;
  readonly abandoned: number;
  readonly service_level_pct: number | null;
  readonly abandoned_pct: number | null;
  readonly answer_ms: number | null;
  readonly longest_answer_ms: number | null;
  readonly handle_ms: number | null;
  readonly rating: number | null;
  /** Promised callbacks that were called in time; null without any. */
  readonly callback_kept_pct?: number | null;
}

/** What was answered of one channel today, and how many of them were known before. */
export interface MediumFigures {
  readonly medium: Medium;
  readonly answered: number;
  readonly identified_pct: number | null;
}

export interface Expected { readonly low_ms: number; readonly high_ms: number }

export interface LevelAt { readonly at: number; readonly service_level_pct: number | null }

export interface QueueFigures extends Numbers {
  readonly queue: string;
  readonly interval: Numbers;
  readonly levels: readonly LevelAt[];
  /** How long one would wait who came now, four of five times; null when too little is known. */
  readonly expected?: Expected | null;
}

export interface Span { readonly from: number; readonly to: number }

export interface FloorFigures {
  readonly now: number;
  readonly zone: string;
  readonly today: Span;
  readonly interval: Span;
  readonly queues: readonly QueueFigures[];
  readonly center: Numbers & { readonly occupancy_pct: number | null; readonly interval: Numbers; readonly media: readonly MediumFigures[] };
}

export interface Measure {
  readonly key: string;
  readonly unit: "count" | "pct" | "ms" | "score";
  readonly names: Readonly<Record<string, string>>;
  readonly formulas: Readonly<Record<string, string>>;
}

/** One row behind a number. */
export interface FloorRow {
  readonly interaction: string;
  readonly visit?: number;
  readonly queue: string | null;
  readonly medium: Medium;
  readonly agent: string | null;
  readonly queued_at: number;
  readonly wait_ms: number | null;
  readonly within_target?: boolean | null;
  readonly abandoned_at?: number | null;
  readonly counts: boolean;
}
export interface RowsAnswer { readonly value: number | null; readonly rows: readonly FloorRow[]; readonly next: string | null }

/** Which number's rows are wanted: by the center's count, or those that stand on the page. */
export interface Asked {
  readonly measure: string;
  readonly title: string;
  readonly queue: string | null;
  readonly medium: Medium | null;
  readonly span: Span | null;
  /** Interactions that are there to see already, for a number of the live state. */
  readonly live?: readonly string[];
  /** One sentence more about the number. */
  readonly note?: string | null;
}

/** What-if runs as the API tells of them. */
import type { Person, Source } from "../policies/types";

export type DayKind = "replay_own" | "replay_sample" | "simulate";

export interface Day {
  readonly id: string;
  readonly kind: DayKind;
  readonly name?: string | null;
  readonly date?: string | null;
  readonly contacts?: number | null;
  readonly agents?: number | null;
}

export interface Need { readonly skill: string; readonly level: number }

export interface RingChange {
  readonly queue: string;
  readonly ring: number;
  readonly after_ms?: number;
  readonly language?: number;
  readonly needs?: readonly Need[];
  readonly remove?: boolean;
}

export interface Changes {
  readonly fair_to_best_ms?: number;
  readonly rule?: string;
  readonly head_starts?: Readonly<Record<string, number>>;
  readonly rings?: readonly RingChange[];
}

export interface Staff {
  readonly team?: string | null;
  readonly like?: string | null;
  readonly skills?: Readonly<Record<string, number>>;
  readonly add?: number;
  readonly remove?: number;
}

export type Side = Source & { readonly changes?: Changes; readonly agents?: readonly Staff[] };

export interface Asked { readonly day: string; readonly name: string; readonly a: Side; readonly b: Side; readonly seeds: number }

/** A side as it was kept: the text with the changes in it already. */
export interface KeptSide { readonly label: string; readonly text: string; readonly changes: Changes | null; readonly agents: readonly Staff[] }

export type RunState = "waiting" | "running" | "done" | "failed" | "cancelled" | "stopped";

export interface Estimate { readonly mean: number | null; readonly ci95: readonly [number, number] | null }
export type Estimates = Readonly<Record<string, Estimate>>;

export interface Moment {
  readonly at: number;
  readonly arrivals: number | null;
  readonly served: number | null;
  readonly waiting_max: number | null;
  readonly service_level_pct: number | null;
  /** The intervals of those that have one; not in runs that were kept before they were computed. */
  readonly ci95?: Readonly<Record<string, readonly [number, number]>>;
}

export interface Outcome {
  readonly all: Estimates;
  readonly segments: Readonly<Record<string, Estimates>>;
  readonly queues: Readonly<Record<string, Estimates>>;
  readonly series: readonly Moment[];
}

export interface Compared { readonly of: string; readonly from: string; readonly all: Estimates; readonly segments: Readonly<Record<string, Estimates>>; readonly queues: Readonly<Record<string, Estimates>> }

export interface Result {
  readonly policies: Readonly<Record<"a" | "b", Outcome>>;
  readonly differences: readonly Compared[];
  /** What is known of the day and what is modelled, as codes. */
  readonly notes?: readonly string[];
  readonly known?: readonly string[];
  readonly modelled?: readonly string[];
  /** What the day itself gave, when it is one of the center's own. */
  readonly record?: Readonly<Record<string, number | null>>;
  /** Whether the day's own rules make its own decisions again. */
  readonly same?: { readonly identical: boolean; readonly decisions: number; readonly different: number };
}

export interface Run {
  readonly id: string;
  readonly name: string;
  readonly kind: DayKind;
  readonly day: string;
  readonly seeds: number;
  readonly state: RunState;
  readonly progress: number;
  readonly step: number;
  readonly inputs: Readonly<Record<"a" | "b", KeptSide>>;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly by: Person | null;
  readonly detail: string | null;
  readonly result?: Result | null;
}

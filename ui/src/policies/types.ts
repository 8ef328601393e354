/** The versions of the policy as the API tells of them. */

export interface Person { readonly id: string; readonly name: string }

export type Stage = "draft" | "published" | "trial" | "past";

export interface PastTrial { readonly id: string; readonly share_pct: number; readonly started_at: number; readonly ended_at: number | null }

export interface Version {
  readonly id: string;
  /** Given when it first decides; a draft has none. */
  readonly number: number | null;
  readonly name: string;
  readonly state: Stage;
  /** Counts every save. */
  readonly tag: string;
  readonly based_on: string | null;
  readonly created_at: number;
  readonly created_by: Person | null;
  readonly updated_at: number;
  readonly updated_by: Person | null;
  readonly published_at: number | null;
  readonly published_by: Person | null;
  readonly trials: readonly PastTrial[];
}

export interface Fault {
  readonly line: number;
  readonly column: number;
  readonly end_line: number;
  readonly end_column: number;
  readonly path: string;
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly detail: string;
  readonly fix: string;
}

/** One version, opened. */
export interface OpenVersion extends Version {
  readonly text: string;
  readonly problems?: readonly Fault[];
}

/** One meaning that differs; null is "not there". */
export interface Change { readonly path: string; readonly before: string | null; readonly after: string | null }

export interface RunningTrial {
  readonly id: string;
  readonly version: string | null;
  readonly number: number;
  readonly share_pct: number;
  readonly started_at: number | null;
  readonly ends_at: number | null;
}

export interface Standing {
  readonly in_force: {
    readonly number: number;
    /** null while no document describes what is in force. */
    readonly id: string | null;
    readonly name: string;
    readonly since: number | null;
    readonly changed_outside: boolean;
    readonly outside: readonly Change[];
    readonly not_named: readonly string[];
  };
  readonly trial: RunningTrial | null;
  /** Newest first. */
  readonly versions: readonly Version[];
}

export interface Difference { readonly unified: string; readonly changes: readonly Change[] | null }

export type Source = { readonly version: string } | { readonly live: true } | { readonly text: string };

export type Verdict = "too_early" | "open" | "better" | "worse";

export interface ArmValue { readonly n: number; readonly value: number | null }

export interface Measured {
  readonly key: string;
  readonly unit: string;
  readonly better: "more" | "less";
  readonly a: ArmValue;
  readonly b: ArmValue;
  readonly difference: number | null;
  /** Holds for a single look. */
  readonly ci95: readonly [number, number] | null;
  /** Holds however often one looks. */
  readonly anytime95: readonly [number, number] | null;
  readonly p_anytime: number | null;
  readonly verdict: Verdict;
}

export interface ArmCount { readonly customers: number; readonly contacts: number }

export interface Effect {
  readonly trial: {
    readonly id: string;
    readonly version: string;
    readonly number: number;
    readonly against: number;
    readonly share_pct: number;
    readonly started_at: number;
    readonly ended_at: number | null;
  };
  readonly looked_at: number;
  readonly arms: { readonly a: ArmCount; readonly b: ArmCount };
  readonly measures: readonly Measured[];
}

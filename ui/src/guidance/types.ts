/** Guidance as the center tells it, and how each state looks. */
import Gauge from "@lucide/svelte/icons/gauge";
import Hourglass from "@lucide/svelte/icons/hourglass";
import Zap from "@lucide/svelte/icons/zap";
import { t } from "../i18n/guidance";
import type { IconOf, Tone } from "../parts/types";

export type State = "take_your_time" | "as_usual" | "be_brief";

export interface Standing {
  readonly queue: string;
  readonly state: State;
  readonly since: number;
  readonly agents: number;
  readonly waiting: number;
  readonly busy_pct: number;
  readonly wait_pct: number;
  readonly expected_pct: number;
}

export interface Mine {
  readonly on: boolean;
  readonly trial: boolean;
  readonly state: State | null;
  readonly queues: readonly Standing[];
}

export interface Hint {
  readonly on: boolean;
  readonly guided: boolean;
  readonly spared: readonly string[];
  /** What is said in the conversation for each state that may come into force. */
  readonly states: Readonly<Record<State, State>>;
}

export interface Bounds {
  readonly enter: number;
  readonly leave: number;
}

export interface Rules {
  readonly on: boolean;
  readonly share_pct: number;
  readonly least_stay_ms: number;
  readonly pressed: Readonly<Record<"busy" | "wait" | "line" | "expected", Bounds>>;
  readonly slack: Readonly<Record<"busy" | "expected", Bounds>>;
  readonly floor: Readonly<Record<"reasons" | "stakes" | "topics" | "segments" | "flags", readonly string[]>> & { readonly quality_pct: number };
}

export interface Estimate {
  readonly mean: number | null;
  readonly ci95: readonly [number, number] | null;
}

export interface Points {
  readonly difference_points: number | null;
  readonly ci95: readonly [number, number] | null;
}

export type Arm = "none" | "by_state" | "by_clock" | "even";

export type Figures = Points & Readonly<Record<Arm, Readonly<Record<"service_level_pct" | "abandoned_pct" | "answer_ms" | "handle_ms", Estimate>>>> & {
  readonly by_clock_over_none: Points;
  readonly by_state_over_clock: Points;
  readonly at_same_handle_time: Points;
  readonly days: number;
  readonly at: number;
  readonly rules: Rules;
  readonly assumed: Readonly<Record<"brief" | "time" | "spared", number>>;
};

export interface Simulation {
  readonly running: boolean;
  readonly fault: string | null;
  readonly figures: Figures | null;
}

interface ArmOfTrial {
  readonly seen: number;
  readonly handled: number;
  readonly handle_s: number | null;
  readonly rated: number;
  readonly rating: number | null;
}

export interface Effect {
  readonly since: number;
  readonly fewest: number;
  readonly states: readonly {
    readonly state: State;
    readonly with: ArmOfTrial;
    readonly without: ArmOfTrial;
    readonly handle_s: { readonly value: number; readonly ci95: readonly [number, number] } | null;
    readonly rating: { readonly value: number; readonly ci95: readonly [number, number] } | null;
  }[];
  readonly rows: readonly {
    readonly interaction: string;
    readonly queue: string;
    readonly state: State;
    readonly guided: boolean;
    readonly spared: string;
    readonly at: number;
    readonly handle_ms: number | null;
    readonly rating: number | null;
  }[];
}

export const looks: Readonly<Record<State, { readonly icon: IconOf; readonly tone: Tone }>> = {
  take_your_time: { icon: Hourglass, tone: "good" },
  as_usual: { icon: Gauge, tone: "idle" },
  be_brief: { icon: Zap, tone: "watch" },
};

/** The figures behind a state, in a sentence. */
export function whyOf(one: Standing): string {
  return t("why", { waiting: one.waiting, busy: one.busy_pct, wait: one.wait_pct, expected: one.expected_pct });
}

export function isState(value: unknown): value is State {
  return typeof value === "string" && value in looks;
}

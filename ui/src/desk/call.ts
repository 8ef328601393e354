/** A call as the center tells it, and what is shown of it. */
export interface Leg {
  readonly leg: string;
  readonly role: "customer" | "agent" | "colleague" | "supervisor" | "outside";
  readonly agent: string | null;
  readonly at: number;
  readonly answered_at: number | null;
  readonly ended_at: number | null;
  readonly cause: string | null;
  readonly by: string | null;
  readonly place: string | null;
  readonly mode: string | null;
  /** How this party heard the others; null where no page of ours measured it. */
  readonly quality: Quality | null;
}

/** The mean over a call, and its worst moment: shares, milliseconds, MOS 1 to 4.5. */
export interface Quality {
  readonly loss: number;
  readonly loss_most: number;
  readonly jitter_ms: number;
  readonly jitter_most_ms: number;
  readonly round_trip_ms: number;
  readonly round_trip_most_ms: number;
  readonly mos: number;
  readonly mos_least: number;
}

export interface Recording {
  readonly id: string;
  readonly agent: string | null;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly duration_ms: number | null;
  readonly paused_at: number | null;
  readonly goes_on_at: number | null;
  readonly ready: boolean;
  readonly failed: string | null;
}

export interface Call {
  readonly interaction: string;
  readonly network: string;
  readonly up: boolean;
  readonly live: boolean;
  readonly abilities: readonly string[];
  readonly legs: readonly Leg[];
  readonly recordings: readonly Recording[];
}

export type LegState = "rings" | "waits" | "talks" | "joins" | "over" | "lost" | "unanswered";

/** How one party stands, in one word. */
export function standing(leg: Leg): LegState {
  if (leg.ended_at !== null) {
    if (leg.answered_at === null) return "unanswered";
    return leg.cause === "lost" || leg.cause === "failed" ? "lost" : "over";
  }
  if (leg.answered_at === null) return "rings";
  if (leg.place === "waiting") return "waits";
  return leg.place === null ? "joins" : "talks";
}

/** Who is worth showing: everybody in a call that goes on, and of one that is over who talked. */
export function shown(call: Call): readonly Leg[] {
  return call.live ? call.legs.filter((one) => one.ended_at === null) : call.legs.filter((one) => one.answered_at !== null);
}

export type RecordingState = "recorded" | "paused" | "coming" | "ready" | "failed" | "erased";

/** What became of a recording. */
export function recordingState(one: Recording): RecordingState {
  if (one.ready) return "ready";
  if (one.failed !== null) return "failed";
  if (one.duration_ms !== null) return "erased";
  if (one.ended_at !== null) return "coming";
  return one.paused_at === null ? "recorded" : "paused";
}

/** Why an interaction was offered to whom: the record as the center keeps it, and its parts for sentences. */

export interface Scored {
  readonly agent: string;
  readonly score_ms: number;
  readonly idle_ms: number;
  readonly match_ms: number;
  readonly handicap_ms: number;
}

export interface Decision {
  readonly offer: string;
  readonly at: number;
  readonly agent: string;
  readonly outcome: string | null;
  readonly outcome_at: number | null;
  readonly cause: string;
  readonly ring: number;
  readonly considered: number;
  readonly winner: Scored;
  readonly runners_up: readonly Scored[];
  readonly excluded: Readonly<Record<string, number>>;
  readonly waited_ms: number;
  readonly policy: number;
}

/** One stay in a queue, and with the agent who took it there. */
export interface Visit {
  readonly queue: string;
  /** "arrival", "transfer", "returned", "overflow". */
  readonly cause: string;
  readonly queued_at: number;
  readonly agent: string | null;
  readonly accepted_at: number | null;
}

export interface DecisionsAnswer {
  readonly decisions: readonly Decision[];
  readonly visits?: readonly Visit[];
  readonly names: Readonly<Record<string, string>>;
}

export const exclusions = ["skill", "not_available", "being_offered", "full", "declined", "not_preferred"] as const;
export type Exclusion = (typeof exclusions)[number];

/** Why others were not asked, the most frequent reason first. */
export function excluded(decision: Decision): { reason: Exclusion; n: number }[] {
  return exclusions
    .map((reason) => ({ reason, n: decision.excluded[reason] ?? 0 }))
    .filter((one) => one.n > 0)
    .sort((a, b) => b.n - a.n);
}

/** By how much the winner was ahead of the next one, in milliseconds of idle time; null when nobody else could. */
export function lead_ms(decision: Decision): number | null {
  const next = decision.runners_up[0];
  return next === undefined ? null : next.score_ms - decision.winner.score_ms;
}

/** What tipped it: the longer idle, the better match, or nobody else there was. */
export function tipped(decision: Decision): "preferred" | "only" | "match" | "idle" | "load" {
  if (decision.cause === "preferred") return "preferred";
  const next = decision.runners_up[0];
  if (next === undefined) return "only";
  const { winner } = decision;
  const gains = { match: winner.match_ms - next.match_ms, idle: winner.idle_ms - next.idle_ms, load: next.handicap_ms - winner.handicap_ms };
  if (gains.match >= gains.idle && gains.match >= gains.load) return "match";
  return gains.idle >= gains.load ? "idle" : "load";
}

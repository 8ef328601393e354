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
  readonly rule?: string;
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

/** One sentence below the headline, and of what it tells. */
export interface Line {
  readonly about: string;
  readonly text: string;
}

/** One thing that would have changed it; `then` is who would have had it. */
export interface Turn {
  readonly what: string;
  readonly text: string;
  readonly then: string;
}

/** A decision as the center tells it in the reader's language. */
export interface Words {
  readonly headline: string;
  readonly lines: readonly Line[];
  readonly flips: readonly Turn[];
  readonly note: string | null;
}

export type Told = Decision & { readonly words: Words };

export interface ToldAnswer {
  readonly decisions: readonly Told[];
  readonly names: Readonly<Record<string, string>>;
}

/** The parts of a score as shares of the widest of those compared, 0 to 1; `lost` is what work in hand, prices and a poor match take away. */
export interface Bar {
  readonly agent: string;
  readonly idle: number;
  readonly match: number;
  readonly lost: number;
  readonly score_ms: number;
  readonly behind_ms: number;
  readonly scored: Scored;
}

/** Rules whose agents are compared by time, so that scores can be drawn side by side. */
const timely: ReadonlySet<string> = new Set(["warmline", "longest-idle", "strict-priority", "dedicated-group"]);

/** The chosen one and the next ones as bars; none when there was nobody to compare with, or nothing in time to compare by. */
export function bars(decision: Decision): readonly Bar[] {
  const rule = decision.cause === "fallback" ? "longest-idle" : (decision.rule ?? "warmline");
  if (decision.runners_up.length === 0 || !timely.has(rule)) return [];
  const all = [decision.winner, ...decision.runners_up];
  const widest = Math.max(1, ...all.map((one) => one.idle_ms + Math.max(0, one.match_ms)));
  return all.map((one) => ({
    agent: one.agent,
    idle: one.idle_ms / widest,
    match: Math.max(0, one.match_ms) / widest,
    lost: Math.min(1, Math.max(0, one.idle_ms + Math.max(0, one.match_ms) + one.score_ms) / widest),
    score_ms: -one.score_ms,
    behind_ms: one.score_ms - decision.winner.score_ms,
    scored: one,
  }));
}

/** The headline with the chosen one's name apart, so that it can stand out: ["Anna", ", because …"]. */
export function cutAfterName(headline: string, name: string | undefined): readonly [string, string] {
  return name !== undefined && headline.startsWith(name) ? [name, headline.slice(name.length)] : ["", headline];
}

/** What the bars do not show: all lines but the scores. */
export function besides(words: Words): readonly Line[] {
  return words.lines.filter((line) => line.about !== "score" && line.about !== "behind");
}

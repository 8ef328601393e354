/** How well a connection is heard, from what the browser counted, as people are used to hear it said: MOS. */
import type { Quality } from "./wire";

/** What was counted up to now on what comes in. */
export interface Counted {
  readonly lost: number;
  readonly received: number;
  readonly jitter_ms: number;
  readonly round_trip_ms: number;
}

const best = 4.5;

/** The mean opinion score, 1 to 4.5, by the usual short form of the E-model. */
export function mos(loss: number, jitter_ms: number, round_trip_ms: number): number {
  const delay_ms = round_trip_ms / 2 + 2 * jitter_ms + 10;
  const heard = delay_ms < 160 ? 93.2 - delay_ms / 40 : 93.2 - (delay_ms - 120) / 10;
  const factor = Math.max(0, heard - 250 * loss);
  const score = 1 + 0.035 * factor + 7e-6 * factor * (factor - 60) * (100 - factor);
  return Math.min(best, Math.max(1, score));
}

/** The quality between two counts; null while nothing came in between. */
export function quality(before: Counted | null, now: Counted): Quality | null {
  const received = now.received - (before?.received ?? 0);
  const lost = Math.max(0, now.lost - (before?.lost ?? 0));
  if (received <= 0) return null;
  const loss = lost / (lost + received);
  const { jitter_ms, round_trip_ms } = now;
  return { loss, jitter_ms, round_trip_ms, mos: mos(loss, jitter_ms, round_trip_ms) };
}

/** What a report of the browser counts; null when nothing is received. */
export function counted(report: Iterable<Readonly<Record<string, unknown>>>): Counted | null {
  let inbound: Readonly<Record<string, unknown>> | null = null;
  let round_trip_s = 0;
  for (const one of report) {
    if (one["type"] === "inbound-rtp" && one["kind"] === "audio") inbound = one;
    if (one["type"] === "candidate-pair" && one["nominated"] === true) round_trip_s = number(one["currentRoundTripTime"]);
  }
  if (inbound === null) return null;
  return { lost: number(inbound["packetsLost"]), received: number(inbound["packetsReceived"]), jitter_ms: 1000 * number(inbound["jitter"]), round_trip_ms: 1000 * round_trip_s };
}

/** The word for a score: what most people would say of such a call. */
export function verdict(score: number): "good" | "fair" | "poor" {
  return score >= 3.9 ? "good" : score >= 3.1 ? "fair" : "poor";
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** When a queue is on target, to be watched, or late; and a state that must hold before it shows. */
import type { Level } from "../parts/states";
import { watchFrom } from "../parts/warm";

/** A state must hold this long before the screen changes, in milliseconds. */
export const holds_ms = 10_000;
/** How long "Back on target" stands. */
export const backFor_ms = 600_000;
/** So far under the aim it is late, in points. */
export const lateBy_pct = 10;

export type Raw = Exclude<Level, "back">;

const order: readonly Raw[] = ["ok", "watch", "late"];

export function worse(a: Raw, b: Raw): Raw {
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}

/** By the service level: under the aim is to be watched, ten points under is late; without answers all is well. */
export function levelOfShare(pct: number | null, aim_pct: number): Raw {
  if (pct === null || pct >= aim_pct) return "ok";
  return pct <= aim_pct - lateBy_pct ? "late" : "watch";
}

/** By how much of the allowed time is used (0 to 1) by whoever waits longest. */
export function levelOfWait(used: number): Raw {
  if (used >= 1) return "late";
  return used >= watchFrom ? "watch" : "ok";
}

interface Held { shown: Raw; since: number; wanted: Raw; wantedSince: number; recovered: number | null }

/** Remembers the states of many things by key, so that none flickers. */
export class Hysteresis {
  readonly #held = new Map<string, Held>();

  /** What to show for `key` at `now`, when it truly is `raw`. The first state shows at once. */
  see(key: string, raw: Raw, now: number): Level {
    const held = this.#held.get(key);
    if (held === undefined) {
      this.#held.set(key, { shown: raw, since: now, wanted: raw, wantedSince: now, recovered: null });
      return raw;
    }
    if (raw !== held.wanted) {
      held.wanted = raw;
      held.wantedSince = now;
    }
    if (held.wanted !== held.shown && now - held.wantedSince >= holds_ms) {
      held.recovered = held.wanted === "ok" ? now : null;
      held.shown = held.wanted;
      held.since = now;
    }
    const back = held.shown === "ok" && held.recovered !== null && now - held.recovered < backFor_ms;
    return back ? "back" : held.shown;
  }

  /** Since when the shown state holds; null for a key never seen. */
  since(key: string): number | null {
    return this.#held.get(key)?.since ?? null;
  }
}

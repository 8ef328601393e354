/** The rule behind the warm line: how much of the allowed time is used, and when that is worth a colour. */

export type Warmth = "none" | "watch" | "late";

/** The share of the time that must be used before the line turns amber. */
export const watchFrom = 0.75;

/** How much of the time from `since` to `until` is used at `now`: 0 to 1; a time that has no length is used up. */
export function usedShare(since: number, until: number, now: number): number {
  if (until <= since) return 1;
  return Math.min(1, Math.max(0, (now - since) / (until - since)));
}

/** The line's class at `used` (0 to 1): grey, amber from three quarters, red when nothing is left. */
export function warmth(used: number): Warmth {
  if (used >= 1) return "late";
  return used >= watchFrom ? "watch" : "none";
}

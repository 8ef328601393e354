/** What a supervisor should know of the rules just now: a failed matcher, a mode, raised head starts, a trial, missing prices. */
import { t } from "../i18n/notices";
import type { LiveState } from "../state/live";
import type { Expected } from "./figures";

export type Notice =
  | { readonly kind: "failed"; readonly at: number }
  | { readonly kind: "mode"; readonly mode: string }
  | { readonly kind: "guard"; readonly segment: string; readonly name: string; readonly pct: number }
  | { readonly kind: "trial"; readonly version: number; readonly share_pct: number }
  | { readonly kind: "prices" };

/** The worst first; nothing when the usual rules hold. */
export function noticesOf(state: Pick<LiveState, "mode" | "trial" | "head_start_pct" | "matcher_failed_at" | "priced" | "config">): readonly Notice[] {
  const { policy, segments } = state.config;
  const found: Notice[] = [];
  if (state.matcher_failed_at !== null) found.push({ kind: "failed", at: state.matcher_failed_at });
  if (state.mode !== null) {
    const { mode } = state;
    found.push({ kind: "mode", mode: policy.modes.find((one) => one.id === mode)?.name ?? mode });
  }
  for (const [segment, pct] of Object.entries(state.head_start_pct).sort(([one], [other]) => one.localeCompare(other))) {
    if (pct !== 100) found.push({ kind: "guard", segment, name: segments[segment]?.name ?? segment, pct });
  }
  if (state.trial !== null) found.push({ kind: "trial", version: state.trial.version, share_pct: state.trial.share_pct });
  if (policy.prices && !state.priced) found.push({ kind: "prices" });
  return found;
}

const minute = 60_000;

/** What a newcomer is told, in whole minutes; null when nobody waits or too little is known. */
export function toldText(expected: Expected | null | undefined): string | null {
  if (expected === null || expected === undefined) return null;
  const [low, high] = [Math.round(expected.low_ms / minute), Math.max(1, Math.round(expected.high_ms / minute))];
  return t("told", { range: low === high ? String(high) : `${low}–${high}` });
}

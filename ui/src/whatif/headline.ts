/** What a comparison says first: the few measures that surely became better or worse. */
import type { Compared, Estimates } from "./types";
import { findingOf } from "./words";

export interface Said { readonly key: string; readonly mean: number; readonly segment: string | null }

/** By what matters most to a reader. */
const first = ["service_level_pct", "abandoned_pct", "answer_ms", "outcome_weighted", "occupancy_spread"] as const;
const atMost = 3;

function sure(of: Estimates, keys: readonly string[], wanted: "better" | "worse", segment: string | null): Said[] {
  return keys.flatMap((key) => {
    const found = of[key];
    return found !== undefined && found.mean !== null && findingOf(key, found) === wanted ? [{ key, mean: found.mean, segment }] : [];
  });
}

/** Three at most each way; a segment's service level is told where the whole says nothing of it. */
export function headline(found: Compared): { readonly better: readonly Said[]; readonly worse: readonly Said[] } {
  const told = (wanted: "better" | "worse"): Said[] => [
    ...sure(found.all, first, wanted, null),
    ...Object.entries(found.segments).flatMap(([id, of]) => (findingOf("service_level_pct", found.all["service_level_pct"]) === wanted ? [] : sure(of, ["service_level_pct"], wanted, id))),
  ];
  return { better: told("better").slice(0, atMost), worse: told("worse").slice(0, atMost) };
}

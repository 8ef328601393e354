/** A customer's segment as pips: how high it stands among all, by what a good match is worth to it. */
import type { Segment } from "../state/live";

const pips = 4;

/** Name and filled pips of segment `id`; the highest has all four. Null when there is no such segment. */
export function segmentPips(segments: Readonly<Record<string, Segment>>, id: string): { name: string; rank: number; of: number } | null {
  const segment = segments[id];
  if (segment === undefined) return null;
  const all = Object.values(segments).sort((a, b) => a.value - b.value || a.head_start_ms - b.head_start_ms || (a.id < b.id ? -1 : 1));
  const place = all.findIndex((one) => one.id === id) + 1;
  return { name: segment.name, rank: Math.max(1, Math.round((place / all.length) * pips)), of: pips };
}

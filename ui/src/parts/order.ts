/** The order of live rows: it follows the wanted one only when nobody would lose the row under the pointer. */

/** How long an order stands before it may change again, in milliseconds. */
export const settle_ms = 5000;

/** `held` without what is gone, then what is new, in the order of `wanted`: no row changes place. */
export function holdOrder(held: readonly string[], wanted: readonly string[]): string[] {
  const alive = new Set(wanted);
  const kept = held.filter((key) => alive.has(key));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((key) => !known.has(key))];
}

export interface Sort {
  readonly column: string;
  readonly down: boolean;
}

/** Compares two cell values: numbers by size, text by `collator`, and what is missing comes last in either direction. */
export function compareCells(a: string | number | null, b: string | number | null, down: boolean, collator: Intl.Collator): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order = typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
  return down ? -order : order;
}

/** Units in which lengths of time are typed. */

export const units = [
  { name: "s", ms: 1000 },
  { name: "min", ms: 60_000 },
  { name: "h", ms: 3_600_000 },
  { name: "d", ms: 86_400_000 },
] as const;

export type Unit = (typeof units)[number]["name"];

/** The largest unit in which `ms` is a whole number; seconds for nothing at all. */
export function unitFor(ms: number): Unit {
  if (ms === 0) return "s";
  return [...units].reverse().find((unit) => ms % unit.ms === 0)?.name ?? "s";
}

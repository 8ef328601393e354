/** Which conversations the list shows, and how that stands in the address. */

export interface Filters {
  queue: string;
  agent: string;
  medium: string;
  phase: string;
  /** Local days, as the browser's date fields write them: "2026-11-22". */
  from: string;
  to: string;
  /** Words to find; never in the address, they may be a customer's name. */
  q: string;
}

const named = ["queue", "agent", "medium", "phase", "from", "to"] as const;

export function readFilters(query: URLSearchParams): Filters {
  const filters: Filters = { queue: "", agent: "", medium: "", phase: "", from: "", to: "", q: "" };
  for (const name of named) filters[name] = query.get(name) ?? "";
  return filters;
}

export function queryOf(filters: Filters): string {
  const given = named.filter((name) => filters[name] !== "").map((name): [string, string] => [name, filters[name]]);
  return new URLSearchParams(given).toString();
}

/** The beginning of a local day in milliseconds since the epoch; empty when no day is given. */
export function dayStart(day: string): number | "" {
  const at = day === "" ? Number.NaN : new Date(`${day}T00:00`).getTime();
  return Number.isFinite(at) ? at : "";
}

/** The end of a local day: the beginning of the next one. */
export function dayEnd(day: string): number | "" {
  if (dayStart(day) === "") return "";
  const at = new Date(`${day}T00:00`);
  at.setDate(at.getDate() + 1);
  return at.getTime();
}

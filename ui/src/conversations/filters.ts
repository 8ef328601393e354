/** Which conversations the list shows, and how that stands in the address. */
import { dayBegins } from "../i18n/format";

export interface Filters {
  queue: string;
  agent: string;
  medium: string;
  phase: string;
  /** Days of the center, as the browser's date fields write them: "2026-11-22". */
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

/** The beginning of a day of the center in milliseconds since the epoch; empty when no day is given. */
export function dayStart(day: string): number | "" {
  return dayBegins(day) ?? "";
}

/** The end of a day of the center: the beginning of the next one. */
export function dayEnd(day: string): number | "" {
  return dayBegins(day, 1) ?? "";
}

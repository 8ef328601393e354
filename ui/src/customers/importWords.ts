/** What the fields of an import are called. */
import type { Problem } from "../api";
import { t } from "../i18n/customers_orders";
import { sayProblem } from "../problem";
import type { Kind } from "./imports.svelte";

const shared = ["customer", "at", "total", "currency", "units", "status", "status_at", "promised_at", "text", "name", "first_name", "last_name", "email", "phone", "language", "row"] as const;

/** The name of a field; one that is unknown here as the center calls it. */
export function fieldName(kind: Kind, field: string): string {
  if (field === "id") return t(`field.id.${kind}`);
  const known = shared.find((one) => one === field);
  return known === undefined ? field : t(`field.${known}`);
}

const refusals = ["import_runs", "file_gone", "queue_full", "too_many_imports", "too_many_mappings", "too_many_keys", "too_large"] as const;

/** Why the center did not do it. */
export function sayRefused(problem: Problem): string {
  const known = refusals.find((one) => one === problem.code);
  return known === undefined ? sayProblem(problem) : t(`refused.${known}`);
}

/** What somebody should act upon, from what is counted and live; nothing is guessed. */
import type { InteractionView } from "../state/live";
import type { FloorFigures } from "./figures";
import { levelOfShare } from "./level";
import type { PersonRow } from "./people";
import { isOverdueMail, type QueueRow } from "./queues";

/** A queue under its aim is told of after this long. */
export const belowFor_ms = 600_000;
/** Nobody is free: told of when it has lasted this long. */
export const unservedFor_ms = 10_000;

export type Alert =
  | { readonly kind: "unserved"; readonly key: string; readonly queue: QueueRow; readonly since: number }
  | { readonly kind: "below"; readonly key: string; readonly queue: QueueRow; readonly since: number; readonly pct: number; readonly late: boolean }
  | { readonly kind: "overdue"; readonly key: string; readonly views: readonly InteractionView[] }
  | { readonly kind: "missed"; readonly key: string; readonly person: PersonRow };

/** Since when the queue has been under its aim: the first of the half hours without a break up to this one; null when it is not, or nothing was answered in this one. */
export function belowSince(queue: QueueRow, figures: FloorFigures): number | null {
  const pct = queue.figures?.interval.service_level_pct ?? null;
  if (pct === null || pct >= queue.aim_pct) return null;
  let since = figures.interval.from;
  for (const level of [...(queue.figures?.levels ?? [])].sort((a, b) => b.at - a.at)) {
    if (level.at >= since) continue;
    if (since - level.at > 30 * 60_000 || level.service_level_pct === null || level.service_level_pct >= queue.aim_pct) break;
    since = level.at;
  }
  return since;
}

/** Since when somebody in the queue has had nobody who could take them, as whoever is able and free is offered it at once; null when all are served. E-mail may wait until it is due. */
export function unservedSince(queue: QueueRow): number | null {
  const since = queue.unserved.filter((view) => view.medium !== "email").map((view) => view.phase_at);
  return since.length === 0 ? null : Math.min(...since);
}

/** All alerts at `now`, the most urgent first. */
export function alertsOf(queues: readonly QueueRow[], people: readonly PersonRow[], views: readonly InteractionView[], figures: FloorFigures | null, now: number): Alert[] {
  const found: Alert[] = [];
  for (const queue of queues) {
    const since = unservedSince(queue);
    if (since !== null && now - since >= unservedFor_ms) found.push({ kind: "unserved", key: `unserved ${queue.id}`, queue, since });
  }
  for (const queue of queues) {
    const since = figures === null ? null : belowSince(queue, figures);
    const pct = queue.figures?.interval.service_level_pct ?? null;
    if (since !== null && pct !== null && now - since >= belowFor_ms) found.push({ kind: "below", key: `below ${queue.id}`, queue, since, pct, late: levelOfShare(pct, queue.aim_pct) === "late" });
  }
  const overdue = views.filter((view) => isOverdueMail(view, now)).sort((a, b) => a.due_at - b.due_at);
  if (overdue.length > 0) found.push({ kind: "overdue", key: "overdue", views: overdue });
  for (const person of people) if (person.need === "missed") found.push({ kind: "missed", key: `missed ${person.id}`, person });
  return found;
}

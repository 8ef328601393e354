/** What may come of a conversation: the queue's own answers first, then those of every queue, found by typing. */
import { found } from "../parts/find";
import type { Disposition } from "../state/live";

/** The dispositions that queue `queue` may use and that fit `typed`. */
export function dispositionsFor(all: readonly Disposition[], queue: string | null, typed: string): Disposition[] {
  const own = (one: Disposition): boolean => queue !== null && one.queues.includes(queue);
  return all
    .filter((one) => (one.queues.length === 0 || own(one)) && found(typed, one.name))
    .sort((a, b) => Number(own(b)) - Number(own(a)) || a.name.localeCompare(b.name));
}

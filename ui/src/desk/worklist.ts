/** The order of an agent's work: what rings, what is in hand (who waits for us first), what is to be wrapped up, where a colleague asks. */
import type { InteractionView } from "../state/live";

export type Section = "ringing" | "hand" | "wrapping" | "consults";

export interface Due {
  readonly since: number;
  readonly until: number;
}

export interface Work {
  readonly section: Section;
  readonly view: InteractionView;
  /** Until when an answer is wanted, and since when it is. */
  readonly due: Due | null;
  /** The consultation, when it is somebody else's conversation. */
  readonly consult: string | null;
}

/** What the list needs of the settings: the aim of a queue, in milliseconds. */
export type AimOf = (queue: string | null) => number;

/** Since when and until when the customer should have an answer; null when they do not wait for one. */
export function answerDue(view: InteractionView, aim: AimOf): Due | null {
  if (view.phase === "wrapping") return view.wrap_until === null ? null : { since: view.phase_at, until: view.wrap_until };
  const since = view.unanswered_since;
  // Whoever is being called has the answer on the phone; nothing written is waited for.
  if (since === null || (view.medium === "callback" && view.agent !== null)) return null;
  // The center reckoned the first answer's aim in business hours; a later question has the queue's aim from when it came.
  if (view.due_at > 0 && since <= view.queued_at) return { since: Math.min(since, view.queued_at), until: view.due_at };
  return { since, until: since + aim(view.queue) };
}

function sectionOf(view: InteractionView, me: string): { section: Section; consult: string | null } | null {
  if (view.offer?.agent === me) return { section: "ringing", consult: null };
  if (view.agent === me) return { section: view.phase === "wrapping" ? "wrapping" : "hand", consult: null };
  for (const [id, consult] of Object.entries(view.consults)) {
    if (consult.colleague === me) return { section: consult.joined ? "consults" : "ringing", consult: id };
  }
  return null;
}

const sections: readonly Section[] = ["ringing", "hand", "wrapping", "consults"];

/** All that agent `me` has to do, in the order in which it should be done. */
export function workOf(views: Iterable<InteractionView>, me: string, aim: AimOf): Work[] {
  const found: Work[] = [];
  for (const view of views) {
    const place = sectionOf(view, me);
    if (place !== null) found.push({ ...place, view, due: place.section === "ringing" ? null : answerDue(view, aim) });
  }
  return found.sort(before);
}

function before(a: Work, b: Work): number {
  if (a.section !== b.section) return sections.indexOf(a.section) - sections.indexOf(b.section);
  if ((a.due === null) !== (b.due === null)) return a.due === null ? 1 : -1;
  if (a.due !== null && b.due !== null && a.due.until !== b.due.until) return a.due.until - b.due.until;
  return a.view.arrived_at - b.view.arrived_at || (a.view.id < b.view.id ? -1 : 1);
}

/** What to go on with after `left` is done: who waits longest, else whatever is in hand; null when nothing is. */
export function nextWork(work: readonly Work[], left: string): Work | null {
  const others = work.filter((one) => one.view.id !== left && one.section !== "ringing");
  return others.find((one) => one.section === "hand" && one.due !== null) ?? others[0] ?? null;
}

/** The neighbour of `current` in the list, `step` rows on; at the ends it stays. */
export function neighbour(ids: readonly string[], current: string | null, step: 1 | -1): string | null {
  if (ids.length === 0) return null;
  const at = current === null ? -1 : ids.indexOf(current);
  if (at === -1) return (step === 1 ? ids[0] : ids.at(-1)) ?? null;
  return ids[Math.min(ids.length - 1, Math.max(0, at + step))] ?? null;
}

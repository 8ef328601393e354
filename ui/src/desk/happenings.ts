/** What happened in a conversation besides what was said: the lines between the messages. */
import type { LiveEvent } from "../state/live";
import type { Decision, Visit } from "./decisions";
import { isTold } from "../i18n/calling";
import { isOpen, type Head, type KeptHappening } from "./said";

export type Happening =
  | { readonly what: "arrived"; readonly at: number }
  | { readonly what: "begun"; readonly at: number; readonly agent: string }
  | { readonly what: "hung_up"; readonly at: number; readonly cause: string }
  | { readonly what: "accepted"; readonly at: number; readonly agent: string }
  | { readonly what: "transferred"; readonly at: number; readonly from: string | null; readonly to: string | null; readonly queue: string }
  | { readonly what: "returned"; readonly at: number; readonly agent: string }
  | { readonly what: "overflowed"; readonly at: number; readonly queue: string }
  | { readonly what: "held" | "resumed" | "held_by_interruption" | "resumed_by_interruption" | "customer_left" | "customer_returned"; readonly at: number }
  | { readonly what: "consult_asked" | "consult_joined" | "consult_left"; readonly at: number; readonly agent: string }
  | { readonly what: "erased"; readonly at: number }
  | { readonly what: "ended"; readonly at: number; readonly by: string }
  | { readonly what: "closed"; readonly at: number; readonly disposition: string | null }
  | { readonly what: "rated"; readonly at: number; readonly score: number };

/** The line that an event makes; null for what has its own place on the page. */
export function happeningOf(event: LiveEvent): Happening | null {
  const at = event.at;
  switch (event.name) {
    case "Begun":
      return { what: "begun", at, agent: event.agent };
    case "Accepted":
      return { what: "accepted", at, agent: event.agent };
    case "Transferred":
      return { what: "transferred", at, from: event.from_agent ?? null, to: event.to_agent ?? null, queue: event.queue };
    case "Returned":
      return { what: "returned", at, agent: event.agent };
    case "Overflowed":
      return { what: "overflowed", at, queue: event.to_queue };
    case "Held":
      return { what: event.cause === "interrupted" ? "held_by_interruption" : "held", at };
    case "Resumed":
      return { what: event.cause === "interrupted" ? "resumed_by_interruption" : "resumed", at };
    case "CustomerLeft":
      return { what: "customer_left", at };
    case "CustomerReturned":
      return { what: "customer_returned", at };
    case "ConsultAsked":
      return { what: "consult_asked", at, agent: event.colleague };
    case "ConsultJoined":
      return { what: "consult_joined", at, agent: event.colleague };
    case "ConsultEnded":
      return { what: "consult_left", at, agent: event.colleague };
    case "Ended":
      return isTold(event.cause) ? { what: "hung_up", at, cause: event.cause } : { what: "ended", at, by: event.by };
    case "WrappedUp":
      return { what: "closed", at, disposition: event.disposition ?? null };
    case "Rated":
      return { what: "rated", at, score: event.score };
    default:
      return null;
  }
}

/** The lines of a conversation: what the center keeps of the past, and what was heard since the page is open. */
export function happenings(head: Head, decisions: readonly Decision[], visits: readonly Visit[], heard: readonly Happening[]): Happening[] {
  const begun = [...(head.happenings ?? []), ...heard].some((one) => one.what === "begun");
  const kept: Happening[] = begun ? [] : [{ what: "arrived", at: head.started_at }];
  for (const decision of decisions) {
    if (decision.outcome === "accepted" && decision.outcome_at !== null) kept.push({ what: "accepted", at: decision.outcome_at, agent: decision.agent });
  }
  for (const [at, visit] of visits.entries()) {
    const before = visits[at - 1]?.agent ?? null;
    if (visit.cause === "transfer") kept.push({ what: "transferred", at: visit.queued_at, from: before, to: visit.agent, queue: visit.queue });
    else if (visit.cause === "returned" && before !== null) kept.push({ what: "returned", at: visit.queued_at, agent: before });
    else if (visit.cause === "overflow") kept.push({ what: "overflowed", at: visit.queued_at, queue: visit.queue });
  }
  for (const one of head.happenings ?? []) {
    const line = keptLine(one);
    if (line !== null) kept.push(line);
  }
  const told = [...kept, ...heard].some((one) => one.what === "hung_up");
  if (head.ended_at !== null && !told) kept.push({ what: "ended", at: head.ended_at, by: head.ended_by ?? "system" });
  if (head.erased_at) kept.push({ what: "erased", at: head.erased_at });
  if (head.closed_at !== null && !isOpen(head.phase)) kept.push({ what: "closed", at: head.closed_at, disposition: head.disposition });
  const known = new Set(kept.map(key));
  return [...kept, ...heard.filter((one) => !known.has(key(one)))].sort((a, b) => a.at - b.at);
}

function keptLine(one: KeptHappening): Happening | null {
  switch (one.what) {
    case "consult_asked":
    case "consult_joined":
    case "consult_left":
      return one.agent === null ? null : { what: one.what, at: one.at, agent: one.agent };
    case "begun":
      return one.agent === null ? null : { what: "begun", at: one.at, agent: one.agent };
    case "hung_up":
      return one.cause === null ? null : { what: "hung_up", at: one.at, cause: one.cause };
    case "held":
    case "resumed":
      return { what: one.cause === "interrupted" ? `${one.what}_by_interruption` : one.what, at: one.at };
    case "customer_left":
    case "customer_returned":
      return { what: one.what, at: one.at };
    default:
      // A newer center may keep more than this page has words for.
      one.what satisfies never;
      return null;
  }
}

/** What tells a line from all others. */
export function key(one: Happening): string {
  return `${one.what} ${one.at} ${"agent" in one ? one.agent : ""}`;
}

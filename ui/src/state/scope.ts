/** Whom a supervisor supervises: everybody, or the people of some teams and the talks of some queues. */
import type { User } from "../session.svelte";
import type { InteractionView, LiveState } from "./live";

type Who = Pick<User, "roles" | "teams" | "queues"> | null;
type What = Pick<LiveState, "agents">;

/** Whether these are all the people and talks that there are. */
export function isLimited(who: Who): boolean {
  return (who?.teams?.length ?? 0) > 0 || (who?.queues?.length ?? 0) > 0;
}

/** Whether somebody may set this agent's state. */
export function leads(who: Who, team: string | null): boolean {
  if (who?.roles.includes("supervisor") !== true) return false;
  return !isLimited(who) || (team !== null && who.teams?.includes(team) === true);
}

/** Whether somebody may read this talk along and come into it: by its queue, or by who is in it. */
export function supervises(who: Who, state: What, view: Pick<InteractionView, "queue" | "agent" | "offer" | "consults">): boolean {
  if (who?.roles.includes("supervisor") !== true) return false;
  if (!isLimited(who) || (view.queue !== null && who.queues?.includes(view.queue) === true)) return true;
  const inIt = [view.agent, view.offer?.agent ?? null, ...Object.values(view.consults).map((one) => one.colleague)];
  return inIt.some((agent) => agent !== null && leads(who, state.agents[agent]?.team ?? null));
}

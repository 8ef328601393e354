/** The people of the floor: what each does, and who needs the supervisor first. */
import type { AgentView, InteractionView, LiveState, Presence } from "../state/live";
import type { Channel } from "./queues";
import { isOverdueMail } from "./queues";

/** What an agent is doing, in one word; `missed` is away because an offer was missed. */
export type Doing = Presence | "missed" | "talking" | "ringing" | "wrapping";

export type Need = "missed" | "overdue" | "unanswered" | "wrap" | null;

export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly agent: AgentView;
  readonly doing: Doing;
  /** Since when. */
  readonly since: number;
  readonly hand: readonly InteractionView[];
  readonly ringing: InteractionView | null;
  readonly need: Need;
  /** Since when it is needed. */
  readonly needSince: number;
  /** What is needed about, if one conversation is. */
  readonly about: InteractionView | null;
}

export const missedOffer = "missed_offer";
/** A customer in a chat should not wait longer for a word, in milliseconds. */
export const answerWithin_ms = 120_000;

const talks = (view: InteractionView): boolean => view.phase === "connected" || view.phase === "held";

function doingOf(agent: AgentView, hand: readonly InteractionView[], ringing: InteractionView | null): { doing: Doing; since: number } {
  if (agent.reason === missedOffer && hand.length === 0) return { doing: "missed", since: agent.presence_at };
  const talking = hand.filter(talks);
  if (talking.length > 0) return { doing: "talking", since: Math.min(...talking.map((view) => view.phase_at)) };
  if (hand.length > 0) return { doing: "wrapping", since: Math.min(...hand.map((view) => view.phase_at)) };
  if (ringing !== null) return { doing: "ringing", since: ringing.phase_at };
  if (agent.presence === "available") return { doing: "available", since: Math.max(agent.idle_since, agent.presence_at) };
  return { doing: agent.presence, since: agent.presence_at };
}

function needOf(agent: AgentView, hand: readonly InteractionView[], now: number): { need: Need; needSince: number; about: InteractionView | null } {
  if (agent.reason === missedOffer) return { need: "missed", needSince: agent.presence_at, about: null };
  const late = hand.filter((view) => isOverdueMail(view, now)).sort((a, b) => a.due_at - b.due_at)[0];
  if (late !== undefined) return { need: "overdue", needSince: late.due_at, about: late };
  const silent = hand
    .filter((view) => view.medium !== "email" && view.medium !== "callback" && view.phase === "connected" && view.unanswered_since !== null && now - view.unanswered_since >= answerWithin_ms)
    .sort((a, b) => (a.unanswered_since ?? 0) - (b.unanswered_since ?? 0))[0];
  if (silent !== undefined) return { need: "unanswered", needSince: silent.unanswered_since ?? now, about: silent };
  const wrap = hand.find((view) => view.phase === "wrapping" && view.wrap_until !== null && view.wrap_until < now);
  if (wrap !== undefined) return { need: "wrap", needSince: wrap.wrap_until ?? now, about: wrap };
  return { need: null, needSince: 0, about: null };
}

const needs: readonly Need[] = ["missed", "overdue", "unanswered", "wrap", null];
const doings: readonly Doing[] = ["missed", "talking", "ringing", "wrapping", "available", "busy", "break", "meal", "meeting", "training", "offline"];

/** Everybody who is signed in, who needs us first; `offline` brings the others, last. */
export function peopleRows(state: LiveState, names: ReadonlyMap<string, string>, channel: Channel, offline: boolean, now: number): PersonRow[] {
  return Object.values(state.agents)
    .filter((agent) => offline || agent.presence !== "offline" || agent.holds.length > 0)
    .map((agent): PersonRow => {
      const all = agent.holds.map((id) => state.interactions[id]).filter((view) => view !== undefined);
      const ringing = agent.offer === null ? null : (state.interactions[agent.offer] ?? null);
      const hand = channel === "all" ? all : all.filter((view) => view.medium === channel);
      return { id: agent.id, name: names.get(agent.id) ?? agent.id, agent, ...doingOf(agent, all, ringing), hand, ringing, ...needOf(agent, all, now) };
    })
    .sort((a, b) => needs.indexOf(a.need) - needs.indexOf(b.need) || (a.need === null ? 0 : a.needSince - b.needSince) || doings.indexOf(a.doing) - doings.indexOf(b.doing) || a.name.localeCompare(b.name));
}

/** What people are counted as. */
export const crowdParts = {
  free: ["available"],
  busy: ["talking", "ringing"],
  wrapping: ["wrapping"],
  away: ["busy", "break", "meal", "meeting", "training"],
  missed: ["missed"],
} as const satisfies Readonly<Record<string, readonly Doing[]>>;
export type CrowdPart = keyof typeof crowdParts | "signedIn";
export type Crowd = Readonly<Record<CrowdPart, number>>;

/** Whether somebody is one of those whom a part counts. */
export function isOf(part: CrowdPart, row: PersonRow): boolean {
  const parts: Readonly<Record<string, readonly Doing[]>> = crowdParts;
  return part === "signedIn" ? row.doing !== "offline" : (parts[part]?.includes(row.doing) ?? false);
}

/** How many do what, of those who are signed in. */
export function crowd(rows: readonly PersonRow[]): Crowd {
  const count = (part: CrowdPart): number => rows.filter((row) => isOf(part, row)).length;
  return { signedIn: count("signedIn"), free: count("free"), busy: count("busy"), wrapping: count("wrapping"), away: count("away"), missed: count("missed") };
}

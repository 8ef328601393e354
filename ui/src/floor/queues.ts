/** The queues of the floor: what waits now, who is free of those able, and the figures beside. */
import type { AgentSpec, InteractionView, LiveState, Medium, Queue } from "../state/live";
import type { QueueFigures } from "./figures";
import { levelOfShare, levelOfWait, worse, type Raw } from "./level";

export interface QueueRow {
  readonly id: string;
  readonly name: string;
  readonly media: readonly Medium[];
  readonly waiting: readonly InteractionView[];
  readonly longest: InteractionView | null;
  readonly aim_pct: number;
  readonly within_ms: number;
  /** Signed in and able; while somebody waits, for at least one of those. */
  readonly able: number;
  readonly free: number;
  /** Of those who wait, whom nobody could take now. */
  readonly unserved: readonly InteractionView[];
  readonly figures: QueueFigures | null;
  readonly raw: Raw;
}

export type Channel = "all" | Medium;

export function isWaiting(view: InteractionView): boolean {
  return view.phase === "queued" || view.phase === "offered";
}

/** When the wait that counts began: a transfer begins it anew. */
export function waitsSince(view: InteractionView): number {
  return view.transfers > 0 ? view.queued_at : view.arrived_at;
}

/** The share of the allowed time that is used at `now`, 0 and more. */
export function waitUsed(view: InteractionView, now: number): number {
  const since = waitsSince(view);
  return view.due_at <= since ? 1 : Math.max(0, (now - since) / (view.due_at - since));
}

/** The media that can come into each queue: those of the inboxes that lead there, directly or by overflow, and of what is in it. */
export function mediaOfQueues(state: LiveState): ReadonlyMap<string, ReadonlySet<Medium>> {
  const media = new Map<string, Set<Medium>>();
  const put = (queue: string | null, medium: Medium): void => {
    if (queue === null) return;
    const known = media.get(queue);
    if (known === undefined) media.set(queue, new Set([medium]));
    else known.add(medium);
  };
  for (const inbox of Object.values(state.config.inboxes)) {
    for (const queue of [inbox.queue, ...Object.values(inbox.by_reason), ...Object.values(inbox.by_language)]) put(queue, inbox.medium);
  }
  for (const view of Object.values(state.interactions)) put(view.queue, view.medium);
  return media;
}

/** Whether the agent has what the widest ring of the queue asks for; also the customer's language, when one is given that is a skill. */
export function isAble(spec: AgentSpec, queue: Queue, language: string | null = null): boolean {
  const widest = queue.rings.at(-1);
  if (widest === undefined) return false;
  const speaks = language === null || widest.language_level === 0 || (spec.skills[language] ?? 0) >= widest.language_level;
  return speaks && widest.needs.every((need) => (spec.skills[need.skill] ?? 0) >= need.level);
}

/** The language that the agent must know for this customer; null when it is not known or no skill of this center. */
export function languageOf(state: LiveState, view: InteractionView): string | null {
  return view.language !== null && state.config.skills[view.language]?.language === true ? view.language : null;
}

/** Whether the agent could take one more of the medium now. */
export function hasRoom(state: LiveState, spec: AgentSpec, medium: Medium): boolean {
  const agent = state.agents[spec.id];
  if (agent === undefined || agent.presence !== "available" || !agent.connected || agent.offer !== null) return false;
  const same = agent.holds.filter((id) => state.interactions[id]?.medium === medium).length;
  return agent.holds.length < spec.capacity.total && same < (spec.capacity.slots[medium] ?? 0);
}

/** All queues of the channel, the worst first. */
export function queueRows(state: LiveState, figures: ReadonlyMap<string, QueueFigures>, agents: readonly AgentSpec[], channel: Channel, now: number): QueueRow[] {
  const media = mediaOfQueues(state);
  const waiting = new Map<string, InteractionView[]>();
  for (const view of Object.values(state.interactions)) {
    if (!isWaiting(view) || view.queue === null || (channel !== "all" && view.medium !== channel)) continue;
    const line = waiting.get(view.queue);
    if (line === undefined) waiting.set(view.queue, [view]);
    else line.push(view);
  }
  const rows = Object.values(state.config.queues)
    .filter((queue) => channel === "all" || media.get(queue.id)?.has(channel) === true)
    .map((queue) => rowOf(state, queue, [...(media.get(queue.id) ?? [])], (waiting.get(queue.id) ?? []).sort((a, b) => waitsSince(a) - waitsSince(b)), figures.get(queue.id) ?? null, agents, channel, now));
  const rank = { late: 0, watch: 1, ok: 2 };
  return rows.sort((a, b) => rank[a.raw] - rank[b.raw] || b.waiting.length - a.waiting.length || a.name.localeCompare(b.name));
}

function rowOf(state: LiveState, queue: Queue, media: readonly Medium[], waiting: readonly InteractionView[], figures: QueueFigures | null, agents: readonly AgentSpec[], channel: Channel, now: number): QueueRow {
  const signedIn = agents.filter((spec) => (state.agents[spec.id]?.presence ?? "offline") !== "offline");
  const languages = waiting.length === 0 ? [null] : [...new Set(waiting.map((view) => languageOf(state, view)))];
  const present = signedIn.filter((spec) => languages.some((language) => isAble(spec, queue, language)));
  const wanted = waiting.length > 0 ? [...new Set(waiting.map((view) => view.medium))] : channel === "all" ? media : [channel];
  const worst = waiting.reduce<Raw>((level, view) => worse(level, levelOfWait(waitUsed(view, now))), "ok");
  return {
    id: queue.id,
    name: queue.name,
    media,
    waiting,
    longest: waiting[0] ?? null,
    aim_pct: queue.target.share_pct,
    within_ms: queue.target.within_ms,
    able: present.length,
    free: present.filter((spec) => wanted.some((medium) => hasRoom(state, spec, medium))).length,
    unserved: waiting.filter((view) => view.phase === "queued" && !signedIn.some((spec) => isAble(spec, queue, languageOf(state, view)) && hasRoom(state, spec, view.medium))),
    figures,
    raw: worse(worst, levelOfShare(figures?.interval.service_level_pct ?? null, queue.target.share_pct)),
  };
}

/** The aims of several queues: one when they agree, else the lowest and the highest. */
export function aims(rows: readonly QueueRow[]): { readonly low: number; readonly high: number; readonly within_ms: number | null } | null {
  if (rows.length === 0) return null;
  const shares = rows.map((row) => row.aim_pct);
  const withins = new Set(rows.map((row) => row.within_ms));
  return { low: Math.min(...shares), high: Math.max(...shares), within_ms: withins.size === 1 ? (rows[0]?.within_ms ?? null) : null };
}

/** E-mail whose answer is due by now: it waits, or somebody has it and what came before the queue is still not answered. */
export function isOverdueMail(view: InteractionView, now: number): boolean {
  if (view.medium !== "email" || view.due_at === 0 || view.due_at > now) return false;
  if (isWaiting(view)) return true;
  return (view.phase === "connected" || view.phase === "held") && view.unanswered_since !== null && view.unanswered_since <= view.queued_at;
}

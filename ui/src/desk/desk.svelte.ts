/** The agent's desk: the work that is theirs, what they can do with it, and everything that must not be lost meanwhile. */
import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { api, Problem } from "../api";
import { sayRefusal } from "./refusal";
import { t } from "../i18n/desk";
import { toasts } from "../parts/toasts.svelte";
import { session } from "../session.svelte";
import { router } from "../shell/router.svelte";
import type { AgentView, LiveEvent } from "../state/live";
import { live } from "../state/live.svelte";
import { Conversation } from "./conversation.svelte";
import { directory } from "./directory.svelte";
import { Draft } from "./draft.svelte";
import { forgetAll, keep, kept } from "./keep";
import { Outbox } from "./outbox.svelte";
import { lastWords, unread, type Said } from "./said";
import { nextWork, workOf, type Work } from "./worklist";

/** A conversation that is on the desk, with what is written in it. */
export interface Seat {
  readonly talk: Conversation;
  readonly draft: Draft;
  readonly outbox: Outbox;
}

/** A typing signal to the customer is repeated at most this often, in milliseconds. */
const typingEvery_ms = 3000;
const noAim_ms = 60_000;
/** Conversations that are kept in this page's memory, when none of them must be. */
const seatsAtMost = 40;

/** An event in the answer to a command, as far as it is read here. */
interface Happened { readonly name: string; readonly interaction?: string; readonly wrapping?: boolean }

class Desk {
  readonly #seats = new SvelteMap<string, Seat>();
  /** What a command is being given about: the button shows it. */
  busy = $state<string | null>(null);
  /** The disposition chosen before or after the end, by interaction. */
  readonly chosen = new SvelteMap<string, string>();
  readonly #typingAt = new Map<string, number>();
  readonly #read = new Map<string, string>();
  #users = 0;
  #ends: (() => void)[] = [];

  /** Keeps the desk going until the result is called. */
  open(): () => void {
    this.#users += 1;
    if (this.#users === 1) untrack(() => { this.#start(); });
    return () => {
      this.#users -= 1;
      if (this.#users === 0) untrack(() => { this.#stop(); });
    };
  }

  get me(): AgentView | null {
    const state = live.state;
    return state === null || state.me === null ? null : (state.agents[state.me] ?? null);
  }

  /** All that is mine, in the order in which it should be done. */
  readonly work = $derived.by<Work[]>(() => {
    const state = live.state;
    if (state === null || state.me === null) return [];
    return workOf(Object.values(state.interactions), state.me, (queue) => (queue === null ? noAim_ms : (state.config.queues[queue]?.target.within_ms ?? noAim_ms)));
  });

  /** What rings: an offer, else an invitation of a colleague. */
  get ringing(): Work | null {
    const ringing = this.work.filter((one) => one.section === "ringing");
    return ringing.find((one) => one.consult === null) ?? ringing[0] ?? null;
  }

  /** The seat of a conversation on my desk; made when it is first looked at. */
  seat(id: string): Seat {
    return untrack(() => this.#sit(id));
  }

  #sit(id: string): Seat {
    const known = this.#seats.get(id);
    if (known !== undefined) return known;
    this.#makeRoom();
    const talk = new Conversation(id);
    const draft = new Draft(id);
    const outbox = new Outbox(id, (message) => { this.#sent(talk, message); });
    const seat: Seat = { talk, draft, outbox };
    this.#seats.set(id, seat);
    void talk.load();
    void draft.load().catch(quietly);
    return seat;
  }

  /** The seat, if there is one already; for lists, which must not make any while they are drawn. */
  seated(id: string): Seat | null {
    return this.#seats.get(id) ?? null;
  }

  unreadIn(id: string): number {
    return unread(this.#seats.get(id)?.talk.messages ?? []);
  }

  glimpse(id: string): string {
    const last = lastWords(this.#seats.get(id)?.talk.messages ?? []);
    return last?.text.replace(/\s+/g, " ").slice(0, 120) ?? "";
  }

  // What an agent can do

  async accept(work: Work): Promise<void> {
    const { view, consult } = work;
    const done =
      consult !== null ? await this.#give("accept", "JoinConsult", { interaction: view.id, consult }) : view.offer !== null && (await this.#give("accept", "Accept", { interaction: view.id, offer: view.offer.id }));
    if (done) router.go(`/desk/${encodeURIComponent(view.id)}`);
  }

  async decline(work: Work): Promise<void> {
    const { view, consult } = work;
    if (consult !== null) await this.#give("decline", "EndConsult", { interaction: view.id, consult });
    else if (view.offer !== null) await this.#give("decline", "Decline", { interaction: view.id, offer: view.offer.id });
  }

  hold(id: string): Promise<boolean> {
    return this.#give("hold", "Hold", { interaction: id });
  }

  resume(id: string): Promise<boolean> {
    return this.#give("hold", "Resume", { interaction: id });
  }

  /** Ends the talk; a disposition that was chosen already closes it at once. */
  async end(id: string): Promise<boolean> {
    await this.seat(id).outbox.settled(); // what was just written still goes
    let events: readonly Happened[] = [];
    const ended = await this.#try("end", async () => {
      ({ events } = await api.command<{ events: readonly Happened[] }>("End", { interaction: id }));
    });
    // The answer says whether there is a wrap-up: on the live feed it may come later.
    const wraps = events.some((one) => one.name === "Ended" && one.interaction === id && one.wrapping === true);
    const disposition = this.chosen.get(id);
    return wraps && disposition !== undefined ? this.wrapUp(id, disposition) : ended;
  }

  /** Finishes the work after the talk, and goes on with what waits. */
  async wrapUp(id: string, disposition: string | null): Promise<boolean> {
    const after = nextWork(this.work, id);
    const done = await this.#give("wrapUp", "WrapUp", { interaction: id, disposition });
    if (!done) return false;
    this.chosen.delete(id);
    if (router.path === `/desk/${encodeURIComponent(id)}`) router.go(after === null ? "/desk" : `/desk/${encodeURIComponent(after.view.id)}`);
    return true;
  }

  leaveConsult(id: string, consult: string): Promise<boolean> {
    return this.#give("consult", "EndConsult", { interaction: id, consult });
  }

  async consult(id: string, colleague: string, note: string): Promise<boolean> {
    if (note.trim() !== "") this.seat(id).outbox.send({ kind: "note", text: note.trim(), html: null, files: [], letter: null });
    return this.#give("consult", "Consult", { interaction: id, colleague, consult: crypto.randomUUID() });
  }

  /** A number outside gets the talk, or is asked first. */
  outside(id: string, number: string, first: boolean): Promise<boolean> {
    return this.#try(first ? "consult" : "transfer", () => api.post(`/interactions/${encodeURIComponent(id)}/call/outside`, { number, first }));
  }

  async transfer(id: string, to: { queue: string } | { agent: string }, note: string): Promise<boolean> {
    const where = "queue" in to ? { to_queue: to.queue } : { to_agent: to.agent };
    const after = nextWork(this.work, id);
    await this.seat(id).outbox.settled();
    const done = await this.#try("transfer", () => api.post("/transfers", { id: crypto.randomUUID(), interaction: id, ...where, ...(note.trim() === "" ? {} : { note: note.trim() }) }));
    if (done && router.path === `/desk/${encodeURIComponent(id)}`) router.go(after === null ? "/desk" : `/desk/${encodeURIComponent(after.view.id)}`);
    return done;
  }

  setPresence(presence: string, reason: string | null = null): Promise<boolean> {
    const me = live.state?.me;
    return !me ? Promise.resolve(false) : this.#give("presence", "SetPresence", { agent: me, presence, reason });
  }

  /** Takes a mail back that has not left, into the composer. */
  async unsend(id: string, message: Said): Promise<void> {
    const { talk, draft } = this.seat(id);
    await this.#try("unsend", async () => {
      const answer = await api.delete<{ message: Said }>(`${talk.path}/messages/${encodeURIComponent(message.id)}`);
      talk.take(answer.message);
      const typed = draft.text.trim();
      const letter = message.email === null ? null : { to: message.email.to, cc: message.email.cc, subject: message.email.subject, mode: message.email.cc.length > 0 ? ("reply_all" as const) : ("reply" as const) };
      draft.fill(typed === "" ? message.text : `${message.text}\n\n${typed}`, typed === "" ? message.html : null, message.files, letter);
    });
  }

  /** Everything that the customer wrote here was seen by the agent who holds it. */
  markRead(id: string): void {
    const seat = this.#seats.get(id);
    const view = live.state?.interactions[id];
    const last = seat?.talk.lastOfCustomer;
    if (!last || last.state === "read" || view?.agent !== live.state?.me || this.#read.get(id) === last.id) return;
    this.#read.set(id, last.id);
    void api.command("MarkRead", { interaction: id, message: last.id }).catch((problem: unknown) => {
      this.#read.delete(id);
      quietly(problem);
    });
  }

  /** The agent types a reply; the customer sees that somebody writes. */
  types(id: string, on: boolean): void {
    const now = performance.now();
    if (on && now - (this.#typingAt.get(id) ?? -Infinity) < typingEvery_ms) return;
    if (on) this.#typingAt.set(id, now);
    else if (!this.#typingAt.delete(id)) return;
    live.typing(id, on);
  }

  // Inside

  #give(what: string, name: string, fields: Readonly<Record<string, unknown>>): Promise<boolean> {
    return this.#try(what, () => api.command(name, fields));
  }

  async #try(what: string, deed: () => Promise<unknown>): Promise<boolean> {
    this.busy = what;
    try {
      await deed();
      return true;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      toasts.show(sayRefusal(problem), { tone: "late" });
      return false;
    } finally {
      this.busy = null;
    }
  }

  #start(): void {
    // Somebody else may have sat here before: what they left in this tab is not for us.
    const who = session.user?.id ?? "";
    if (kept("user", isText) !== who) forgetAll();
    keep("user", who);
    this.#ends = [live.open(), live.onEvent((event) => { this.#heard(event); }), live.onSnapshot(() => { this.#renew(); }), live.onSignal((signal) => {
      if (signal.name === "typing" && signal.facts["party"] !== "agent") this.#seats.get(signal.interaction)?.talk.types(signal.facts["on"] === true);
    })];
    void directory.ask();
    void directory.loadCanned();
    const leave = (): void => {
      for (const seat of this.#seats.values()) seat.draft.flush();
    };
    const back = (): void => {
      for (const seat of this.#seats.values()) seat.outbox.hurry();
    };
    window.addEventListener("pagehide", leave);
    window.addEventListener("online", back);
    this.#ends.push(() => { window.removeEventListener("pagehide", leave); }, () => { window.removeEventListener("online", back); });
  }

  #stop(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
    for (const seat of this.#seats.values()) seat.draft.flush();
    this.#seats.clear();
  }

  /** A whole snapshot came: events may have been missed, so what is on the desk is read again. */
  #renew(): void {
    for (const work of this.work) {
      const known = this.#seats.get(work.view.id);
      if (known === undefined) this.seat(work.view.id);
    }
    for (const seat of this.#seats.values()) {
      if (seat.talk.loaded) void seat.talk.load();
      seat.outbox.hurry();
    }
  }

  #heard(event: LiveEvent): void {
    if (!("interaction" in event)) return;
    const id = event.interaction;
    const mine = this.#isMine(id);
    if (mine && !this.#seats.has(id)) this.seat(id);
    const seat = this.#seats.get(id);
    seat?.talk.heard(event);
    if (event.name === "Ended" && event.agent === live.state?.me && !event.wrapping && router.path === `/desk/${encodeURIComponent(id)}`) this.#goOn(id);
    if ((event.name === "Transferred" && event.from_agent === live.state?.me) || event.name === "WrappedUp") seat?.draft.flush();
  }

  /** What was read and left long ago goes; what is mine or still on its way stays. */
  #makeRoom(): void {
    if (this.#seats.size < seatsAtMost) return;
    for (const [id, seat] of this.#seats) {
      if (this.#isMine(id) || seat.outbox.waiting.length > 0 || !seat.draft.saved) continue;
      this.#seats.delete(id);
      return;
    }
  }

  #isMine(id: string): boolean {
    return this.work.some((one) => one.view.id === id);
  }

  #goOn(id: string): void {
    const after = nextWork(this.work, id);
    router.go(after === null ? "/desk" : `/desk/${encodeURIComponent(after.view.id)}`);
  }

  #sent(talk: Conversation, message: Said): void {
    talk.take(message);
    if (message.state !== "queued" || message.send_after === null) return;
    // Only a mail waits before it leaves.
    toasts.show(t("mailGoes"), { until: message.send_after, undo: () => void this.unsend(talk.id, message) });
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function quietly(problem: unknown): void {
  if (!(problem instanceof Problem)) throw problem;
}

export const desk = new Desk();

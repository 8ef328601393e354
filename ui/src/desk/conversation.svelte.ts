/** One conversation on this page: its head, its messages as they come, who types, and what happened in it. */
import { api, Problem } from "../api";
import type { LiveEvent } from "../state/live";
import type { Decision, DecisionsAnswer, Visit } from "./decisions";
import { happeningOf, type Happening } from "./happenings";
import { merged, movedTo, readUpTo, type Head, type Said } from "./said";

interface Page {
  readonly messages: readonly Said[];
  readonly more: boolean;
}

/** Somebody who stopped without saying so is taken to write no more after this time. */
const typingLasts_ms = 8000;

export class Conversation {
  head = $state.raw<Head | null>(null);
  messages = $state.raw<readonly Said[]>([]);
  happenings = $state.raw<readonly Happening[]>([]);
  decisions = $state.raw<readonly Decision[] | null>(null);
  visits = $state.raw<readonly Visit[]>([]);
  names = $state.raw<Readonly<Record<string, string>>>({});
  /** The customer writes just now. */
  typing = $state(false);
  fault = $state.raw<Problem | null>(null);
  loaded = $state(false);
  #fetching: Promise<void> | null = null;
  #wanted = false;
  #typingEnds: ReturnType<typeof setTimeout> | null = null;

  constructor(readonly id: string) {}

  get path(): string {
    return `/conversations/${encodeURIComponent(this.id)}`;
  }

  /** Head, messages and decisions; also after a cut, when events may have been missed. */
  async load(): Promise<void> {
    this.fault = null;
    try {
      await Promise.all([this.loadHead(), this.more(), this.loadDecisions()]);
      this.loaded = true;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.fault = problem;
    }
  }

  async loadHead(): Promise<void> {
    this.head = await api.get<Head>(this.path);
  }

  async loadDecisions(): Promise<void> {
    try {
      const answer = await api.get<DecisionsAnswer>(`/interactions/${encodeURIComponent(this.id)}/decisions`);
      this.decisions = answer.decisions;
      this.visits = answer.visits ?? [];
      this.names = { ...this.names, ...answer.names };
    } catch (problem) {
      // The reasons are worth nothing without the conversation, and the conversation much without them.
      if (!(problem instanceof Problem)) throw problem;
      this.decisions ??= [];
    }
  }

  /** Fetches what was said after the last message that we have; calls while it runs make it look once more. */
  more(): Promise<void> {
    if (this.#fetching !== null) {
      this.#wanted = true;
      return this.#fetching;
    }
    this.#fetching = this.#fetch().finally(() => (this.#fetching = null));
    return this.#fetching;
  }

  async #fetch(): Promise<void> {
    do {
      this.#wanted = false;
      let page: Page;
      do {
        const after = this.messages.at(-1)?.seq ?? 0;
        page = await api.get<Page>(`${this.path}/messages`, { query: { after } });
        this.take(...page.messages);
      } while (page.more);
    } while (this.#wanted);
  }

  /** Names and addresses came open, or closed: head and messages are read anew. */
  async again(): Promise<void> {
    if (!this.loaded) return;
    try {
      await this.loadHead();
      let page: Page;
      let after = 0;
      do {
        page = await api.get<Page>(`${this.path}/messages`, { query: { after } });
        this.take(...page.messages);
        after = page.messages.at(-1)?.seq ?? after;
      } while (page.more);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.fault = problem;
    }
  }

  take(...fresh: readonly Said[]): void {
    this.messages = merged(this.messages, fresh);
  }

  /** The customer's last message, which a read mark names. */
  get lastOfCustomer(): Said | null {
    return this.messages.findLast((message) => message.author === "customer") ?? null;
  }

  /** An event of this conversation was heard. */
  heard(event: LiveEvent): void {
    const happening = happeningOf(event);
    if (happening !== null) this.happenings = [...this.happenings, happening];
    switch (event.name) {
      case "MessageReceived":
        this.types(false);
        this.#later(this.more());
        break;
      case "MessageSent":
      case "NoteAdded":
        this.#later(this.more());
        break;
      case "MessageUnsent":
        this.messages = movedTo(this.messages, event.message, "unsent");
        break;
      case "MessageDelivered":
        this.messages = movedTo(this.messages, event.message, "delivered");
        break;
      case "MessageFailed":
        this.messages = movedTo(this.messages, event.message, "failed", event.code);
        break;
      case "MessagesRead":
        this.messages = readUpTo(this.messages, event.message, event.reader === "agent" ? "agent" : "customer");
        break;
      case "Offered":
      case "Accepted":
        // It may have gone through other hands meanwhile.
        this.#later(Promise.all([this.loadHead(), this.loadDecisions(), this.more()]));
        break;
      case "Transferred":
        // The note goes along without an event of its own.
        this.#later(Promise.all([this.loadHead(), this.more()]));
        break;
      case "Identified":
        // What was said has a name now.
        this.#later(this.again());
        break;
      case "Ended":
      case "WrappedUp":
      case "Rated":
      case "Abandoned":
        this.#later(this.loadHead());
        break;
      default:
        break;
    }
  }

  /** The customer began or stopped to write. */
  types(on: boolean): void {
    if (this.#typingEnds !== null) clearTimeout(this.#typingEnds);
    this.#typingEnds = on ? setTimeout(() => (this.typing = false), typingLasts_ms) : null;
    this.typing = on;
  }

  #later(work: Promise<unknown>): void {
    void work.catch((problem: unknown) => {
      // Without the network the next snapshot or event fetches it; nothing is lost.
      if (!(problem instanceof Problem)) throw problem;
    });
  }
}

/** One conversation as a supervisor reads it: its head and its messages, following what happens. */
import { api, Problem } from "../api";
import { live } from "../state/live.svelte";
import { openness } from "../state/openness.svelte";
import type { LiveEvent } from "../state/live";

export interface TalkFile { readonly id: string; readonly name: string; readonly media_type: string; readonly size: number }

export interface TalkMessage {
  readonly seq: number;
  readonly id: string;
  readonly at: number;
  readonly author: "customer" | "agent" | "system" | "note";
  readonly name: string | null;
  readonly text: string;
  readonly html: string | null;
  readonly state: "queued" | "sent" | "delivered" | "read" | "failed" | "unsent" | null;
  readonly files: readonly TalkFile[];
}

export interface TalkHead {
  readonly interaction: string;
  readonly medium: "voice" | "chat" | "email" | "message" | "callback";
  readonly subject: string | null;
  readonly customer: string | null;
  readonly customer_name: string | null;
  readonly masked?: boolean;
  readonly phase: string;
  readonly queue: string | null;
  readonly agent: string | null;
  readonly started_at: number;
  readonly closed_at: number | null;
}

/** New words are fetched after the last; these change old ones, so that all is fetched again. */
const changing: ReadonlySet<LiveEvent["name"]> = new Set(["MessageUnsent", "MessageDelivered", "MessageFailed", "MessagesRead"]);
const adding: ReadonlySet<LiveEvent["name"]> = new Set(["MessageReceived", "MessageSent", "NoteAdded", "Ended", "WrappedUp", "Abandoned", "Transferred"]);

export class Talk {
  readonly interaction: string;
  #head = $state.raw<TalkHead | null>(null);
  #messages = $state.raw<readonly TalkMessage[]>([]);
  #problem = $state.raw<Problem | null>(null);
  /** Who writes at the moment. */
  #typing = $state<"customer" | "agent" | null>(null);
  #busy = false;
  #again: "new" | "all" | null = null;
  #quiet: ReturnType<typeof setTimeout> | null = null;

  constructor(interaction: string) {
    this.interaction = interaction;
  }

  get head(): TalkHead | null {
    return this.#head;
  }
  get messages(): readonly TalkMessage[] {
    return this.#messages;
  }
  get problem(): Problem | null {
    return this.#problem;
  }
  get typing(): "customer" | "agent" | null {
    return this.#typing;
  }

  /** Follows the conversation until the result is called. */
  open(): () => void {
    const ends = [
      live.onEvent((event) => {
        if (!("interaction" in event) || event.interaction !== this.interaction) return;
        if (changing.has(event.name)) void this.#load("all");
        else if (adding.has(event.name)) void this.#load("new");
      }),
      live.onSnapshot(() => void this.#load("all")),
      openness.listen(() => void this.#load("all")),
      live.onSignal((signal) => {
        if (signal.name !== "typing" || signal.interaction !== this.interaction) return;
        this.#hearTyping(signal.facts["party"] === "agent" ? "agent" : "customer", signal.facts["on"] === true);
      }),
    ];
    void this.#load("all");
    return () => {
      if (this.#quiet !== null) clearTimeout(this.#quiet);
      for (const end of ends) end();
    };
  }

  async note(text: string): Promise<void> {
    await api.post(`/conversations/${encodeURIComponent(this.interaction)}/notes`, { id: crypto.randomUUID(), text });
    await this.#load("new");
  }

  #hearTyping(who: "customer" | "agent", on: boolean): void {
    if (this.#quiet !== null) clearTimeout(this.#quiet);
    this.#typing = on ? who : null;
    // The word that somebody stopped may be lost.
    if (on) this.#quiet = setTimeout(() => { this.#typing = null; }, 8000);
  }

  async #load(what: "new" | "all"): Promise<void> {
    if (this.#busy) {
      this.#again = this.#again === "all" ? "all" : what;
      return;
    }
    this.#busy = true;
    try {
      const path = `/conversations/${encodeURIComponent(this.interaction)}`;
      const known = what === "all" ? [] : this.#messages;
      this.#head = await api.get<TalkHead>(path);
      const fresh: TalkMessage[] = [];
      let more = true;
      while (more) {
        const after: number = fresh.at(-1)?.seq ?? known.at(-1)?.seq ?? 0;
        const page: { messages: TalkMessage[]; more: boolean } = await api.get(`${path}/messages`, { query: { after } });
        fresh.push(...page.messages);
        more = page.more && page.messages.length > 0;
      }
      this.#messages = [...known, ...fresh];
      this.#problem = null;
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      this.#problem = fault;
    } finally {
      this.#busy = false;
      const again = this.#again;
      this.#again = null;
      if (again !== null) void this.#load(again);
    }
  }
}

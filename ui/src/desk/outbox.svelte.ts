/** Messages on their way: kept until the center has them, tried again under the same id, so that none is lost and none is doubled. */
import { api, Problem } from "../api";
import { clock } from "../clock.svelte";
import { keep, kept } from "./keep";
import type { Attached, Said } from "./said";

export interface Letter {
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly subject: string | null;
  readonly mode: "reply" | "reply_all" | "forward";
}

export interface Pending {
  readonly id: string;
  readonly kind: "message" | "note";
  readonly at: number;
  readonly text: string;
  readonly html: string | null;
  readonly files: readonly Attached[];
  readonly letter: Letter | null;
  /** Why it did not go; null while it is on its way. */
  readonly fault: Pick<Problem, "status" | "code" | "message"> | null;
}

/** How long before a message that met no network or a busy center goes again by itself, in milliseconds; the last one is repeated. */
export const pauses_ms = [1000, 3000, 10_000, 30_000] as const;

function isPending(value: unknown): value is Pending {
  return typeof value === "object" && value !== null && "id" in value && "kind" in value && "text" in value && "files" in value && Array.isArray(value.files);
}

function arePending(value: unknown): value is Pending[] {
  return Array.isArray(value) && value.every(isPending);
}

/** Whether the same message may go through later: no network, too many requests, a center that starts. */
export function isPassing(fault: Pick<Problem, "status">): boolean {
  return fault.status === 0 || fault.status === 429 || fault.status >= 500;
}

export class Outbox {
  waiting = $state.raw<readonly Pending[]>([]);
  #line: Promise<void> = Promise.resolve();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing on the page reads these
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing on the page reads these
  readonly #tries = new Map<string, number>();

  constructor(
    readonly interaction: string,
    /** Called with what the center made of it. */
    readonly ontaken: (message: Said, sent: Pending) => void,
  ) {
    this.waiting = (kept(`outbox.${interaction}`, arePending) ?? []).map((one) => ({ ...one, fault: null }));
    for (const one of this.waiting) void this.#post(one.id);
  }

  /** Hands a message over; it stands in the conversation at once. */
  send(given: Omit<Pending, "id" | "at" | "fault">): void {
    const fresh: Pending = { ...given, id: crypto.randomUUID(), at: clock.exact, fault: null };
    this.#set([...this.waiting, fresh]);
    void this.#post(fresh.id);
  }

  /** Tries again what failed. */
  retry(id: string): void {
    this.#tries.delete(id);
    this.#change(id, null);
    void this.#post(id);
  }

  /** Takes a message that failed out again and gives it back. */
  withdraw(id: string): Pending | null {
    const found = this.waiting.find((one) => one.id === id) ?? null;
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#set(this.waiting.filter((one) => one.id !== id));
    return found;
  }

  /** The network is back: what failed for its lack goes now. */
  hurry(): void {
    for (const one of this.waiting) if (one.fault !== null && isPassing(one.fault)) this.retry(one.id);
  }

  /** Resolves when nothing is under way: what went has gone, or stands there with its fault. */
  settled(): Promise<void> {
    return this.#line;
  }

  /** One after another, so that messages keep the order in which they were written. */
  #post(id: string): Promise<void> {
    this.#line = this.#line.then(() => this.#give(id));
    return this.#line;
  }

  async #give(id: string): Promise<void> {
    clearTimeout(this.#timers.get(id));
    const one = this.waiting.find((each) => each.id === id);
    if (one === undefined) return;
    const path = `/conversations/${encodeURIComponent(this.interaction)}`;
    try {
      const answer =
        one.kind === "note"
          ? await api.post<{ message: Said }>(`${path}/notes`, { id, text: one.text })
          : await api.post<{ message: Said }>(`${path}/messages`, body(one));
      this.#set(this.waiting.filter((each) => each.id !== id));
      this.#tries.delete(id);
      this.ontaken(answer.message, one);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#failed(id, problem);
    }
  }

  #failed(id: string, problem: Problem): void {
    this.#change(id, { status: problem.status, code: problem.code, message: problem.message });
    const tries = this.#tries.get(id) ?? 0;
    const pause_ms = pauses_ms[Math.min(tries, pauses_ms.length - 1)] ?? 0;
    if (!isPassing(problem)) return;
    this.#tries.set(id, tries + 1);
    const wait_ms = Math.max(pause_ms, (problem.retryAfter_s ?? 0) * 1000);
    this.#timers.set(id, setTimeout(() => void this.#post(id), wait_ms));
  }

  #change(id: string, fault: Pending["fault"]): void {
    this.#set(this.waiting.map((one) => (one.id === id ? { ...one, fault } : one)));
  }

  #set(next: readonly Pending[]): void {
    this.waiting = next;
    keep(`outbox.${this.interaction}`, next.length === 0 ? null : next);
  }
}

function body(one: Pending): Record<string, unknown> {
  const attachments = one.files.map((file) => file.id);
  const plain = { id: one.id, text: one.text, attachments };
  if (one.letter === null) return plain;
  const { to, cc, subject, mode } = one.letter;
  return { ...plain, ...(one.html === null ? {} : { html: one.html }), to, cc, mode, ...(subject === null ? {} : { subject }) };
}

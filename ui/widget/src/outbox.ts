/** What the customer wrote and the center has not acknowledged yet: kept over a reload, sent again under the same id. */
import type { Memory } from "./memory";

export interface Outgoing {
  id: string;
  text: string;
  at: number;
}

/** After so many tries without an answer the customer is asked what to do. */
export const triesAtMost = 5;

export class Outbox {
  /** Tries since the last fresh start, by id; a message with `triesAtMost` counts as failed. */
  private tries = new Map<string, number>();

  constructor(private readonly memory: Memory) {}

  /** All waiting messages, the oldest first; each has a key of its own, so two tabs never overwrite each other. */
  list(): Outgoing[] {
    return this.memory
      .names("out:")
      .map((name) => this.memory.get<Outgoing>(name))
      .filter((kept): kept is Outgoing => kept !== null)
      .sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1));
  }

  add(message: Outgoing): void {
    this.memory.set(`out:${message.id}`, message);
  }

  /** The center has it (or the customer took it back). */
  settle(id: string): void {
    this.tries.delete(id);
    this.memory.drop(`out:${id}`);
  }

  failed(id: string): boolean {
    return (this.tries.get(id) ?? 0) >= triesAtMost;
  }

  refuse(id: string): void {
    this.tries.set(id, triesAtMost);
  }

  retry(id: string): void {
    this.tries.delete(id);
  }

  /** What to send now: each call counts as a try; failed ones wait for the customer's word. */
  due(): Outgoing[] {
    const due = this.list().filter((message) => !this.failed(message.id));
    for (const message of due) this.tries.set(message.id, (this.tries.get(message.id) ?? 0) + 1);
    return due;
  }

  /** A new connection: silence on the old one says nothing about the new one. */
  fresh(): void {
    for (const [id, tries] of this.tries) if (tries < triesAtMost) this.tries.delete(id);
  }

  clear(): void {
    for (const message of this.list()) this.settle(message.id);
  }
}

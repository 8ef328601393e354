/** An opened version while it is edited: what is typed, what is wrong with it, whether it is kept. */
import { api, Problem } from "../api";
import type { Fault } from "../policies/types";
import type { Kind } from "./kind";
import { TypedText } from "./typed.svelte";
import type { OpenVersion } from "./types";

export abstract class WrittenDraft<V extends OpenVersion> {
  readonly kind: Kind<V>;
  readonly #mayWrite: boolean;
  readonly #typed = new TypedText(async (text, signal) => {
    const faults = await this.look(text, signal);
    return this.editable ? faults : [];
  });
  #version = $state.raw<V>() as V;
  #busy = $state(false);

  /** Who may not write looks only. */
  constructor(kind: Kind<V>, version: V, mayWrite: boolean) {
    this.kind = kind;
    this.#mayWrite = mayWrite;
    this.#version = version;
    this.#typed.take(version.text, version.problems);
  }

  get version(): V { return this.#version; }
  get text(): string { return this.#typed.text; }
  get faults(): readonly Fault[] { return this.#typed.faults; }
  get errors(): number { return this.#typed.errors; }
  get checking(): boolean { return this.#typed.checking; }
  get busy(): boolean { return this.#busy; }
  get problem(): Problem | null { return this.#typed.problem; }
  get editable(): boolean { return this.#mayWrite && this.#version.state === "draft"; }
  get dirty(): boolean { return this.editable && this.text !== this.#version.text; }

  /** What is wrong with the text; what is shown beside it may be taken at once. */
  protected abstract look(text: string, signal: AbortSignal): Promise<readonly Fault[]>;

  write(text: string): void {
    this.#typed.write(text);
  }

  /** Asks what is wrong with the text as it stands. */
  async check(): Promise<void> {
    await this.#typed.check();
  }

  /** Keeps what is typed; false when it could not, and why is then said by `problem`. */
  async save(): Promise<boolean> {
    if (!this.dirty) return true;
    const { text } = this;
    return this.#keep(() => api.put<V>(this.#path(), { text }, this.#tag()));
  }

  /** From now on this is in force. */
  async publish(): Promise<boolean> {
    return (await this.save()) && this.#keep(() => api.post<V>(`${this.#path()}/publish`, {}, this.#tag()));
  }

  /** No version of the text is in force any more; throws what refuses it. */
  async stop(): Promise<void> {
    await api.delete(`${this.kind.api}/${encodeURIComponent(this.kind.textOf(this.#version))}/${this.kind.inForce}`);
  }

  /** The draft goes; throws what refuses it. */
  async remove(): Promise<void> {
    await api.delete(this.#path());
  }

  /** Nothing is looked at any more. */
  close(): void {
    this.#typed.close();
  }

  /** Does what may be refused; null when it was, and why is then said by `problem`. */
  protected async attempt<T>(deed: () => Promise<T>): Promise<T | null> {
    try {
      const done = await deed();
      this.#typed.problem = null;
      return done;
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      this.#typed.problem = fault;
      return null;
    }
  }

  #path(): string {
    return `${this.kind.api}/versions/${this.#version.id}`;
  }

  #tag(): { headers: Record<string, string> } {
    return { headers: { "If-Match": `"${this.#version.tag}"` } };
  }

  async #keep(deed: () => Promise<V>): Promise<boolean> {
    this.#busy = true;
    try {
      const kept = await this.attempt(deed);
      if (kept === null) return false;
      this.#version = kept;
      this.#typed.knows(kept.text, kept.problems);
      return true;
    } finally {
      this.#busy = false;
    }
  }
}

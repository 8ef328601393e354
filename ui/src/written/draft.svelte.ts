/** An opened version while it is edited: what is typed, what is wrong with it, whether it is kept. */
import { api, Problem } from "../api";
import type { Fault } from "../policies/types";
import type { Kind } from "./kind";
import type { OpenVersion } from "./types";

/** After the last key, before the center is asked, in milliseconds. */
const checkAfter_ms = 350;

export abstract class WrittenDraft<V extends OpenVersion> {
  readonly kind: Kind<V>;
  readonly #mayWrite: boolean;
  #version = $state.raw<V>() as V;
  #text = $state("");
  #faults = $state.raw<readonly Fault[]>([]);
  #checking = $state(false);
  #busy = $state(false);
  #problem = $state.raw<Problem | null>(null);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asked: AbortController | null = null;

  /** Who may not write looks only. */
  constructor(kind: Kind<V>, version: V, mayWrite: boolean) {
    this.kind = kind;
    this.#mayWrite = mayWrite;
    this.#version = version;
    this.#text = version.text;
    this.#faults = version.problems;
  }

  get version(): V { return this.#version; }
  get text(): string { return this.#text; }
  get faults(): readonly Fault[] { return this.#faults; }
  get checking(): boolean { return this.#checking; }
  get busy(): boolean { return this.#busy; }
  get problem(): Problem | null { return this.#problem; }
  get editable(): boolean { return this.#mayWrite && this.#version.state === "draft"; }
  get dirty(): boolean { return this.editable && this.#text !== this.#version.text; }
  get errors(): number { return this.#faults.filter((fault) => fault.severity === "error").length; }

  /** What is wrong with the text; what is shown beside it may be taken at once. */
  protected abstract look(text: string, signal: AbortSignal): Promise<readonly Fault[]>;

  write(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { void this.check(); }, checkAfter_ms);
  }

  /** Asks what is wrong with the text as it stands. */
  async check(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    this.#checking = true;
    try {
      const faults = await this.look(this.#text, asked.signal);
      this.#faults = this.editable ? faults : [];
      this.#problem = null;
    } catch (fault) {
      if (asked.signal.aborted) return;
      if (!(fault instanceof Problem)) throw fault;
      this.#problem = fault;
    } finally {
      if (this.#asked === asked) this.#checking = false;
    }
  }

  /** Keeps what is typed; false when it could not, and why is then said by `problem`. */
  async save(): Promise<boolean> {
    if (!this.dirty) return true;
    const text = this.#text;
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
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#asked?.abort();
  }

  /** Does what may be refused; null when it was, and why is then said by `problem`. */
  protected async attempt<T>(deed: () => Promise<T>): Promise<T | null> {
    try {
      const done = await deed();
      this.#problem = null;
      return done;
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      this.#problem = fault;
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
      this.#faults = kept.problems;
      return true;
    } finally {
      this.#busy = false;
    }
  }
}

/** An opened version while it is edited: what was saved, what is typed, what is wrong with it, who was faster. */
import { api, Problem } from "../api";
import { TypedText } from "../written/typed.svelte";
import { Outline } from "./outline";
import type { Fault, OpenVersion, Person } from "./types";

export interface Overtaken { readonly tag: string; readonly by: Person | null }

export class Draft {
  readonly #typed = new TypedText(async (text, signal) => (await api.post<{ problems: Fault[] }>("/policies/validate", { text }, { signal })).problems);
  #version = $state.raw<OpenVersion>() as OpenVersion;
  #overtaken = $state.raw<Overtaken | null>(null);
  #busy = $state(false);
  readonly outline = $derived(new Outline(this.#typed.text));

  constructor(version: OpenVersion) {
    this.#version = version;
    this.#typed.take(version.text, version.problems);
  }

  get version(): OpenVersion { return this.#version; }
  get text(): string { return this.#typed.text; }
  get faults(): readonly Fault[] { return this.#typed.faults; }
  get errors(): number { return this.#typed.errors; }
  /** Whether the faults are not yet those of the text. */
  get checking(): boolean { return this.#typed.checking; }
  get overtaken(): Overtaken | null { return this.#overtaken; }
  get problem(): Problem | null { return this.#typed.problem; }
  get busy(): boolean { return this.#busy; }
  get editable(): boolean { return this.#version.state === "draft"; }
  get dirty(): boolean { return this.editable && this.text !== this.#version.text; }

  /** The name stands in the text itself; a text without one keeps the name it had. */
  get name(): string { return this.outline.value("name") ?? this.#version.name; }

  write(text: string): void {
    this.#typed.write(text);
  }

  /** Asks what is wrong with the text as it stands. */
  async check(): Promise<void> {
    await this.#typed.check();
  }

  /** Keeps what is typed; false when it could not, and why is then said by `problem` or `overtaken`. */
  async save(): Promise<boolean> {
    if (!this.dirty) return true;
    const body = { name: this.name, text: this.text };
    this.#busy = true;
    try {
      const kept = await api.put<OpenVersion>(`/policies/${this.#version.id}`, body, { headers: { "If-Match": `"${this.#version.tag}"` } });
      this.#version = { ...kept, text: body.text };
      this.#typed.problem = null;
      if (kept.problems !== undefined) this.#typed.knows(body.text, kept.problems);
      return true;
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      if (fault.status === 412) this.#overtaken = { tag: String(fault.facts["tag"]), by: (fault.facts["updated_by"] as Person | null | undefined) ?? null };
      else this.#typed.problem = fault;
      return false;
    } finally {
      this.#busy = false;
    }
  }

  /** What somebody else saved meanwhile. */
  async theirs(): Promise<OpenVersion> {
    return api.get<OpenVersion>(`/policies/${this.#version.id}`);
  }

  /** Goes on with theirs; what was typed here is gone. */
  takeTheirs(version: OpenVersion): void {
    this.#overtaken = null;
    this.#version = version;
    this.#typed.take(version.text, version.problems);
  }

  /** Goes on with what is typed here, on top of theirs. */
  keepMine(version: OpenVersion): void {
    this.#overtaken = null;
    this.#version = version;
  }

  discard(): void {
    this.write(this.#version.text);
    void this.check();
  }

  /** Nothing is asked any more. */
  close(): void {
    this.#typed.close();
  }
}

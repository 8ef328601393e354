/** An opened version while it is edited: what was saved, what is typed, what is wrong with it, who was faster. */
import { api, Problem } from "../api";
import { Outline } from "./outline";
import type { Fault, OpenVersion, Person } from "./types";

/** After the last key, before the center is asked, in milliseconds. */
export const checkAfter_ms = 350;

export interface Overtaken { readonly tag: string; readonly by: Person | null }

export class Draft {
  #version = $state.raw<OpenVersion>() as OpenVersion;
  #text = $state("");
  #faults = $state.raw<readonly Fault[]>([]);
  #checking = $state(false);
  #overtaken = $state.raw<Overtaken | null>(null);
  #problem = $state.raw<Problem | null>(null);
  #busy = $state(false);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asked: AbortController | null = null;
  /** The text of which the faults are known. */
  #checked = $state("");
  readonly outline = $derived(new Outline(this.#text));

  constructor(version: OpenVersion) {
    this.#take(version);
    if (version.problems === undefined) void this.check();
  }

  get version(): OpenVersion { return this.#version; }
  get text(): string { return this.#text; }
  get faults(): readonly Fault[] { return this.#faults; }
  /** Whether the faults are not yet those of the text. */
  get checking(): boolean { return this.#checking || this.#checked !== this.#text; }
  get overtaken(): Overtaken | null { return this.#overtaken; }
  get problem(): Problem | null { return this.#problem; }
  get busy(): boolean { return this.#busy; }
  get editable(): boolean { return this.#version.state === "draft"; }
  get dirty(): boolean { return this.editable && this.#text !== this.#version.text; }
  get errors(): number { return this.#faults.filter((fault) => fault.severity === "error").length; }

  /** The name stands in the text itself; a text without one keeps the name it had. */
  get name(): string { return this.outline.value("name") ?? this.#version.name; }

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
    const text = this.#text;
    this.#checking = true;
    try {
      const answer = await api.post<{ problems: Fault[] }>("/policies/validate", { text }, { signal: asked.signal });
      this.#faults = answer.problems;
      this.#checked = text;
      this.#problem = null;
    } catch (fault) {
      if (asked.signal.aborted) return;
      if (!(fault instanceof Problem)) throw fault;
      this.#problem = fault;
    } finally {
      if (this.#asked === asked) this.#checking = false;
    }
  }

  /** Keeps what is typed; false when it could not, and why is then said by `problem` or `overtaken`. */
  async save(): Promise<boolean> {
    if (!this.dirty) return true;
    const body = { name: this.name, text: this.#text };
    this.#busy = true;
    try {
      const kept = await api.put<OpenVersion>(`/policies/${this.#version.id}`, body, { headers: { "If-Match": `"${this.#version.tag}"` } });
      this.#version = { ...kept, text: body.text };
      this.#problem = null;
      if (kept.problems !== undefined && body.text === this.#text) {
        this.#faults = kept.problems;
        this.#checked = body.text;
      }
      return true;
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      if (fault.status === 412) this.#overtaken = { tag: String(fault.facts["tag"]), by: (fault.facts["updated_by"] as Person | null | undefined) ?? null };
      else this.#problem = fault;
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
    this.#take(version);
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
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#asked?.abort();
  }

  #take(version: OpenVersion): void {
    this.#version = version;
    this.#text = version.text;
    if (version.problems === undefined) return;
    this.#faults = version.problems;
    this.#checked = version.text;
  }
}

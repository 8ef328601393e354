/** An opened version of a flow while it is edited: what is typed, what is wrong with it, its drawing, its dry run. */
import { api, Problem } from "../api";
import type { Fault } from "../policies/types";
import { firstScript, type Checked, type Drawing, type OpenVersion, type Rehearsal, type Result } from "./flows";

/** After the last key, before the center is asked, in milliseconds. */
const checkAfter_ms = 350;

export class FlowDraft {
  #version = $state.raw<OpenVersion>() as OpenVersion;
  #text = $state("");
  #faults = $state.raw<readonly Fault[]>([]);
  #drawing = $state.raw<Drawing | null>(null);
  #script = $state(firstScript);
  #scriptFaults = $state.raw<readonly Fault[]>([]);
  #result = $state.raw<Result | null>(null);
  #trying = $state(false);
  #checking = $state(false);
  #busy = $state(false);
  #problem = $state.raw<Problem | null>(null);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asked: AbortController | null = null;

  readonly #mayWrite: boolean;

  /** Who may not write looks only. */
  constructor(version: OpenVersion, mayWrite: boolean) {
    this.#mayWrite = mayWrite;
    this.#version = version;
    this.#text = version.text;
    this.#faults = version.problems;
    void this.check();
  }

  get version(): OpenVersion { return this.#version; }
  get text(): string { return this.#text; }
  get faults(): readonly Fault[] { return this.#faults; }
  get drawing(): Drawing | null { return this.#drawing; }
  get script(): string { return this.#script; }
  get scriptFaults(): readonly Fault[] { return this.#scriptFaults; }
  /** Of the last dry run; null after the text has changed. */
  get result(): Result | null { return this.#result; }
  get trying(): boolean { return this.#trying; }
  get checking(): boolean { return this.#checking; }
  get busy(): boolean { return this.#busy; }
  get problem(): Problem | null { return this.#problem; }
  get editable(): boolean { return this.#mayWrite && this.#version.state === "draft"; }
  get dirty(): boolean { return this.editable && this.#text !== this.#version.text; }
  get errors(): number { return this.#faults.filter((fault) => fault.severity === "error").length; }

  write(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#result = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { void this.check(); }, checkAfter_ms);
  }

  /** Asks what is wrong with the text as it stands, and for its drawing. */
  async check(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    const { signal } = asked;
    const text = this.#text;
    this.#checking = true;
    try {
      const checked = await api.post<Checked>("/flows/check", { text, flow: this.#version.flow }, { signal });
      this.#faults = this.editable ? checked.problems : [];
      this.#drawing = checked.drawing ?? this.#drawing;
      this.#problem = null;
    } catch (fault) {
      if (signal.aborted) return;
      if (!(fault instanceof Problem)) throw fault;
      this.#problem = fault;
    } finally {
      if (this.#asked === asked) this.#checking = false;
    }
  }

  /** Another value at a place of the text, as the drawing has it. */
  async put(path: readonly string[], value: string): Promise<boolean> {
    const before = this.#text;
    try {
      const { text } = await api.post<{ text: string }>("/flows/edit", { text: before, path, value });
      if (this.#text !== before) return false; // somebody typed meanwhile
      this.write(text);
      this.#problem = null;
      return true;
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      this.#problem = fault;
      return false;
    }
  }

  writeScript(text: string): void {
    this.#script = text;
  }

  /** Lets the customers of the script go through the text as it stands. */
  async rehearse(): Promise<void> {
    const text = this.#text;
    this.#trying = true;
    try {
      const found = await api.post<Rehearsal>("/flows/rehearsal", { text, script: this.#script });
      this.#scriptFaults = found.script_problems;
      if (this.#text === text) this.#result = found.result;
      this.#problem = null;
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      this.#problem = fault;
    } finally {
      this.#trying = false;
    }
  }

  /** Keeps what is typed; false when it could not, and why is then said by `problem`. */
  async save(): Promise<boolean> {
    if (!this.dirty) return true;
    const text = this.#text;
    return this.#try(() => api.put<OpenVersion>(`/flows/versions/${this.#version.id}`, { text }, this.#tag()));
  }

  /** From now on customers meet this. */
  async publish(): Promise<boolean> {
    return (await this.save()) && this.#try(() => api.post<OpenVersion>(`/flows/versions/${this.#version.id}/publish`, {}, this.#tag()));
  }

  discard(): void {
    this.write(this.#version.text);
  }

  /** Nothing is looked at any more. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#asked?.abort();
  }

  #tag(): { headers: Record<string, string> } {
    return { headers: { "If-Match": `"${this.#version.tag}"` } };
  }

  async #try(deed: () => Promise<OpenVersion>): Promise<boolean> {
    this.#busy = true;
    try {
      this.#version = await deed();
      this.#faults = this.#version.problems;
      this.#problem = null;
      return true;
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      this.#problem = fault;
      return false;
    } finally {
      this.#busy = false;
    }
  }
}

/** An opened version of a flow while it is edited: beside its text its drawing and its dry run. */
import { api } from "../api";
import type { Fault } from "../policies/types";
import { WrittenDraft } from "../written/draft.svelte";
import { firstScript, flows, type Checked, type Drawing, type OpenFlow, type Rehearsal, type Result } from "./flows";

export class FlowDraft extends WrittenDraft<OpenFlow> {
  #drawing = $state.raw<Drawing | null>(null);
  #script = $state(firstScript);
  #scriptFaults = $state.raw<readonly Fault[]>([]);
  #result = $state.raw<Result | null>(null);
  #trying = $state(false);

  constructor(version: OpenFlow, mayWrite: boolean) {
    super(flows, version, mayWrite);
    void this.check();
  }

  get drawing(): Drawing | null { return this.#drawing; }
  get script(): string { return this.#script; }
  get scriptFaults(): readonly Fault[] { return this.#scriptFaults; }
  /** Of the last dry run; null after the text has changed. */
  get result(): Result | null { return this.#result; }
  get trying(): boolean { return this.#trying; }

  override write(text: string): void {
    if (text !== this.text) this.#result = null;
    super.write(text);
  }

  /** Another value at a place of the text, as the drawing has it. */
  async put(path: readonly string[], value: string): Promise<boolean> {
    const before = this.text;
    const put = await this.attempt(() => api.post<{ text: string }>("/flows/edit", { text: before, path, value }));
    if (put === null || this.text !== before) return false; // refused, or somebody typed meanwhile
    this.write(put.text);
    return true;
  }

  writeScript(text: string): void {
    this.#script = text;
  }

  /** Lets the customers of the script go through the text as it stands. */
  async rehearse(): Promise<void> {
    const { text } = this;
    this.#trying = true;
    try {
      const found = await this.attempt(() => api.post<Rehearsal>("/flows/rehearsal", { text, script: this.#script }));
      if (found === null) return;
      this.#scriptFaults = found.script_problems;
      if (this.text === text) this.#result = found.result;
    } finally {
      this.#trying = false;
    }
  }

  protected override async look(text: string, signal: AbortSignal): Promise<readonly Fault[]> {
    const checked = await api.post<Checked>("/flows/check", { text, flow: this.version.flow }, { signal });
    this.#drawing = checked.drawing ?? this.#drawing;
    return checked.problems;
  }
}

/** An opened version of a survey while it is edited: what is typed, what is wrong with it, what customers would see. */
import { api, Problem } from "../api";
import type { Fault } from "../policies/types";
import type { OpenVersion } from "./surveys";

/** After the last key, before the center is asked, in milliseconds. */
const checkAfter_ms = 350;

export class SurveyDraft {
  #version = $state.raw<OpenVersion>() as OpenVersion;
  #text = $state("");
  #faults = $state.raw<readonly Fault[]>([]);
  #page = $state<string | null>(null);
  #checking = $state(false);
  #busy = $state(false);
  #problem = $state.raw<Problem | null>(null);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asked: AbortController | null = null;
  #language = $state("en");
  #theme = $state("light");

  constructor(version: OpenVersion, look: { readonly language: string; readonly theme: string }) {
    this.#version = version;
    this.#text = version.text;
    this.#faults = version.problems;
    this.#language = look.language;
    this.#theme = look.theme;
    void this.check();
  }

  get version(): OpenVersion { return this.#version; }
  get text(): string { return this.#text; }
  get faults(): readonly Fault[] { return this.#faults; }
  get page(): string | null { return this.#page; }
  get checking(): boolean { return this.#checking; }
  get busy(): boolean { return this.#busy; }
  get problem(): Problem | null { return this.#problem; }
  get editable(): boolean { return this.#version.state === "draft"; }
  get dirty(): boolean { return this.editable && this.#text !== this.#version.text; }
  get errors(): number { return this.#faults.filter((fault) => fault.severity === "error").length; }
  get language(): string { return this.#language; }
  get theme(): string { return this.#theme; }

  look(language: string, theme: string): void {
    this.#language = language;
    this.#theme = theme;
    void this.check();
  }

  write(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { void this.check(); }, checkAfter_ms);
  }

  /** Asks what is wrong with the text as it stands, and for its page. */
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
      const [checked, shown] = await Promise.all([
        api.post<{ problems: Fault[] }>("/surveys/check", { text, survey: this.#version.survey }, { signal }),
        api.post<{ html: string | null }>("/surveys/preview", { text, language: this.#language, theme: this.#theme }, { signal }),
      ]);
      this.#faults = this.editable ? checked.problems : [];
      this.#page = shown.html;
      this.#problem = null;
    } catch (fault) {
      if (signal.aborted) return;
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
    return this.#try(() => api.put<OpenVersion>(`/surveys/versions/${this.#version.id}`, { text }, this.#tag()));
  }

  /** From now on customers are asked this. */
  async publish(): Promise<boolean> {
    return (await this.save()) && this.#try(() => api.post<OpenVersion>(`/surveys/versions/${this.#version.id}/publish`, {}, this.#tag()));
  }

  discard(): void {
    this.write(this.#version.text);
  }

  /** Nothing is asked any more. */
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

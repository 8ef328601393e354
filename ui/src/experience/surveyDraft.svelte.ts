/** An opened version of a survey while it is edited: beside its text the page that customers would see. */
import { api } from "../api";
import type { Fault } from "../policies/types";
import { WrittenDraft } from "../written/draft.svelte";
import { surveys, type OpenSurvey } from "./surveys";

export class SurveyDraft extends WrittenDraft<OpenSurvey> {
  #page = $state<string | null>(null);
  #language = $state("en");
  #theme = $state("light");

  constructor(version: OpenSurvey, look: { readonly language: string; readonly theme: string }) {
    super(surveys, version, true);
    this.#language = look.language;
    this.#theme = look.theme;
    void this.check();
  }

  get page(): string | null { return this.#page; }
  get language(): string { return this.#language; }
  get theme(): string { return this.#theme; }

  show(language: string, theme: string): void {
    this.#language = language;
    this.#theme = theme;
    void this.check();
  }

  protected override async look(text: string, signal: AbortSignal): Promise<readonly Fault[]> {
    const [checked, shown] = await Promise.all([
      api.post<{ problems: Fault[] }>("/surveys/check", { text, survey: this.version.survey }, { signal }),
      api.post<{ html: string | null }>("/surveys/preview", { text, language: this.#language, theme: this.#theme }, { signal }),
    ]);
    this.#page = shown.html;
    return checked.problems;
  }
}

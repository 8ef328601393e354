/** The steps that belong into one conversation, and which of them are kept. */
import { api, Problem } from "../api";

export const stepKinds = ["greeting", "name", "question", "wording", "solution", "next_step", "farewell"] as const;
export type StepKind = (typeof stepKinds)[number];

export interface Step {
  readonly id: string;
  readonly kind: StepKind;
  readonly words: Readonly<Record<string, string>>;
  readonly law: boolean;
}

export interface Standing extends Step {
  /** Null where nobody can say yet. */
  readonly kept: boolean | null;
  readonly by_hand: boolean;
}

interface Answer { readonly name: string | null; readonly steps: readonly Standing[] }

/** The words that a step asks for, in the customer's language if there are some. */
export function wordsFor(step: Step, language: string | null): string {
  const bare = (language ?? "en").split("-")[0] ?? "en";
  return step.words[bare] ?? step.words["en"] ?? Object.values(step.words)[0] ?? "";
}

export class Checklist {
  name = $state<string | null>(null);
  steps = $state.raw<readonly Standing[]>([]);
  /** Whether an answer must be looked at before it leaves. */
  readonly binds = $derived(this.steps.some((one) => one.law && one.kept !== true));
  readonly #path: string;

  constructor(interaction: string) {
    this.#path = `/interactions/${encodeURIComponent(interaction)}/standards`;
  }

  /** A checklist that cannot be read is none: it holds nobody back. */
  async load(): Promise<void> {
    await this.#ask(() => api.get<Answer>(this.#path));
  }

  async tick(step: Standing, kept: boolean | null): Promise<void> {
    await this.#ask(() => api.put<Answer>(`${this.#path}/${encodeURIComponent(step.id)}`, { kept }));
  }

  /** The steps of law that an answer still leaves out. */
  async missing(text: string): Promise<readonly Standing[]> {
    try {
      const answer = await api.post<Answer>(this.#path, { text });
      return answer.steps.filter((one) => one.law && one.kept !== true);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      return [];
    }
  }

  async #ask(ask: () => Promise<Answer>): Promise<void> {
    try {
      const answer = await ask();
      [this.name, this.steps] = [answer.name, answer.steps];
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
    }
  }
}

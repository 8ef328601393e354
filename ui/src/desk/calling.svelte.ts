/** Calling somebody from the desk: whether that can be done here, and for whom it is just asked. */
import { api, Problem } from "../api";
import { refused, t, why } from "../i18n/calling";
import { sayProblem } from "../problem";
import { session } from "../session.svelte";
import { router } from "../shell/router.svelte";

export interface Whom {
  readonly customer: string | null;
  readonly name: string | null;
  readonly number: string;
}

class Calling {
  /** Whom the dialog is open for. */
  whom = $state.raw<Whom | null>(null);
  busy = $state(false);
  fault = $state<string | undefined>(undefined);
  /** The moment is a bad one, and the agent was told. */
  warned = $state(false);
  #can = $state(false);
  #asked = false;
  #id = "";

  /** Whether a network here calls numbers; asked once. */
  get can(): boolean {
    if (!this.#asked && session.may(["agent"])) {
      this.#asked = true;
      void api
        .get<{ numbers: boolean }>("/calls/out")
        .then((answer) => { this.#can = answer.numbers; })
        .catch((problem: unknown) => {
          if (!(problem instanceof Problem)) throw problem;
          this.#asked = false;
        });
    }
    return this.#can;
  }

  open(whom: Partial<Whom>): void {
    this.whom = { customer: null, name: null, number: "", ...whom };
    this.fault = undefined;
    this.warned = false;
    this.#id = crypto.randomUUID();
  }

  close(): void {
    this.whom = null;
  }

  async call(queue: string, number: string): Promise<void> {
    const { whom } = this;
    if (whom === null) return;
    this.busy = true;
    this.fault = undefined;
    try {
      const named = whom.customer !== null ? { customer: whom.customer } : {};
      const typed = number.trim() === "" ? {} : { number: number.trim() };
      const answer = await api.post<{ interaction: string }>("/calls/out", { id: this.#id, queue, ...named, ...typed, warned: this.warned });
      this.close();
      router.go(`/desk/${encodeURIComponent(answer.interaction)}`);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#say(problem);
    } finally {
      this.busy = false;
    }
  }

  #say(problem: Problem): void {
    const given = problem.facts["reasons"];
    const reasons = why(typeof given === "string" ? given : "");
    this.warned = problem.code === "bad_moment";
    if (problem.code === "bad_moment") this.fault = t("badMoment", { why: reasons });
    else if (problem.code === "may_not_call") this.fault = t("mayNot", { why: reasons });
    else this.fault = refused(problem.code) ?? sayProblem(problem);
  }
}

export const calling = new Calling();

/** Whether what was typed is more likely a number than a name. */
export function looksLikeNumber(text: string): boolean {
  return /^[+0-9][0-9 ()./-]{4,}$/.test(text.trim());
}

/** The demonstration as its start page knows it: chairs, live figures, speed, the outage. */
import { locale } from "../i18n/locale.svelte";
import { api, Problem } from "../api";
import { clock } from "../clock.svelte";
import { useZone } from "../i18n/format";
import { session, type Role } from "../session.svelte";

export interface Chair {
  readonly id: string;
  readonly name: string;
  readonly locale: string;
  readonly roles: readonly Role[];
  readonly role: Role;
}

export interface Demo {
  readonly chairs: readonly Chair[];
  readonly people: number;
  readonly agents: number;
  readonly queues: number;
  readonly talking: number;
  readonly waiting: number;
  readonly service_level_pct: number | null;
  readonly now: number;
  readonly zone: string;
  readonly speed: number;
  readonly outage: boolean;
  readonly local: boolean;
  readonly mail: { readonly addresses: readonly string[]; readonly host: string; readonly port: number | null };
}

type SessionAnswer = Parameters<typeof session.take>[0];

const every_ms = 2000;

class Demonstration {
  #state = $state.raw<Demo | null>(null);
  #missing = $state(false);
  #trueAt = $state<number | null>(null);
  #fault = $state.raw<Problem | null>(null);

  get state(): Demo | null {
    return this.#state;
  }

  /** Whether the center is a real one. */
  get missing(): boolean {
    return this.#missing;
  }

  /** When the figures were last true, in milliseconds since the epoch; null before the first answer. */
  get trueAt(): number | null {
    return this.#trueAt;
  }

  /** Why the last request was refused. */
  get fault(): Problem | null {
    return this.#fault;
  }

  /** Asks again and again while the page stands; the result stops it. */
  watch(): () => void {
    void this.ask();
    const timer = setInterval(() => {
      if (!document.hidden) void this.ask();
    }, every_ms);
    return () => {
      clearInterval(timer);
    };
  }

  async ask(): Promise<void> {
    try {
      const state = await api.get<Demo>("/demo");
      clock.set(state.now);
      useZone(state.zone);
      this.#state = state;
      this.#trueAt = state.now;
      this.#missing = false;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#missing = problem.status === 404;
    }
  }

  async sit(chair: string, alone = false): Promise<void> {
    const answer = await api.post<SessionAnswer>("/demo/sit", { chair, alone });
    // Who reads this page in a language goes on in it; only the Russian chair is there for its language.
    if (answer.user.locale !== "ru") locale.choose(locale.current);
    session.take(answer);
  }

  async setSpeed(speed: number): Promise<void> {
    await this.#tell("/demo/speed", { speed });
  }

  async causeOutage(): Promise<void> {
    await this.#tell("/demo/incident");
  }

  async #tell(path: string, body?: unknown): Promise<void> {
    this.#fault = null;
    try {
      await api.post(path, body);
      await this.ask();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#fault = problem;
    }
  }
}

export const demo = new Demonstration();

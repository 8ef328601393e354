/** What I am asked now, and what it means in each conversation: told by the center, never asked on a timer. */
import { SvelteMap } from "svelte/reactivity";
import { api, Problem } from "../api";
import { live } from "../state/live.svelte";
import { isState, type Hint, type Mine, type State } from "./types";

const keptAtMost = 40;

class MyGuidance {
  #mine = $state.raw<Mine | null>(null);
  readonly #hints = new SvelteMap<string, Hint>();
  #asking = false;
  #stale = false;

  /** Null where guidance is off, or I am not at work. */
  get state(): State | null {
    return this.#mine?.on === true ? this.#mine.state : null;
  }

  /** Some conversations go without: then the strip is silent while I talk. */
  get trial(): boolean {
    return this.#mine?.trial ?? false;
  }

  get queues(): Mine["queues"] {
    return this.#mine?.queues ?? [];
  }

  /** What is said in a conversation now; null for nothing. */
  in(interaction: string): State | null {
    const state = this.state;
    const hint = this.#hints.get(interaction);
    if (state === null || hint === undefined) return null;
    const said = hint.states[state];
    return said === "as_usual" ? null : said;
  }

  /** Somebody looks at the why. */
  freshen(): void {
    if (this.#stale) void this.renew();
  }

  async renew(): Promise<void> {
    if (this.#asking) return;
    [this.#asking, this.#stale] = [true, false];
    try {
      this.#mine = await api.get<Mine>("/me/guidance");
    } catch (problem) {
      // Nobody waits for a hint; the next word of the center asks again.
      if (!(problem instanceof Problem)) throw problem;
    } finally {
      this.#asking = false;
    }
  }

  async ask(interaction: string): Promise<void> {
    try {
      const hint = await api.get<Hint>(`/interactions/${encodeURIComponent(interaction)}/guidance`);
      const oldest = this.#hints.keys().next();
      if (this.#hints.size >= keptAtMost && !oldest.done) this.#hints.delete(oldest.value);
      this.#hints.set(interaction, hint);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
    }
  }

  /** Follows the center until the result is called. */
  listen(): () => void {
    void this.renew();
    const ends = [
      live.onSnapshot(() => void this.renew()),
      live.onSignal((signal) => {
        if (signal.name === "guidance_rules") {
          this.#hints.clear();
          void this.renew();
        } else if (signal.name === "guidance") {
          const state = isState(signal.facts["state"]) ? signal.facts["state"] : null;
          // The figures behind it are asked for when somebody wants to see why: else all screens would ask at once.
          this.#stale = true;
          if (this.#mine !== null) this.#mine = { ...this.#mine, on: true, state };
        }
      }),
      live.onEvent((event) => {
        if (event.name === "PresenceChanged") void this.renew();
        if (event.name === "Identified" && this.#hints.has(event.interaction)) void this.ask(event.interaction);
      }),
    ];
    return () => { for (const end of ends) end(); };
  }
}

export const guidance = new MyGuidance();

/** What is known before an answer, by conversation: asked when it rings, asked again when who it is changes. */
import { SvelteMap } from "svelte/reactivity";
import { api, Problem } from "../api";
import type { LiveEvent } from "../state/live";
import { live } from "../state/live.svelte";
import { openness } from "../state/openness.svelte";
import type { Before } from "./before";

const keptAtMost = 40;

class Known {
  readonly #found = new SvelteMap<string, Before>();
  readonly #asking = new Set<string>();

  of(interaction: string): Before | null {
    return this.#found.get(interaction) ?? null;
  }

  /** Asks once; `again` even if the answer is there. What is over has none. */
  async ask(interaction: string, again = false): Promise<void> {
    if (this.#asking.has(interaction) || (!again && this.#found.has(interaction))) return;
    this.#asking.add(interaction);
    try {
      const answer = await api.get<Before>(`/interactions/${encodeURIComponent(interaction)}/before`);
      const oldest = this.#found.keys().next();
      if (this.#found.size >= keptAtMost && !oldest.done) this.#found.delete(oldest.value);
      this.#found.set(interaction, answer);
    } catch (problem) {
      // Nobody waits for it: the offer shows what the live feed knows.
      if (!(problem instanceof Problem)) throw problem;
    } finally {
      this.#asking.delete(interaction);
    }
  }

  /** Keeps the answers true until the result is called. */
  listen(): () => void {
    const heard = (event: LiveEvent): void => {
      if (event.name === "Identified" && this.#found.has(event.interaction)) void this.ask(event.interaction, true);
    };
    const ends = [live.onEvent(heard), openness.listen((customer) => { this.#renew(customer); })];
    return () => { for (const end of ends) end(); };
  }

  /** Something about a customer changed: a promise was made, they came open. */
  #renew(customer: string): void {
    for (const [interaction, one] of this.#found) if (one.customer?.id === customer) void this.ask(interaction, true);
  }

  changed(customer: string): void {
    this.#renew(customer);
  }
}

export const known = new Known();

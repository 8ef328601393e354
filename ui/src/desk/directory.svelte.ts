/** What colleagues are called, and the canned replies: asked once a page, again when something unknown turns up. */
import { SvelteMap } from "svelte/reactivity";
import { api, Problem } from "../api";
import { clock } from "../clock.svelte";
import type { CannedReply } from "./canned";

interface ConfigAnswer {
  readonly agents: readonly { readonly id: string; readonly name?: string | null }[];
}

/** A name that is not known is not asked for again within this time. */
const askAgain_ms = 30_000;

class Directory {
  readonly #agents = new SvelteMap<string, string>();
  canned = $state.raw<readonly CannedReply[]>([]);
  #asking = false;
  #asked = -Infinity;

  /** What the agent is called; the id until that is known. */
  agent(id: string | null | undefined): string {
    if (id === null || id === undefined) return "";
    const name = this.#agents.get(id);
    if (name === undefined) queueMicrotask(() => void this.ask());
    return name ?? id;
  }

  /** All agents that are known, by name. */
  get all(): [string, string][] {
    return [...this.#agents].sort((a, b) => a[1].localeCompare(b[1]));
  }

  /** Names that came with something else. */
  learn(names: Readonly<Record<string, string>>): void {
    for (const [id, name] of Object.entries(names)) if (this.#agents.get(id) !== name) this.#agents.set(id, name);
  }

  async ask(): Promise<void> {
    if (this.#asking || clock.exact - this.#asked < askAgain_ms) return;
    this.#asking = true;
    try {
      const answer = await api.get<ConfigAnswer>("/config");
      this.learn(Object.fromEntries(answer.agents.flatMap((agent) => (agent.name ? [[agent.id, agent.name]] : []))));
      this.#asked = clock.exact;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
    } finally {
      this.#asking = false;
    }
  }

  async loadCanned(): Promise<void> {
    try {
      this.canned = (await api.get<{ replies: readonly CannedReply[] }>("/canned")).replies;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
    }
  }
}

export const directory = new Directory();

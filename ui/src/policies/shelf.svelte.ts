/** All versions of the policy and what is in force: fetched once, and again when a deed of ours or the live feed changed them. */
import { api, Problem } from "../api";
import type { Config } from "../admin/types";
import { session } from "../session.svelte";
import { live } from "../state/live.svelte";
import type { Standing, Version } from "./types";

class Shelf {
  #standing = $state.raw<Standing | null>(null);
  #problem = $state.raw<Problem | null>(null);
  #config = $state.raw<Config | null>(null);
  #asking: Promise<void> | null = null;

  get standing(): Standing | null {
    return this.#standing;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  /** Names of queues, segments, teams and people. */
  get config(): Config | null {
    return this.#config;
  }

  version(id: string): Version | null {
    return this.#standing?.versions.find((one) => one.id === id) ?? null;
  }

  /** Keeps itself up to date until the result is called. */
  open(): () => void {
    void this.load();
    void this.#names();
    const told: ReadonlySet<string> = new Set(["PolicyPublished", "TrialStarted", "TrialEnded", "PolicyDefined"]);
    // Who only administers has no live feed; then our own deeds are what changes the list.
    if (!session.may(["supervisor"])) return () => {};
    const ends = [live.onEvent((event) => { if (told.has(event.name)) void this.load(); }), live.open()];
    return () => { for (const end of ends) end(); };
  }

  /** Asks again; who asks meanwhile gets the same answer. */
  load(): Promise<void> {
    this.#asking ??= this.#load().finally(() => { this.#asking = null; });
    return this.#asking;
  }

  async #load(): Promise<void> {
    try {
      this.#standing = await api.get<Standing>("/policies");
      this.#problem = null;
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      this.#problem = fault;
    }
  }

  async #names(): Promise<void> {
    try {
      this.#config = await api.get<Config>("/config");
    } catch (fault) {
      // Ids stand where names would; the versions themselves say what failed.
      if (!(fault instanceof Problem)) throw fault;
    }
  }
}

export const shelf = new Shelf();

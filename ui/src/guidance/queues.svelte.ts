/** The pace of each queue, for the floor: asked once, then told of every change. */
import { SvelteMap } from "svelte/reactivity";
import { api, Problem } from "../api";
import { live } from "../state/live.svelte";
import type { Standing } from "./types";

class QueuePaces {
  #on = $state(false);
  readonly #found = new SvelteMap<string, Standing>();

  get on(): boolean {
    return this.#on;
  }

  of(queue: string): Standing | null {
    return this.#found.get(queue) ?? null;
  }

  async renew(): Promise<void> {
    try {
      const answer = await api.get<{ on: boolean; queues: readonly Standing[] }>("/guidance");
      this.#on = answer.on;
      this.#found.clear();
      for (const one of answer.queues) this.#found.set(one.queue, one);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
    }
  }

  listen(): () => void {
    void this.renew();
    const ends = [
      live.onSnapshot(() => void this.renew()),
      live.onSignal((signal) => {
        if (signal.name === "guidance_queue" || signal.name === "guidance_rules") void this.renew();
      }),
    ];
    return () => { for (const end of ends) end(); };
  }
}

export const paces = new QueuePaces();

/** The difference of two sources, asked again when one of them changes; the last question wins. */
import { api, Problem } from "../api";
import type { Difference, Source } from "./types";

const pause_ms = 300;

export class Differing {
  value = $state.raw<Difference | null>(null);
  problem = $state.raw<Problem | null>(null);

  /** For an effect: asks after a pause, and forgets the answer when it is asked otherwise meanwhile. */
  ask(before: Source, after: Source, at_once = false): () => void {
    const asked = new AbortController();
    const timer = setTimeout(() => {
      api.post<Difference>("/policies/diff", { before, after }, { signal: asked.signal }).then(
        (found) => {
          if (asked.signal.aborted) return;
          this.value = found;
          this.problem = null;
        },
        (fault: unknown) => {
          if (asked.signal.aborted) return;
          if (!(fault instanceof Problem)) throw fault;
          this.problem = fault;
        },
      );
    }, at_once ? 0 : pause_ms);
    return () => {
      clearTimeout(timer);
      asked.abort();
    };
  }
}

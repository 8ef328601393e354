/** Kept runs: the list, and one run followed until it is over. */
import { api, Problem } from "../api";
import type { Day, Run, RunState } from "./types";

const undone: ReadonlySet<RunState> = new Set(["waiting", "running"]);

export function isOver(run: Run): boolean {
  return !undone.has(run.state);
}

export class Runs {
  list = $state.raw<readonly Run[] | null>(null);
  days = $state.raw<readonly Day[] | null>(null);
  canRun = $state(true);
  problem = $state.raw<Problem | null>(null);

  async load(): Promise<void> {
    try {
      const [days, runs] = await Promise.all([api.get<{ days: Day[]; can_run: boolean }>("/what-if/days"), api.get<{ runs: Run[] }>("/what-if/runs")]);
      this.days = days.days;
      this.canRun = days.can_run;
      this.list = runs.runs;
      this.problem = null;
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      this.problem = fault;
    }
  }
}

/** Longer than the center makes us wait for an answer. */
const wait_s = 20;
const pause_ms = 2000;

export class Followed {
  run = $state.raw<Run | null>(null);
  problem = $state.raw<Problem | null>(null);

  /** Follows `id` until it is over or the result is called; the center answers when something moved. */
  follow(id: string): () => void {
    const asked = new AbortController();
    let timer: ReturnType<typeof setTimeout> | null = null;
    let known: Run | null = null;
    const next = async (): Promise<void> => {
      try {
        known = await api.get<Run>(`/what-if/runs/${encodeURIComponent(id)}`, { signal: asked.signal, query: known === null ? {} : { wait: wait_s, seen: known.step } });
        this.run = known;
        this.problem = null;
        if (!isOver(known)) void next();
      } catch (fault) {
        if (asked.signal.aborted) return;
        if (!(fault instanceof Problem)) throw fault;
        this.problem = fault;
        // The network or the center was away; what is gone for good is not asked again.
        if (fault.status === 0 || fault.status >= 500) timer = setTimeout(() => { void next(); }, pause_ms);
      }
    };
    void next();
    return () => {
      asked.abort();
      if (timer !== null) clearTimeout(timer);
    };
  }

  async cancel(): Promise<void> {
    if (this.run === null) return;
    this.run = await api.post<Run>(`/what-if/runs/${this.run.id}/cancel`, {});
  }
}

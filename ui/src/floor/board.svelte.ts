/** What the floor fetches beside the live feed: figures, names and skills; again when something happened, every few seconds at most. */
/* eslint svelte/prefer-svelte-reactivity: "off" -- the maps and sets here are never changed once they are made */
import { SvelteMap } from "svelte/reactivity";
import { api, Problem } from "../api";
import { useZone } from "../i18n/format";
import { live } from "../state/live.svelte";
import type { AgentSpec, LiveEvent } from "../state/live";
import type { FloorFigures, Measure } from "./figures";
import type { Channel } from "./queues";

/** Between two fetches of the figures at least, in milliseconds. */
export const figuresEvery_ms = 3000;
/** Names change seldom. */
const namesEvery_ms = 5000;

/** The events after which a number of the day may be another. */
const counted: ReadonlySet<LiveEvent["name"]> = new Set(["Queued", "Accepted", "Abandoned", "MessageSent", "Ended", "WrappedUp", "Transferred", "Rated", "Returned", "Overflowed"]);
const defined: ReadonlySet<LiveEvent["name"]> = new Set(["AgentDefined", "Removed", "QueueDefined", "InboxDefined", "SkillDefined"]);

interface OpenInteraction { readonly interaction: string; readonly customer: string | null; readonly customer_name: string | null; readonly subject: string | null }

/** Runs `work` at once when it is wanted, then again no sooner than `pause_ms` after, however often it is asked. */
export class Paced {
  #wanted = false;
  #running = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly pause_ms: number,
  ) {}

  ask(): void {
    this.#wanted = true;
    if (this.#running || this.#timer !== null) return;
    void this.#run();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#wanted = false;
  }

  async #run(): Promise<void> {
    this.#wanted = false;
    this.#running = true;
    try {
      await this.work();
    } finally {
      this.#running = false;
      this.#timer = setTimeout(() => {
        this.#timer = null;
        if (this.#wanted) void this.#run();
      }, this.pause_ms);
    }
  }
}

export class Board {
  #figures = $state.raw<FloorFigures | null>(null);
  #agents = $state.raw<readonly AgentSpec[]>([]);
  #names = $state.raw<ReadonlyMap<string, string>>(new Map());
  #measures = $state.raw<ReadonlyMap<string, Measure>>(new Map());
  #problem = $state.raw<Problem | null>(null);
  #channel: Channel = "all";
  /** Customers' names by interaction, where the reader may know them. */
  readonly customers = new SvelteMap<string, string>();
  readonly subjects = new SvelteMap<string, string>();
  readonly #paced = new Paced(() => this.#fetchFigures(), figuresEvery_ms);
  readonly #naming = new Paced(() => this.#fetchNames(), namesEvery_ms);

  get figures(): FloorFigures | null {
    return this.#figures;
  }
  get agents(): readonly AgentSpec[] {
    return this.#agents;
  }
  get names(): ReadonlyMap<string, string> {
    return this.#names;
  }
  get measures(): ReadonlyMap<string, Measure> {
    return this.#measures;
  }
  get problem(): Problem | null {
    return this.#problem;
  }

  /** Keeps itself up to date until the result is called; `people` is whether names of customers are wanted. */
  open(people: boolean): () => void {
    const ends = [
      live.onEvent((event) => {
        if (counted.has(event.name)) this.#paced.ask();
        if (defined.has(event.name)) void this.#fetchConfig();
        if (people && (event.name === "Arrived" || event.name === "Identified")) this.#naming.ask();
      }),
      live.onSnapshot(() => {
        this.#paced.ask();
        if (people) this.#naming.ask();
      }),
      live.open(),
    ];
    // A half hour ends, and a day, without any event.
    const minute = setInterval(() => { this.#paced.ask(); }, 60_000);
    void this.#fetchConfig();
    this.#paced.ask();
    return () => {
      clearInterval(minute);
      this.#paced.stop();
      this.#naming.stop();
      for (const end of ends) end();
    };
  }

  /** The figures of one channel from now on. */
  show(channel: Channel): void {
    if (channel === this.#channel) return;
    this.#channel = channel;
    this.#paced.stop();
    this.#paced.ask();
  }

  async #fetchFigures(): Promise<void> {
    const channel = this.#channel;
    await this.#try(async () => {
      const figures = await api.get<FloorFigures>("/floor", { query: { medium: channel === "all" ? null : channel } });
      if (channel !== this.#channel) return;
      useZone(figures.zone);
      this.#figures = figures;
    });
  }

  async #fetchConfig(): Promise<void> {
    await this.#try(async () => {
      const [config, measures] = await Promise.all([
        api.get<{ agents: (AgentSpec & { name?: string | null })[] }>("/config"),
        this.#measures.size > 0 ? null : api.get<{ measures: Measure[] }>("/measures"),
      ]);
      this.#agents = config.agents;
      this.#names = new Map(config.agents.map((agent) => [agent.id, agent.name ?? agent.id]));
      if (measures !== null) this.#measures = new Map(measures.measures.map((measure) => [measure.key, measure]));
    });
  }

  async #fetchNames(): Promise<void> {
    await this.#try(async () => {
      const open = Object.keys(live.state?.interactions ?? {});
      let before: string | null = null;
      // Four pages: more people than that are not in hand at once on a screen that can be read.
      for (let page = 0; page < 4 && open.some((id) => !this.customers.has(id)); page += 1) {
        const answer: { interactions: OpenInteraction[]; next: string | null } = await api.get("/interactions", { query: { phase: "open", limit: 100, before } });
        for (const one of answer.interactions) {
          if (one.customer_name !== null) this.customers.set(one.interaction, one.customer_name);
          if (one.subject !== null) this.subjects.set(one.interaction, one.subject);
        }
        before = answer.next;
        if (before === null) break;
      }
      for (const id of this.customers.keys()) if (live.state?.interactions[id] === undefined) this.customers.delete(id);
    });
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#problem = null;
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      this.#problem = fault;
    }
  }
}

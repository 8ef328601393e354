/** The floor put together: the live state and the figures as rows, levels after their ten seconds, alerts. */
/* eslint svelte/prefer-svelte-reactivity: "off" -- the maps and sets here are never changed once they are made */
import { clock } from "../clock.svelte";
import type { Level } from "../parts/states";
import { live } from "../state/live.svelte";
import type { InteractionView } from "../state/live";
import { alertsOf, type Alert } from "./alerts";
import { Board } from "./board.svelte";
import { Hysteresis, levelOfShare, levelOfWait, worse, type Raw } from "./level";
import { crowd, isOf, peopleRows, type Crowd, type CrowdPart, type PersonRow } from "./people";
import { aims, isAble, queueRows, waitUsed, type Channel, type QueueRow } from "./queues";

export class Hall {
  readonly board = new Board();
  #channel = $state<Channel>("all");
  offline = $state(false);
  /** The queue whose able people are wanted. */
  onlyQueue = $state<string | null>(null);
  /** The part of the people that is wanted, by what they do. */
  onlyPart = $state<CrowdPart | null>(null);
  readonly #levels = new Hysteresis();

  get channel(): Channel {
    return this.#channel;
  }
  set channel(next: Channel) {
    this.#channel = next;
    this.board.show(next);
  }

  readonly #byQueue = $derived.by(() => new Map((this.board.figures?.queues ?? []).map((one) => [one.queue, one])));
  readonly queues = $derived.by<readonly QueueRow[]>(() => (live.state === null ? [] : queueRows(live.state, this.#byQueue, this.board.agents, this.#channel, clock.now)));
  readonly everybody = $derived.by<readonly PersonRow[]>(() => (live.state === null ? [] : peopleRows(live.state, this.board.names, this.#channel, true, clock.now)));
  readonly people = $derived.by<readonly PersonRow[]>(() => {
    const able = this.#able;
    const part = this.onlyPart;
    return this.everybody.filter((row) => (this.offline || row.doing !== "offline") && (able === null || able.has(row.id)) && (part === null || isOf(part, row)));
  });
  readonly crowd = $derived.by<Crowd>(() => crowd(this.everybody));
  readonly views = $derived.by<readonly InteractionView[]>(() => Object.values(live.state?.interactions ?? {}).filter((view) => this.#channel === "all" || view.medium === this.#channel));
  readonly alerts = $derived.by<readonly Alert[]>(() => alertsOf(this.queues, this.everybody, this.views, this.board.figures, clock.now));
  readonly levels = $derived.by(() => {
    const now = clock.now;
    const waited = this.queues.flatMap((row) => row.waiting).reduce<Raw>((level, view) => worse(level, levelOfWait(waitUsed(view, now))), "ok");
    const aim = aims(this.queues)?.low ?? 0;
    const center = this.board.figures?.center;
    // Before the figures are there nothing is known that could be held on to.
    const see = (key: string, raw: Raw): Level => (center === undefined ? raw : this.#levels.see(`tile ${this.#channel} ${key}`, raw, now));
    return {
      waiting: see("waiting", waited),
      interval: see("interval", levelOfShare(center?.interval.service_level_pct ?? null, aim)),
      today: see("today", levelOfShare(center?.service_level_pct ?? null, aim)),
    };
  });
  /** What each queue shows. */
  readonly queueLevels = $derived.by<ReadonlyMap<string, Level>>(() => new Map(this.queues.map((row) => [row.id, this.board.figures === null ? row.raw : this.#levels.see(`queue ${this.#channel} ${row.id}`, row.raw, clock.now)])));

  get #able(): ReadonlySet<string> | null {
    const queue = this.onlyQueue === null ? undefined : live.state?.config.queues[this.onlyQueue];
    return queue === undefined ? null : new Set(this.board.agents.filter((spec) => isAble(spec, queue)).map((spec) => spec.id));
  }

  levelOf(row: QueueRow): Level {
    return this.queueLevels.get(row.id) ?? row.raw;
  }

  /** The channels that this center has, with "all" first. */
  readonly channels = $derived.by<readonly Channel[]>(() => {
    const media = new Set(Object.values(live.state?.config.inboxes ?? {}).map((inbox) => inbox.medium));
    return ["all", ...(["voice", "chat", "message", "email"] as const).filter((medium) => media.has(medium))];
  });

  /** Shows the able people of a queue, those of a part, or everybody. */
  only(what: { readonly queue?: string; readonly part?: CrowdPart }): void {
    this.onlyQueue = what.queue ?? null;
    this.onlyPart = what.part ?? null;
  }

  open(people: boolean): () => void {
    return this.board.open(people);
  }
}

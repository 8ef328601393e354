/** A what-if question while it is put together: the day, what stands, and what is moved. */
import { api } from "../api";
import { Outline, readDuration } from "../policies/outline";
import type { Source } from "../policies/types";
import type { Asked, Changes, Need, RingChange, Run, Side, Staff } from "./types";

export const live = "live";
/** A text that came with a kept run, and is no version. */
export const kept = "kept";

/** A row of the people that are added or missing. */
export interface StaffRow { readonly id: number; deed: "add" | "remove"; n: number; who: string }

export interface RingNow { readonly after_ms: number; readonly language: number; readonly needs: readonly Need[] }

const usual_ms = 600_000;

/** "billing >= 3" as a need; what cannot be read asks for level 1. */
export function readNeed(text: string): Need {
  const found = /^(\S+?)\s*>=\s*(\d)$/.exec(text.trim());
  return { skill: found?.[1] ?? text.trim(), level: Number(found?.[2] ?? 1) };
}

/** The rings of a queue as a text plans them; a queue that is not named has none here. */
export function ringsOf(outline: Outline, queue: string): RingNow[] {
  const plan = `queues.${queue}.plan`;
  return Array.from({ length: outline.length(plan) }, (_, at) => {
    const language = outline.value(`${plan}.${at}.language`);
    return {
      after_ms: readDuration(outline.value(`${plan}.${at}.after`) ?? "0") ?? 0,
      language: language === "any" ? 0 : Number(language ?? 1),
      needs: outline.list(`${plan}.${at}.needs`).map(readNeed),
    };
  });
}

export class Asking {
  day = $state("");
  name = $state("");
  seeds = $state(5);
  a = $state(live);
  b = $state(live);
  #text = $state("");
  #keptText = "";
  worth_ms = $state<number | null>(null);
  rule = $state<string | null>(null);
  heads = $state<Record<string, number>>({});
  staff = $state<StaffRow[]>([]);
  /** By "queue ring". */
  rings = $state<Record<string, RingChange>>({});
  readonly outline = $derived(new Outline(this.#text));
  #next = 1;

  get text(): string { return this.#text; }

  /** What B is made of; what was moved before does not fit any more. */
  async base(id: string): Promise<void> {
    this.b = id;
    this.#forget();
    const text = id === kept ? this.#keptText : (await api.get<{ text: string }>(id === live ? "/policies/live" : `/policies/${encodeURIComponent(id)}`)).text;
    if (this.b === id) this.#text = text;
  }

  /** Puts a kept run's question in front of you again. */
  again(run: Run): void {
    this.day = run.day;
    this.name = run.name;
    this.seeds = run.seeds;
    this.#keptText = run.inputs.b.text;
    this.#text = run.inputs.b.text;
    this.#forget();
    this.b = kept;
    this.staff = run.inputs.b.agents.map((one) => this.#row((one.add ?? 0) > 0 ? "add" : "remove", (one.add ?? 0) > 0 ? (one.add ?? 1) : (one.remove ?? 1), typeof one.like === "string" ? `like ${one.like}` : typeof one.team === "string" ? `team ${one.team}` : ""));
  }

  get usualWorth_ms(): number { return this.outline.duration("slider.fair_to_best") ?? usual_ms; }
  headOf(segment: string): number { return this.heads[segment] ?? this.usualHead(segment); }
  usualHead(segment: string): number { return this.outline.duration(`segments.${segment}.head_start`) ?? 0; }

  moveHead(segment: string, ms: number): void {
    if (ms === this.usualHead(segment)) this.heads = Object.fromEntries(Object.entries(this.heads).filter(([id]) => id !== segment));
    else this.heads = { ...this.heads, [segment]: ms };
  }

  addStaff(): void { this.staff.push(this.#row("add", 1, "")); }
  dropStaff(id: number): void { this.staff = this.staff.filter((one) => one.id !== id); }

  ring(queue: string, at: number): RingChange | null { return this.rings[`${queue} ${at}`] ?? null; }

  moveRing(queue: string, at: number, change: Omit<RingChange, "queue" | "ring">): void {
    this.rings = { ...this.rings, [`${queue} ${at}`]: { ...this.ring(queue, at), ...change, queue, ring: at } };
  }

  keepRing(queue: string, at: number): void {
    this.rings = Object.fromEntries(Object.entries(this.rings).filter(([key]) => key !== `${queue} ${at}`));
  }

  /** How many things are moved against what B is made of. */
  get moved(): number {
    return (this.worth_ms === null ? 0 : 1) + (this.rule === null ? 0 : 1) + Object.keys(this.heads).length + Object.keys(this.rings).length + this.staff.length;
  }

  /** Whether A and B would be the same. */
  get same(): boolean { return this.a === this.b && this.moved === 0; }

  question(): Asked {
    const changes: Changes = {
      ...(this.worth_ms === null ? {} : { fair_to_best_ms: this.worth_ms }),
      ...(this.rule === null ? {} : { rule: this.rule }),
      ...(Object.keys(this.heads).length === 0 ? {} : { head_starts: { ...this.heads } }),
      ...(Object.keys(this.rings).length === 0 ? {} : { rings: Object.values(this.rings) }),
    };
    const b: Side = {
      ...this.#source(this.b),
      ...(Object.keys(changes).length === 0 ? {} : { changes }),
      ...(this.staff.length === 0 ? {} : { agents: this.staff.map(asStaff) }),
    };
    return { day: this.day, name: this.name.trim(), a: this.#source(this.a), b, seeds: this.seeds };
  }

  #source(id: string): Source {
    if (id === live) return { live: true };
    return id === kept ? { text: this.#keptText } : { version: id };
  }

  #row(deed: StaffRow["deed"], n: number, who: string): StaffRow {
    this.#next += 1;
    return { id: this.#next, deed, n, who };
  }

  #forget(): void {
    this.worth_ms = null;
    this.rule = null;
    this.heads = {};
    this.rings = {};
    this.staff = [];
  }
}

function asStaff(row: StaffRow): Staff {
  const [kind, ...rest] = row.who.split(" ");
  const id = rest.join(" ");
  return { ...(kind === "team" ? { team: id } : kind === "like" && row.deed === "add" ? { like: id } : {}), ...(row.deed === "add" ? { add: row.n } : { remove: row.n }) };
}

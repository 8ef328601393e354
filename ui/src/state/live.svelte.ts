/** The live feed of this page: one socket to /ws/live for desk and floor, resumed by number after a cut, with its time in the page's clock. */
import { untrack } from "svelte";
import { clock } from "../clock.svelte";
import { connection } from "../shell/connection.svelte";
import { fold } from "./fold";
import type { Frame, LiveEvent, LiveState } from "./live";

/** What we need of a WebSocket; the browser's own serves, a test brings a scripted one. */
export interface Line {
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: ((end: { code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface Signal {
  readonly name: string;
  readonly interaction: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

type EventListener = (event: LiveEvent, seq: number) => void;
type SignalListener = (signal: Signal) => void;

const firstPause_ms = 250;
const longestPause_ms = 10_000;
/** A line that says nothing for this long is asked whether it is alive. */
export const pingAfter_ms = 10_000;
/** And given up when it does not answer within this time. */
export const pongWithin_ms = 5000;
/** The center's own close codes after which trying again is of no use. */
const signedOut = 4401;
const forbidden = 4403;

function openSocket(path: string): Line {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return new WebSocket(`${scheme}://${location.host}${path}`) as unknown as Line;
}

export class Live {
  #state = $state<LiveState | null>(null);
  #scope = $state<"own" | "all" | null>(null);
  #refused = $state<"signed_out" | "forbidden" | null>(null);
  #seq: number | null = null;
  #line: Line | null = null;
  #users = 0;
  #tries = 0;
  #again: ReturnType<typeof setTimeout> | null = null;
  #quiet: ReturnType<typeof setTimeout> | null = null;
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing on the page reads it
  readonly #events = new Set<EventListener>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing on the page reads it
  readonly #signals = new Set<SignalListener>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing on the page reads it
  readonly #snapshots = new Set<() => void>();
  readonly #connect: (path: string) => Line;

  constructor(connect: (path: string) => Line = openSocket) {
    this.#connect = connect;
  }

  /** All that this page shows live; null before the first snapshot. */
  get state(): LiveState | null {
    return this.#state;
  }

  /** Whether the view is one agent's own or everything. */
  get scope(): "own" | "all" | null {
    return this.#scope;
  }

  /** Set when the center will not let this page in. */
  get refused(): "signed_out" | "forbidden" | null {
    return this.#refused;
  }

  /** The number of the last event that the view holds. */
  get seq(): number | null {
    return this.#seq;
  }

  /** Keeps the feed open until the result is called; several parts of a page share one socket. Meant for `$effect(() => live.open())`. */
  open(): () => void {
    this.#users += 1;
    if (this.#users === 1) untrack(() => { this.#start(); });
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      this.#users -= 1;
      if (this.#users === 0) untrack(() => { this.#stop(); });
    };
  }

  /** Calls `heard` for each event after it is in the view. */
  onEvent(heard: EventListener): () => void {
    this.#events.add(heard);
    return () => this.#events.delete(heard);
  }

  onSignal(heard: SignalListener): () => void {
    this.#signals.add(heard);
    return () => this.#signals.delete(heard);
  }

  /** Calls `heard` after each whole snapshot: events may have been missed before it. */
  onSnapshot(heard: () => void): () => void {
    this.#snapshots.add(heard);
    return () => this.#snapshots.delete(heard);
  }

  /** Tells the customer that somebody writes, or has stopped; lost when there is no line, which does no harm. */
  typing(interaction: string, on: boolean): void {
    this.#send({ type: "typing", interaction, on });
  }

  /** The network is back, or the page is looked at again: no need to wait for the next try. */
  hurry(): void {
    if (this.#users > 0 && this.#line === null && this.#refused === null) this.#dial();
  }

  readonly #hurried = (): void => {
    if (document.visibilityState === "visible") this.hurry();
  };

  #start(): void {
    this.#refused = null;
    connection.open();
    window.addEventListener("online", this.#hurried);
    document.addEventListener("visibilitychange", this.#hurried);
    this.#dial();
  }

  #stop(): void {
    window.removeEventListener("online", this.#hurried);
    document.removeEventListener("visibilitychange", this.#hurried);
    this.#hangUp();
    connection.close();
    this.#seq = null;
    this.#state = null;
    this.#scope = null;
    this.#tries = 0;
  }

  #hangUp(): void {
    if (this.#again !== null) clearTimeout(this.#again);
    if (this.#quiet !== null) clearTimeout(this.#quiet);
    this.#again = null;
    this.#quiet = null;
    const line = this.#line;
    this.#line = null;
    if (line === null) return;
    line.onopen = line.onmessage = line.onclose = null;
    line.close();
  }

  #dial(): void {
    this.#hangUp();
    const line = this.#connect(this.#seq === null ? "/ws/live" : `/ws/live?since=${this.#seq}`);
    this.#line = line;
    line.onopen = () => { this.#listen(); };
    line.onmessage = (message) => {
      if (typeof message.data === "string") this.#take(JSON.parse(message.data) as Frame);
    };
    line.onclose = (end) => { this.#lost(end.code); };
    this.#listen();
  }

  #lost(code: number): void {
    this.#hangUp();
    connection.lost();
    if (code === signedOut || code === forbidden) {
      this.#refused = code === signedOut ? "signed_out" : "forbidden";
      connection.close();
      return;
    }
    const pause = Math.min(longestPause_ms, firstPause_ms * 2 ** this.#tries);
    this.#tries += 1;
    // Spread, so that a center that comes back is not run over by everybody at once.
    this.#again = setTimeout(() => { this.#dial(); }, pause * (0.5 + Math.random() / 2));
  }

  /** Something came, or a line was opened: after a silence we ask, and without an answer dial anew. */
  #listen(): void {
    if (this.#quiet !== null) clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.#send({ type: "ping" });
      this.#quiet = setTimeout(() => { this.#lost(0); }, pongWithin_ms);
    }, pingAfter_ms);
  }

  #send(frame: object): void {
    try {
      this.#line?.send(JSON.stringify(frame));
    } catch {
      // The line is not open yet, or is going down; onclose tells the rest.
    }
  }

  #take(frame: Frame): void {
    this.#listen();
    this.#tries = 0;
    if ("now" in frame) {
      clock.set(frame.now);
      connection.heard(frame.now);
    }
    switch (frame.type) {
      case "snapshot":
        this.#state = fold(this.#state, frame);
        this.#scope = frame.scope;
        this.#seq = frame.seq;
        for (const heard of this.#snapshots) heard();
        break;
      case "enter":
      case "leave":
        // The event with the same number follows; only then has all of it been seen.
        if (this.#state !== null) fold(this.#state, frame);
        break;
      case "event":
        if (this.#state !== null) fold(this.#state, frame);
        this.#seq = frame.seq;
        for (const heard of this.#events) heard(frame.event, frame.seq);
        break;
      case "signal": {
        const { type: _, name, interaction, ...facts } = frame;
        for (const heard of this.#signals) heard({ name, interaction, facts });
        break;
      }
      case "pong":
        break;
      default:
        frame satisfies never;
    }
  }
}

export const live = new Live();

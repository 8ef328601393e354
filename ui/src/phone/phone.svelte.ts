/** The phone of this desk: it rings, carries the talk to the other browser, and comes back after a reload. */
import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { ringOn } from "../desk/ringing";
import { Exchange } from "./exchange";
import { Link } from "./link";
import { Peers } from "./peers";
import { context, faultOf, Meter, microphone, type MicrophoneFault } from "./sound";
import type { LegFrame, Quality, Told } from "./wire";

const storageKey = "warmline.phone";
const deviceKey = "warmline.phone.window";
const level_ms = 120;
const quality_ms = 5000;

export type Standing = "starting" | "unasked" | "ready" | "elsewhere" | "offline" | MicrophoneFault;

/** Which microphone and loudspeaker; null is the one of the system. */
interface Chosen {
  readonly microphone: string | null;
  readonly speaker: string | null;
  /** Where it rings. */
  readonly ringer: string | null;
}

function chosen(): Chosen {
  try {
    const found = JSON.parse(localStorage.getItem(storageKey) ?? "{}") as Partial<Record<keyof Chosen, unknown>>;
    const id = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
    return { microphone: id(found.microphone), speaker: id(found.speaker), ringer: id(found.ringer) };
  } catch {
    return { microphone: null, speaker: null, ringer: null };
  }
}

/** The name of this window: the same after a reload, so that a talk finds it again. */
function windowName(): string {
  const known = sessionStorage.getItem(deviceKey);
  const name = known ?? crypto.randomUUID();
  if (known === null) sessionStorage.setItem(deviceKey, name);
  return name;
}

class Phone {
  #standing = $state<Standing>("starting");
  readonly #legs = new SvelteMap<string, LegFrame>();
  #chosen = $state<Chosen>(chosen());
  mine = $state(0);
  theirs = $state(0);
  quality = $state<Quality | null>(null);
  connected = $state(false);
  /** Whether the center hears what is asked of it here. */
  reached = $state(false);
  /** The networks on both sides let no sound through. */
  unheard = $state(false);
  /** The browser waits for a touch before it plays. */
  blocked = $state(false);
  devices = $state<readonly MediaDeviceInfo[]>([]);
  /** Another window carries the telephone calls of this agent. */
  away = $state(false);
  #link: Link | null = null;
  #exchange: Exchange | null = null;
  /** Legs that are to be answered here as soon as they ring. */
  readonly #wanted = new Set<string>();
  #stream: MediaStream | null = null;
  #meter: Meter | null = null;
  #users = 0;
  #ticks: ReturnType<typeof setInterval>[] = [];
  readonly #peers = new Peers({
    say: (frame) => this.#link?.say(frame),
    changed: () => { this.#heard(); },
  });

  get standing(): Standing {
    return this.#standing;
  }

  get microphone(): string | null {
    return this.#chosen.microphone;
  }

  get speaker(): string | null {
    return this.#chosen.speaker;
  }

  get ringer(): string | null {
    return this.#chosen.ringer;
  }

  /** What is on the phone: the talk, else what rings. */
  readonly leg = $derived.by<LegFrame | null>(() => {
    const all = [...this.#legs.values()];
    return all.find((one) => one.phase !== "ringing") ?? all[0] ?? null;
  });

  /** Keeps the phone on until the result is called. */
  open(): () => void {
    this.#users += 1;
    if (this.#users === 1) untrack(() => void this.#start());
    return () => {
      this.#users -= 1;
      if (this.#users === 0) untrack(() => { this.#stop(); });
    };
  }

  /** Asks the browser for the microphone; from then on the phone rings. */
  async allow(): Promise<void> {
    context();
    if (await this.#listen()) this.#rest();
    this.#able();
  }

  async answer(): Promise<void> {
    const leg = this.leg;
    if (leg !== null && leg.phase === "ringing") await this.#answer(leg.leg);
  }

  reject(): void {
    const telephone = this.#telephone();
    if (telephone === null) this.#say("reject");
    else telephone.reject();
  }

  hangUp(): void {
    const telephone = this.#telephone();
    if (telephone === null) this.#say("hang_up");
    else telephone.hangUp();
  }

  /** Whether keys can be pressed into the call. */
  readonly keys = $derived.by(() => this.leg !== null && this.leg.phase !== "ringing" && this.#telephone() !== null);

  press(key: string): void {
    this.#telephone()?.press(key);
  }

  hold(on: boolean): void {
    this.#say("hold", { on });
  }

  mute(on: boolean): void {
    if (this.#stream !== null) for (const track of this.#stream.getTracks()) track.enabled = !on;
    const telephone = this.#telephone();
    if (telephone === null) this.#say("mute", { on });
    else telephone.mute(on);
  }

  /** Somebody touched the page: what was blocked may play. */
  play(): void {
    context();
    this.#peers.play();
    this.#exchange?.telephone?.play();
  }

  /** Telephone calls ring in this window from now on. */
  take(): void {
    this.#exchange?.front();
  }

  async choose(what: Partial<Chosen>): Promise<void> {
    this.#chosen = { ...this.#chosen, ...what };
    localStorage.setItem(storageKey, JSON.stringify(this.#chosen));
    if (what.ringer !== undefined) ringOn(what.ringer);
    if (what.speaker !== undefined) await this.#aim(what.speaker);
    if (what.microphone !== undefined && this.#stream !== null) {
      this.#rest();
      await this.#listen();
    }
  }

  // Inside

  /** The telephone that carries the call here; null for one from browser to browser. */
  #telephone(): Exchange["telephone"] {
    return this.leg !== null && this.#exchange?.has(this.leg.leg) === true ? this.#exchange.telephone : null;
  }

  async #aim(speaker: string | null): Promise<void> {
    await Promise.all([this.#peers.listen(speaker), this.#exchange?.listen(speaker)]);
  }

  #heard(): void {
    this.connected = this.#peers.heard || this.#exchange?.heard === true;
    this.blocked = this.#peers.blocked || this.#exchange?.blocked === true;
    if (this.connected) this.unheard = false;
  }

  #say(type: string, more: Readonly<Record<string, unknown>> = {}): void {
    const leg = this.leg;
    if (leg !== null) this.#link?.say({ type, leg: leg.leg, ...more });
  }

  async #start(): Promise<void> {
    if (this.#chosen.ringer !== null) ringOn(this.#chosen.ringer);
    this.#standing = await this.#permission();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.#link = new Link(`${scheme}://${location.host}/ws/phone?device=${encodeURIComponent(windowName())}`, {
      told: (told) => { this.#told(told); },
      line: (_up, code) => { this.#cut(code); },
    });
    addEventListener("focus", this.#front);
  }

  #stop(): void {
    removeEventListener("focus", this.#front);
    this.#link?.close();
    this.#link = null;
    this.#exchange?.close();
    this.#exchange = null;
    this.#legs.clear();
    this.#idle();
    this.#standing = "starting";
  }

  readonly #front = (): void => {
    this.#link?.say({ type: "front" });
    this.#exchange?.front();
  };

  async #permission(): Promise<Standing> {
    if ((navigator as { mediaDevices?: MediaDevices }).mediaDevices === undefined) return "missing";
    try {
      const found = await navigator.permissions.query({ name: "microphone" as PermissionName });
      found.onchange = () => { void this.#permission().then((standing) => { this.#standing = standing; this.#able(); }); };
      return found.state === "granted" ? "ready" : found.state === "denied" ? "refused" : "unasked";
    } catch {
      return "unasked"; // a browser that does not say is asked
    }
  }

  #able(): void {
    const ready = this.#standing === "ready";
    this.#link?.say({ type: "able", on: ready });
    if (ready) this.#exchange ??= this.#reach();
    else if (!this.#talks()) {
      this.#exchange?.close();
      this.#exchange = null;
    }
  }

  #reach(): Exchange {
    const exchange = new Exchange(windowName(), {
      line: (line) => { this.away = line === "elsewhere"; },
      leg: (leg) => { this.#rung(leg); },
      ended: (leg) => { this.#ended(leg); },
      changed: () => { this.#heard(); },
    });
    void exchange.listen(this.#chosen.speaker);
    return exchange;
  }

  #rung(leg: LegFrame): void {
    this.#legs.set(leg.leg, leg);
    this.#follow(leg);
    if (leg.phase === "ringing" && this.#wanted.delete(leg.leg)) void this.#answer(leg.leg);
  }

  #ended(leg: string): void {
    this.#legs.delete(leg);
    this.#wanted.delete(leg);
    if (!this.#talks()) this.#idle();
  }

  /** The legs that come by the line to the center are as it says; those of the telephone stay. */
  #clear(): void {
    for (const leg of [...this.#legs.keys()]) if (this.#exchange?.has(leg) !== true) this.#legs.delete(leg);
  }

  #cut(code: number | null): void {
    this.reached = false;
    if (code === 4409) this.#standing = "elsewhere";
    else if (code !== null) this.#standing = "offline";
    if (code !== null) {
      this.#exchange?.close();
      this.#exchange = null;
      this.#legs.clear();
      this.#idle();
    }
  }

  #told(told: Told): void {
    switch (told.type) {
      case "hello": void this.#hello(told.legs); break;
      case "leg": this.#legs.set(told.leg, told); this.#follow(told); break;
      case "taken":
      case "ended": this.#ended(told.leg); break;
      case "pick_up": this.#pickUp(told.leg); break;
      case "connect": this.#peers.connect(told); break;
      case "disconnect": this.#peers.disconnect(told.connection); break;
      case "signal": this.#peers.signal(told); break;
      case "unheard": this.unheard = true; break;
      case "place":
      case "pong":
      case "error": break;
      default: told satisfies never;
    }
  }

  /** The line is there (again): what we have is told, and what is talked goes on. */
  async #hello(legs: readonly LegFrame[]): Promise<void> {
    this.#clear();
    for (const leg of legs) this.#legs.set(leg.leg, leg);
    this.#able();
    if (document.hasFocus()) this.#front();
    if (!this.#talks()) this.#idle();
    else if (this.#stream === null) await this.#listen();
    for (const leg of legs) this.#follow(leg);
    const connections = this.#peers.kept;
    this.#peers.clear(connections);
    this.#link?.say({ type: "here", connections });
    this.reached = true;
  }

  #talks(): boolean {
    return [...this.#legs.values()].some((one) => one.phase !== "ringing");
  }

  #follow(leg: LegFrame): void {
    if (leg.phase === "ringing") return;
    if (this.#stream !== null) for (const track of this.#stream.getTracks()) track.enabled = !leg.muted;
    this.#tick();
  }

  #pickUp(leg: string): void {
    if (this.#legs.has(leg)) void this.#answer(leg);
    else {
      this.#wanted.clear(); // there is one call at a time
      this.#wanted.add(leg);
    }
  }

  async #answer(leg: string): Promise<void> {
    if (this.#stream === null && !(await this.#listen())) {
      this.#able(); // it cannot be spoken with: whoever else may take it does
      return;
    }
    if (this.#exchange?.has(leg) !== true) this.#link?.say({ type: "answer", leg });
    else if (this.#stream !== null) this.#exchange.telephone?.answer(this.#stream);
  }

  async #listen(): Promise<boolean> {
    try {
      this.#stream = await microphone(this.#chosen.microphone);
    } catch (error) {
      this.#standing = faultOf(error);
      return false;
    }
    this.#standing = "ready";
    this.#meter = new Meter(this.#stream);
    const [track] = this.#stream.getAudioTracks();
    if (track !== undefined) track.onended = () => { this.#rest(); if (this.#talks()) void this.#listen(); };
    await Promise.all([this.#peers.speak(track ?? null), this.#exchange?.telephone?.speak(track ?? null)]);
    await this.#aim(this.#chosen.speaker);
    this.devices = await navigator.mediaDevices.enumerateDevices();
    return true;
  }

  /** Lets the microphone go: nobody is listened to while nobody talks. */
  #rest(): void {
    const stream = this.#stream;
    this.#stream = null;
    this.#meter?.close();
    this.#meter = null;
    if (stream !== null) for (const track of stream.getTracks()) { track.onended = null; track.stop(); }
  }

  #idle(): void {
    for (const tick of this.#ticks.splice(0)) clearInterval(tick);
    this.#peers.clear();
    this.#rest();
    this.mine = 0;
    this.theirs = 0;
    this.quality = null;
    this.unheard = false;
  }

  #tick(): void {
    if (this.#ticks.length > 0) return;
    this.#ticks.push(
      setInterval(() => {
        this.mine = this.leg?.muted === true ? 0 : (this.#meter?.level() ?? 0);
        this.theirs = Math.max(this.#peers.level(), this.#exchange?.level() ?? 0);
      }, level_ms),
      setInterval(() => void this.#measure(), quality_ms),
    );
  }

  async #measure(): Promise<void> {
    this.quality = (await this.#peers.quality()) ?? (await this.#exchange?.quality()) ?? null;
    if (this.quality !== null) this.#say("quality", { ...this.quality });
  }
}

export const phone = new Phone();

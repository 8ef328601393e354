/** The phone of this desk: it rings, carries the talk to the other browser, and comes back after a reload. */
import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
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
}

function chosen(): Chosen {
  try {
    const found = JSON.parse(localStorage.getItem(storageKey) ?? "{}") as Partial<Record<keyof Chosen, unknown>>;
    const id = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
    return { microphone: id(found.microphone), speaker: id(found.speaker) };
  } catch {
    return { microphone: null, speaker: null };
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
  /** The networks on both sides let no sound through. */
  unheard = $state(false);
  /** The browser waits for a touch before it plays. */
  blocked = $state(false);
  devices = $state<readonly MediaDeviceInfo[]>([]);
  #link: Link | null = null;
  #stream: MediaStream | null = null;
  #meter: Meter | null = null;
  #users = 0;
  #ticks: ReturnType<typeof setInterval>[] = [];
  readonly #peers = new Peers({
    say: (frame) => this.#link?.say(frame),
    changed: () => {
      this.connected = this.#peers.heard;
      this.blocked = this.#peers.blocked;
      if (this.connected) this.unheard = false;
    },
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
    this.#say("reject");
  }

  hangUp(): void {
    this.#say("hang_up");
  }

  hold(on: boolean): void {
    this.#say("hold", { on });
  }

  mute(on: boolean): void {
    if (this.#stream !== null) for (const track of this.#stream.getTracks()) track.enabled = !on;
    this.#say("mute", { on });
  }

  /** Somebody touched the page: what was blocked may play. */
  play(): void {
    context();
    this.#peers.play();
  }

  async choose(what: Partial<Chosen>): Promise<void> {
    this.#chosen = { ...this.#chosen, ...what };
    localStorage.setItem(storageKey, JSON.stringify(this.#chosen));
    if (what.speaker !== undefined) await this.#peers.listen(what.speaker);
    if (what.microphone !== undefined && this.#stream !== null) {
      this.#rest();
      await this.#listen();
    }
  }

  // Inside

  #say(type: string, more: Readonly<Record<string, unknown>> = {}): void {
    const leg = this.leg;
    if (leg !== null) this.#link?.say({ type, leg: leg.leg, ...more });
  }

  async #start(): Promise<void> {
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
    this.#legs.clear();
    this.#idle();
    this.#standing = "starting";
  }

  readonly #front = (): void => {
    this.#link?.say({ type: "front" });
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
    this.#link?.say({ type: "able", on: this.#standing === "ready" });
  }

  #cut(code: number | null): void {
    if (code === 4409) this.#standing = "elsewhere";
    else if (code !== null) this.#standing = "offline";
    if (code !== null) {
      this.#legs.clear();
      this.#idle();
    }
  }

  #told(told: Told): void {
    switch (told.type) {
      case "hello": void this.#hello(told.legs); break;
      case "leg": this.#legs.set(told.leg, told); this.#follow(told); break;
      case "taken":
      case "ended": this.#legs.delete(told.leg); if (!this.#talks()) this.#idle(); break;
      case "pick_up": void this.#answer(told.leg); break;
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
    this.#legs.clear();
    for (const leg of legs) this.#legs.set(leg.leg, leg);
    this.#able();
    if (document.hasFocus()) this.#front();
    if (!this.#talks()) this.#idle();
    else if (this.#stream === null) await this.#listen();
    for (const leg of legs) this.#follow(leg);
    const connections = this.#peers.kept;
    this.#peers.clear(connections);
    this.#link?.say({ type: "here", connections });
  }

  #talks(): boolean {
    return [...this.#legs.values()].some((one) => one.phase !== "ringing");
  }

  #follow(leg: LegFrame): void {
    if (leg.phase === "ringing") return;
    if (this.#stream !== null) for (const track of this.#stream.getTracks()) track.enabled = !leg.muted;
    this.#tick();
  }

  async #answer(leg: string): Promise<void> {
    if (this.#stream === null && !(await this.#listen())) {
      this.#able(); // it cannot be spoken with: whoever else may take it does
      return;
    }
    this.#link?.say({ type: "answer", leg });
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
    await this.#peers.speak(track ?? null);
    await this.#peers.listen(this.#chosen.speaker);
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
        this.theirs = this.#peers.level();
      }, level_ms),
      setInterval(() => void this.#measure(), quality_ms),
    );
  }

  async #measure(): Promise<void> {
    this.quality = await this.#peers.quality();
    if (this.quality !== null) this.#say("quality", { ...this.quality });
  }
}

export const phone = new Phone();

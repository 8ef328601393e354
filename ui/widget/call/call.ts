/** A customer's call: the microphone, the token, the line to the center, and the sound. */
import { Link } from "../../src/phone/link";
import { Peers } from "../../src/phone/peers";
import { context, faultOf, Meter, microphone, Music } from "../../src/phone/sound";
import type { LegFrame, PlaceFrame, Told } from "../../src/phone/wire";
import type { Memory } from "../src/memory";
import type { Options } from "../src/options";

const quality_ms = 5000;

export type Stage = "form" | "asking" | "calling" | "waiting" | "held" | "talking" | "ended";
export type Fault = "refused" | "missing" | "busy" | "closed" | "unknown" | "tooMany" | "badNumber";
export type End = "ended" | "lost" | "notTaken";

export interface Caller {
  readonly name: string;
  readonly number: string;
}

export class Call {
  stage: Stage = "form";
  fault: Fault | null = null;
  /** What the queue says to those who come too late, and when it opens. */
  words = "";
  opensAt: number | null = null;
  end: End = "ended";
  leg: LegFrame | null = null;
  place: PlaceFrame | null = null;
  connected = false;
  /** Keys that are pressed are heard over there. */
  keys = false;
  unheard = false;
  blocked = false;
  /** The line to the center is cut for now. */
  cut = false;
  talkedSince: number | null = null;
  talked_ms = 0;
  #link: Link | null = null;
  #stream: MediaStream | null = null;
  #meter: Meter | null = null;
  #tick: ReturnType<typeof setInterval> | undefined;
  readonly #music = new Music();
  readonly #peers = new Peers({
    say: (frame) => this.#link?.say(frame),
    changed: () => {
      this.connected = this.#peers.heard;
      this.blocked = this.#peers.blocked;
      if (this.connected) {
        this.unheard = false;
        if (this.leg?.phase === "talking") this.talkedSince ??= Date.now();
      }
      this.changed();
    },
  });

  constructor(
    private readonly options: Options,
    private readonly memory: Memory,
    private readonly changed: () => void,
  ) {}

  /** How loud we are here and they there, 0 to 100. */
  levels(): { mine: number; theirs: number } {
    return { mine: this.leg?.muted === true ? 0 : (this.#meter?.level() ?? 0), theirs: this.#peers.level() };
  }

  /** Goes on with the call that this page had before it was loaded again. */
  async resume(): Promise<void> {
    const token = this.memory.get<string>("call");
    if (token === undefined || token === null) return;
    this.#to("calling");
    await this.#listen();
    this.#connect(token);
  }

  async begin(caller: Caller): Promise<void> {
    context();
    this.fault = null;
    this.words = "";
    this.opensAt = null;
    this.place = null;
    this.talkedSince = null;
    this.talked_ms = 0;
    this.#to("asking");
    if (!(await this.#listen())) {
      this.#to("form");
      return;
    }
    const token = await this.#ask(caller);
    if (token === null) {
      this.#rest();
      this.#to("form");
      return;
    }
    this.memory.set("call", token);
    this.#to("calling");
    this.#connect(token);
  }

  hangUp(): void {
    if (this.leg === null) this.#over("ended");
    else this.#link?.say({ type: "hang_up", leg: this.leg.leg });
  }

  mute(on: boolean): void {
    this.#speak(!on);
    if (this.leg !== null) this.#link?.say({ type: "mute", leg: this.leg.leg, on });
  }

  press(digit: string): void {
    if (this.leg !== null) this.#link?.say({ type: "digits", leg: this.leg.leg, digits: digit });
  }

  play(): void {
    context();
    this.#peers.play();
  }

  again(): void {
    this.fault = null;
    this.#to("form");
  }

  // Inside

  #to(stage: Stage): void {
    this.stage = stage;
    this.changed();
  }

  async #listen(): Promise<boolean> {
    try {
      this.#stream = await microphone(null);
    } catch (error) {
      this.fault = faultOf(error);
      return false;
    }
    this.#meter = new Meter(this.#stream);
    await this.#peers.speak(this.#stream.getAudioTracks()[0] ?? null);
    return true;
  }

  async #ask(caller: Caller): Promise<string | null> {
    const { base, inbox, locale } = this.options;
    const shown = await this.#fetch(`${base}api/v1/calls/inboxes/${encodeURIComponent(inbox)}?locale=${locale}`);
    if (shown === null) return null;
    if (shown["open"] === false) {
      this.fault = "closed";
      this.words = typeof shown["words"] === "string" ? shown["words"] : "";
      this.opensAt = typeof shown["opens_at"] === "number" ? shown["opens_at"] : null;
      return null;
    }
    const begun = await this.#fetch(`${base}api/v1/calls`, {
      inbox,
      language: locale,
      ...(caller.name === "" ? {} : { name: caller.name }),
      ...(caller.number === "" ? {} : { number: caller.number }),
    });
    return typeof begun?.["token"] === "string" ? begun["token"] : null;
  }

  async #fetch(url: string, body?: object): Promise<Record<string, unknown> | null> {
    try {
      const answer = await fetch(url, {
        credentials: "omit",
        cache: "no-store",
        ...(body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
      });
      if (answer.ok) return (await answer.json()) as Record<string, unknown>;
      this.fault = answer.status === 429 ? "tooMany" : answer.status === 400 ? "badNumber" : "unknown";
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch says so when there is no way to the center
      this.fault = "unknown";
    }
    return null;
  }

  #connect(token: string): void {
    const address = `${this.options.base.replace(/^http/, "ws")}ws/call?token=${encodeURIComponent(token)}`;
    this.#link = new Link(address, {
      told: (told) => { this.#told(told); },
      line: (_up, code) => {
        this.cut = code === null;
        if (code !== null) this.#over(this.stage === "ended" ? this.end : "lost");
        else this.changed();
      },
    });
    this.#tick = setInterval(() => void this.#measure(), quality_ms);
  }

  #told(told: Told): void {
    this.cut = false;
    switch (told.type) {
      case "hello": this.keys = told.keys === true; this.#hello(told.legs); break;
      case "leg": this.#stands(told); break;
      case "place": this.place = told; this.changed(); break;
      case "connect": this.#peers.connect(told); break;
      case "disconnect": this.#peers.disconnect(told.connection); break;
      case "signal": this.#peers.signal(told); break;
      case "unheard": this.unheard = true; this.changed(); break;
      case "ended": this.#over(told.cause === "lost" || told.cause === "failed" ? "lost" : this.talkedSince === null && told.by !== "party" ? "notTaken" : "ended"); break;
      case "taken":
      case "pick_up":
      case "pong":
      case "error": break;
      default: told satisfies never;
    }
  }

  #hello(legs: readonly LegFrame[]): void {
    for (const leg of legs) this.#stands(leg);
    const connections = this.#peers.kept;
    this.#peers.clear(connections);
    this.#link?.say({ type: "here", connections });
  }

  #stands(leg: LegFrame): void {
    this.leg = leg;
    this.#speak(!leg.muted);
    this.#music.play(leg.phase === "waiting" && leg.music !== null);
    if (leg.phase === "talking") {
      this.place = null;
      if (this.connected) this.talkedSince ??= Date.now();
    }
    if (leg.phase === "ringing" || leg.phase === "quiet") this.#to(this.talkedSince === null ? "calling" : "held");
    else if (leg.phase === "waiting") this.#to(this.talkedSince === null ? "waiting" : "held");
    else this.#to("talking");
  }

  #speak(on: boolean): void {
    for (const track of this.#stream?.getTracks() ?? []) track.enabled = on;
  }

  async #measure(): Promise<void> {
    const quality = await this.#peers.quality();
    if (quality !== null && this.leg !== null) this.#link?.say({ type: "quality", leg: this.leg.leg, ...quality });
  }

  #over(end: End): void {
    this.end = end;
    this.talked_ms = this.talkedSince === null ? 0 : Date.now() - this.talkedSince;
    this.memory.drop("call");
    clearInterval(this.#tick);
    this.#link?.close();
    this.#link = null;
    this.leg = null;
    this.cut = false;
    this.connected = false;
    this.#music.play(false);
    this.#peers.clear();
    this.#rest();
    this.#to("ended");
  }

  #rest(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#meter?.close();
    this.#meter = null;
  }
}

/** The agent's telephone at an Asterisk, in this page: SIP over our own origin. Loaded only where there is one. */
import { UA, WebSocketInterface } from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession";
import type { IncomingRequest } from "jssip/lib/SIPMessage";
import { Ear } from "./ear";
import { counted, quality, type Counted } from "./quality";
import type { LegFrame, Quality } from "./wire";

/** With what this page registers, as the center gave it. */
export interface Pass {
  readonly user: string;
  readonly password: string;
  readonly expires_at: number;
  readonly ice_servers: readonly RTCIceServer[];
}

/** Where the phone stands: on its way, there, in need of a new password, taken by another window, or ended by the center. */
export type Line = "coming" | "ready" | "unknown" | "elsewhere" | "ended";

interface Ears {
  readonly line: (line: Line) => void;
  readonly leg: (leg: LegFrame) => void;
  readonly ended: (leg: string) => void;
  /** Something is different in what is heard. */
  readonly changed: () => void;
}

/** The codes with which the center closes the line for good. */
const elsewhere = 4409;
const final = new Set([4400, 4401, 4403, elsewhere]);
const nowhere = "warmline.invalid";
const registered_s = 300;
/** So long the ways through a network are looked for; those that were found by then are told. */
const patience_ms = 1000;
const busy = 486;
const declined = 603;

interface Talk {
  readonly leg: string;
  readonly session: RTCSession;
  readonly ear: Ear;
  readonly facts: Readonly<Record<string, string>>;
  readonly role: string | undefined;
  before: Counted | null;
  answered_at: number | null;
  muted: boolean;
  answering: boolean;
}

export class Telephone {
  readonly #agent: UA;
  readonly #socket: WebSocketInterface;
  #talk: Talk | null = null;
  #speaker: string | null = null;
  #ice: readonly RTCIceServer[];
  #over = false;
  #was = false;

  constructor(
    pass: Pass,
    address: string,
    window: string,
    private readonly ears: Ears,
  ) {
    this.#ice = pass.ice_servers;
    this.#socket = new WebSocketInterface(address);
    this.#agent = new UA({
      sockets: [this.#socket],
      uri: `sip:${pass.user}@${nowhere}`,
      // The same after a reload, so that what rang before still rings here.
      contact_uri: `sip:${window}@${nowhere};transport=ws`,
      authorization_user: pass.user,
      password: pass.password,
      register_expires: registered_s,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 5,
      user_agent: "Warmline",
    });
    this.#agent.on("registered", () => { this.#stands(); });
    this.#agent.on("registrationFailed", () => { this.#says(this.#agent.isConnected() ? "unknown" : "coming"); });
    this.#agent.on("disconnected", (event) => { this.#cut((event as { code?: number }).code ?? 0); });
    this.#agent.on("newRTCSession", ({ session, request, originator }: { session: RTCSession; request: unknown; originator: string }) => {
      if (originator === "remote") this.#rung(session, request as IncomingRequest);
    });
    this.#agent.start();
  }

  /** A later password for the same phone. */
  renew(pass: Pass): void {
    this.#ice = pass.ice_servers;
    this.#agent.set("password", pass.password);
    if (this.#agent.isConnected() && !this.#agent.isRegistered()) this.#agent.register();
  }

  has(leg: string): boolean {
    return this.#talk?.leg === leg;
  }

  /** Whether the other side can be heard. */
  get heard(): boolean {
    return this.#talk !== null && this.#wire()?.connectionState === "connected";
  }

  get blocked(): boolean {
    return this.#talk?.ear.blocked ?? false;
  }

  level(): number {
    return this.#talk?.ear.level() ?? 0;
  }

  play(): void {
    void this.#talk?.ear.play();
  }

  answer(stream: MediaStream): void {
    const talk = this.#talk;
    if (talk === null || talk.answering) return;
    talk.answering = true;
    talk.session.answer({ mediaStream: stream, pcConfig: { iceServers: [...this.#ice] } });
  }

  reject(): void {
    this.#talk?.session.terminate({ status_code: declined });
  }

  hangUp(): void {
    this.#talk?.session.terminate();
  }

  mute(on: boolean): void {
    if (this.#talk === null) return;
    this.#talk.muted = on;
    this.#show(this.#talk);
  }

  /** Keys, as on a telephone. */
  press(key: string): void {
    const rfc4733 = { transportType: "RFC2833" } as object;
    this.#talk?.session.sendDTMF(key, rfc4733);
  }

  /** The microphone from now on. */
  async speak(track: MediaStreamTrack | null): Promise<void> {
    await this.#wire()?.getSenders()[0]?.replaceTrack(track);
  }

  async listen(speaker: string | null): Promise<void> {
    this.#speaker = speaker;
    await this.#talk?.ear.aim(speaker);
  }

  /** The quality since it was asked last; null when nothing comes in. */
  async quality(): Promise<Quality | null> {
    const talk = this.#talk;
    const wire = this.#wire();
    if (talk === null || wire === null) return null;
    const report = await wire.getStats();
    const now = counted(report.values() as Iterable<Record<string, unknown>>);
    if (now === null) return null;
    const found = quality(talk.before, now);
    talk.before = now;
    return found;
  }

  /** Goes without a word: nobody hung up, so that the center may ring the talk up again elsewhere. */
  close(): void {
    this.#over = true;
    this.#socket.disconnect();
    this.#agent.stop();
  }

  // Inside

  #wire(): RTCPeerConnection | null {
    // There is none before the call is answered, whatever the types of the library say.
    return (this.#talk?.session.connection as RTCPeerConnection | null | undefined) ?? null;
  }

  #says(line: Line): void {
    if (!this.#over) this.ears.line(line);
  }

  #stands(): void {
    // After a cut the other side must learn where this one is now.
    if (this.#was && this.#talk?.session.isEstablished() === true) this.#talk.session.renegotiate();
    this.#was = true;
    this.#says("ready");
  }

  #cut(code: number): void {
    if (this.#over) return;
    this.#says(code === elsewhere ? "elsewhere" : final.has(code) ? "ended" : "coming");
    if (final.has(code)) this.close();
  }

  #rung(session: RTCSession, request: IncomingRequest): void {
    const fact = (name: string): string | undefined => request.getHeader(`X-Warmline-${name}`) as string | undefined;
    const leg = fact("Leg");
    if (leg === undefined || this.#talk !== null) {
      session.terminate({ status_code: busy });
      return;
    }
    const facts: Record<string, string> = {};
    for (const name of ["interaction", "offer", "consult"]) {
      const value = fact(name);
      if (value !== undefined) facts[name] = value;
    }
    const ear = new Ear(this.ears.changed);
    const talk: Talk = { leg, session, ear, facts, role: fact("Role"), before: null, answered_at: null, muted: false, answering: false };
    this.#talk = talk;
    session.on("peerconnection", ({ peerconnection }: { peerconnection: RTCPeerConnection }) => {
      peerconnection.ontrack = ({ track }) => { ear.hear(track, this.#speaker); };
      peerconnection.onconnectionstatechange = this.ears.changed;
    });
    let found: ReturnType<typeof setTimeout> | undefined;
    session.on("icecandidate", ({ ready }: { ready: () => void }) => { found ??= setTimeout(ready, patience_ms); });
    session.on("confirmed", () => { clearTimeout(found); talk.answered_at ??= Date.now(); this.#show(talk); });
    const ended = (): void => { clearTimeout(found); this.#ended(talk); };
    session.on("ended", ended);
    session.on("failed", ended);
    this.#show(talk);
  }

  #show(talk: Talk): void {
    const { leg, facts, muted, answered_at, role } = talk;
    this.ears.leg({ type: "leg", leg, phase: answered_at === null ? "ringing" : "talking", answered_at, music: null, muted, mode: "talk", facts, ...(role === undefined ? {} : { role }) });
  }

  #ended(talk: Talk): void {
    talk.ear.close();
    if (this.#talk === talk) this.#talk = null;
    this.ears.ended(talk.leg);
  }
}

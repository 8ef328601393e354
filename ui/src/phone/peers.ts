/** The connections of this page to the other pages of its calls, as the center orders them. */
import { Ear } from "./ear";
import { counted, quality, type Counted } from "./quality";
import type { ConnectFrame, Quality, Saying, SignalFrame } from "./wire";

/** A connection that was cut for so long is given up and made anew. */
const patience_ms = 4000;

interface Ears {
  readonly say: (frame: Saying) => void;
  /** Something is different: connected, gone, or the browser wants a touch before it plays. */
  readonly changed: () => void;
}

class Peer {
  readonly line: RTCPeerConnection;
  before: Counted | null = null;
  up = false;
  /** What is done with it is done one after another. */
  turn: Promise<void> = Promise.resolve();
  readonly early: RTCIceCandidateInit[] = [];
  cutAt: ReturnType<typeof setTimeout> | undefined;

  readonly ear: Ear;

  constructor(readonly frame: ConnectFrame, changed: () => void) {
    this.ear = new Ear(changed);
    this.line = new RTCPeerConnection({ iceServers: [...frame.ice] });
  }

  get direction(): RTCRtpTransceiverDirection {
    const { send, receive } = this.frame;
    return send && receive ? "sendrecv" : send ? "sendonly" : receive ? "recvonly" : "inactive";
  }

  close(): void {
    clearTimeout(this.cutAt);
    this.line.close();
    this.ear.close();
  }
}

export class Peers {
  readonly #peers = new Map<string, Peer>();
  #track: MediaStreamTrack | null = null;
  #speaker: string | null = null;

  constructor(private readonly ears: Ears) {}

  /** Whether somebody is connected now. */
  get heard(): boolean {
    return [...this.#peers.values()].some((one) => one.up);
  }

  /** The connections that carry sound, by id: what is kept when only the line to the center was cut. */
  get kept(): string[] {
    return [...this.#peers].filter(([, one]) => one.up).map(([id]) => id);
  }

  /** Whether the browser waits for a touch before it plays. */
  get blocked(): boolean {
    return [...this.#peers.values()].some((one) => one.ear.blocked);
  }

  /** How loud the others are, 0 to 100. */
  level(): number {
    return Math.max(0, ...[...this.#peers.values()].map((one) => one.ear.level()));
  }

  /** The microphone from now on, also on connections that are there. */
  async speak(track: MediaStreamTrack | null): Promise<void> {
    this.#track = track;
    await Promise.all([...this.#peers.values()].filter((one) => one.frame.send).map(async (one) => one.line.getSenders()[0]?.replaceTrack(track)));
  }

  /** The loudspeaker from now on; browsers that cannot choose one play on theirs. */
  async listen(device: string | null): Promise<void> {
    this.#speaker = device;
    await Promise.all([...this.#peers.values()].map((one) => one.ear.aim(device)));
  }

  /** The browser may play now: somebody touched the page. */
  play(): void {
    for (const one of this.#peers.values()) void one.ear.play();
  }

  connect(frame: ConnectFrame): void {
    const peer = new Peer(frame, this.ears.changed);
    this.#peers.set(frame.connection, peer);
    peer.line.onicecandidate = ({ candidate }) => { if (candidate !== null) this.#signal(peer, "candidate", candidate.toJSON()); };
    peer.line.ontrack = ({ track }) => { this.#hear(peer, track); };
    peer.line.onconnectionstatechange = () => { this.#stands(peer); };
    if (frame.offers) this.#do(peer, () => this.#offer(peer));
  }

  disconnect(connection: string): void {
    this.#peers.get(connection)?.close();
    if (this.#peers.delete(connection)) this.ears.changed();
  }

  signal(frame: SignalFrame): void {
    const peer = this.#peers.get(frame.connection);
    if (peer !== undefined) this.#do(peer, () => this.#take(peer, frame.kind, JSON.parse(frame.body) as RTCSessionDescriptionInit & RTCIceCandidateInit));
  }

  /** Ends all connections, or those that are not among some. */
  clear(but: readonly string[] = []): void {
    for (const id of [...this.#peers.keys()]) if (!but.includes(id)) this.disconnect(id);
  }

  /** The worst quality of the connections since it was asked last; null when nothing comes in. */
  async quality(): Promise<Quality | null> {
    const all = await Promise.all([...this.#peers.values()].filter((one) => one.up).map(async (one) => {
      const report = await one.line.getStats();
      const now = counted(report.values() as Iterable<Record<string, unknown>>);
      if (now === null) return null;
      const found = quality(one.before, now);
      one.before = now;
      return found;
    }));
    return all.reduce((worst, one) => (one !== null && (worst === null || one.mos < worst.mos) ? one : worst), null);
  }

  // Inside

  #do(peer: Peer, deed: () => Promise<void>): void {
    peer.turn = peer.turn.then(deed).catch(() => { this.#fail(peer); });
  }

  async #offer(peer: Peer): Promise<void> {
    peer.line.addTransceiver(peer.frame.send && this.#track !== null ? this.#track : "audio", { direction: peer.direction });
    await peer.line.setLocalDescription();
    this.#signal(peer, "offer", peer.line.localDescription);
  }

  async #take(peer: Peer, kind: SignalFrame["kind"], body: RTCSessionDescriptionInit & RTCIceCandidateInit): Promise<void> {
    if (kind === "candidate") {
      if (peer.line.remoteDescription === null) peer.early.push(body);
      else await peer.line.addIceCandidate(body);
      return;
    }
    await peer.line.setRemoteDescription(body);
    for (const one of peer.early.splice(0)) await peer.line.addIceCandidate(one);
    if (kind === "answer") return;
    for (const one of peer.line.getTransceivers()) {
      one.direction = peer.direction;
      if (peer.frame.send) await one.sender.replaceTrack(this.#track);
    }
    await peer.line.setLocalDescription();
    this.#signal(peer, "answer", peer.line.localDescription);
  }

  #signal(peer: Peer, kind: SignalFrame["kind"], body: object | null): void {
    const { leg, connection } = peer.frame;
    this.ears.say({ type: "signal", leg, connection, kind, body: JSON.stringify(body) });
  }

  #hear(peer: Peer, track: MediaStreamTrack): void {
    if (!peer.frame.receive) return;
    peer.ear.hear(track, this.#speaker);
  }

  #stands(peer: Peer): void {
    const state = peer.line.connectionState;
    clearTimeout(peer.cutAt);
    if (state === "connected" && !peer.up) {
      peer.up = true;
      this.ears.say({ type: "up", leg: peer.frame.leg, connection: peer.frame.connection });
    } else if (state === "disconnected") peer.cutAt = setTimeout(() => { this.#fail(peer); }, patience_ms);
    else if (state === "failed") this.#fail(peer);
    this.ears.changed();
  }

  #fail(peer: Peer): void {
    if (this.#peers.get(peer.frame.connection) !== peer) return;
    peer.up = false;
    this.ears.say({ type: "failed", leg: peer.frame.leg, connection: peer.frame.connection });
    this.ears.changed();
  }
}

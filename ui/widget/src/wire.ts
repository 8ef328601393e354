/** The live line to the center: one WebSocket, opened again with growing pauses until it is closed on purpose. */
import type { Frame } from "./fold";

/** "lost" until the center has greeted us again. */
export type LineState = "off" | "connecting" | "on" | "lost";

const firstPauseMs = 500;
const longestPauseMs = 20_000;
/** A center that takes the call and says nothing is as good as none. */
const greetingWithinMs = 10_000;
const pingEveryMs = 25_000;
const silenceAtMostMs = 40_000;
/** The close code of a center that does not know our token (any more). */
const unauthorised = 4401;

/** The pause before the next try, ms: doubles up to 20 s; between half and all of it, by `chance` (0 to 1). */
export function pause(attempt: number, chance: number): number {
  const whole = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 10));
  return Math.round(whole * (0.5 + chance / 2));
}

export interface LineEnds {
  address: () => string;
  receive: (frame: Frame) => void;
  changed: (state: LineState) => void;
  /** Asked after repeated failures: is there still something to connect to? */
  stillThere: () => Promise<boolean>;
}

export class Line {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private timer = 0;
  private pulse = 0;
  private greeting = 0;
  private heardAt = 0;
  private wanted = false;

  constructor(private readonly ends: LineEnds) {
    window.addEventListener("online", () => this.hurry());
    window.addEventListener("offline", () => this.socket?.close());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.hurry();
    });
  }

  open(): void {
    this.wanted = true;
    if (!this.socket) this.connect();
  }

  close(): void {
    this.wanted = false;
    clearTimeout(this.timer);
    if (this.socket) this.drop(this.socket);
    this.ends.changed("off");
  }

  /** False when the line is down: the caller keeps what it wanted to say. */
  send(frame: unknown): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private hurry(): void {
    if (!this.wanted || this.socket) return;
    this.attempt = 1;
    this.connect();
  }

  private connect(): void {
    clearTimeout(this.timer);
    if (this.attempt === 0) this.ends.changed("connecting");
    const socket = new WebSocket(this.ends.address());
    this.socket = socket;
    this.heardAt = Date.now();
    this.greeting = window.setTimeout(() => this.drop(socket), greetingWithinMs);
    this.pulse = window.setInterval(() => this.beat(socket), pingEveryMs);
    socket.onmessage = (event: MessageEvent<string>) => {
      if (this.socket !== socket) return;
      this.heardAt = Date.now();
      const frame = JSON.parse(event.data) as Frame;
      if (frame.type === "hello") {
        clearTimeout(this.greeting);
        this.attempt = 0;
        this.ends.changed("on");
      }
      this.ends.receive(frame);
    };
    socket.onclose = (event) => this.lost(socket, event.code === unauthorised);
  }

  private beat(socket: WebSocket): void {
    if (Date.now() - this.heardAt > silenceAtMostMs) this.drop(socket);
    else this.send({ type: "ping" });
  }

  private drop(socket: WebSocket): void {
    socket.close();
    this.lost(socket);
  }

  private lost(socket: WebSocket, refused = false): void {
    if (this.socket !== socket) return;
    clearInterval(this.pulse);
    clearTimeout(this.greeting);
    this.socket = null;
    if (this.wanted) void this.again(refused);
  }

  private async again(refused: boolean): Promise<void> {
    this.ends.changed("lost");
    this.attempt += 1;
    const ask = refused || this.attempt % 3 === 2;
    if (ask && !(await this.ends.stillThere())) return;
    if (this.socket || !this.wanted) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (this.wanted && !this.socket) this.connect();
    }, pause(this.attempt, Math.random()));
  }
}

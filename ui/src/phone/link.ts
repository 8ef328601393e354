/** The socket of a page that takes part in calls: it comes back by itself until it is told not to. */
import type { Saying, Told } from "./wire";

const firstPause_ms = 250;
const longestPause_ms = 5000;
/** A line that is silent for so long is asked whether it is alive, and given up after twice that. */
const quiet_ms = 8000;
/** Signed out, another site, another window, too slow to be let in, and: the call is over. */
const final = new Set([4401, 4403, 4409, 4410]);

interface Ears {
  readonly told: (told: Told) => void;
  /** The line is there, or it is cut (with the code when it will not come back). */
  readonly line: (up: boolean, code: number | null) => void;
}

export class Link {
  #socket: WebSocket | null = null;
  #tries = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(
    private readonly address: string,
    private readonly ears: Ears,
  ) {
    this.#dial();
    addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#hurry);
  }

  /** Sends a frame; lost when there is no line, for both sides begin anew when it is back. */
  say(frame: Saying): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  close(): void {
    this.#over = true;
    clearTimeout(this.#again);
    clearTimeout(this.#quiet);
    removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#hurry);
    this.#socket?.close();
  }

  readonly #hurry = (): void => {
    if (this.#over || this.#socket !== null || document.visibilityState === "hidden") return;
    clearTimeout(this.#again);
    this.#dial();
  };

  #dial(): void {
    const socket = new WebSocket(this.address);
    this.#socket = socket;
    socket.onopen = () => { this.#listen(socket); };
    socket.onmessage = (message: MessageEvent<string>) => {
      if (this.#socket !== socket) return;
      this.#tries = 0;
      this.#listen(socket);
      this.ears.told(JSON.parse(message.data) as Told);
    };
    socket.onclose = ({ code }) => { this.#cut(socket, code); };
  }

  #listen(socket: WebSocket): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.say({ type: "ping" });
      this.#quiet = setTimeout(() => { this.#cut(socket, 1006); socket.close(); }, quiet_ms);
    }, quiet_ms);
  }

  #cut(socket: WebSocket, code: number): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    clearTimeout(this.#quiet);
    const ends = final.has(code);
    if (!this.#over) this.ears.line(false, ends ? code : null);
    if (ends) this.#over = true;
    if (this.#over) return;
    const pause = Math.min(longestPause_ms, firstPause_ms * 2 ** this.#tries++);
    this.#again = setTimeout(() => { this.#dial(); }, pause * (0.75 + Math.random() / 2));
  }
}

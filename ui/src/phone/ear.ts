/** Where the other side of a call is heard: a player on the chosen loudspeaker, and how loud it is. */
import { Meter } from "./sound";

export class Ear {
  readonly #player = new Audio();
  #meter: Meter | null = null;
  /** Whether the browser waits for a touch before it plays. */
  blocked = false;

  constructor(private readonly changed: () => void) {}

  hear(track: MediaStreamTrack, speaker: string | null): void {
    const stream = new MediaStream([track]);
    this.#player.srcObject = stream;
    this.#meter?.close();
    this.#meter = new Meter(stream);
    void this.aim(speaker);
    void this.play();
  }

  /** How loud it is, 0 to 100. */
  level(): number {
    return this.#meter?.level() ?? 0;
  }

  async play(): Promise<void> {
    if (this.#player.srcObject === null) return;
    try {
      await this.#player.play();
      this.blocked = false;
    } catch (error) {
      this.blocked = error instanceof DOMException && error.name === "NotAllowedError";
    }
    this.changed();
  }

  /** The loudspeaker from now on; browsers that cannot choose one play on theirs. */
  async aim(speaker: string | null): Promise<void> {
    const player = this.#player as HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };
    try {
      await player.setSinkId?.(speaker ?? "");
    } catch {
      // The chosen one is not plugged in: it sounds where the browser plays by itself.
    }
  }

  close(): void {
    this.#player.srcObject = null;
    this.#meter?.close();
    this.#meter = null;
  }
}

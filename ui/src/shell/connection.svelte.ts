/** Whether the live figures are true now; whoever holds the live socket says so. */
import { untrack } from "svelte";
import { clock } from "../clock.svelte";

/** After this long without the feed the page says so, in milliseconds. */
export const quietLimit_ms = 5000;

class Connection {
  #wanted = $state(false);
  #on = $state(false);
  #trueAt = $state<number | null>(null);
  #lostAt = $state<number | null>(null);

  /** A socket is being opened for this page; until the first answer nothing is shown for five seconds. */
  open(): void {
    this.#wanted = true;
    // Called from effects, which must not run again because of what is said here.
    if (untrack(() => this.#lostAt) === null) this.#lostAt = clock.exact;
  }

  /** Something came: the figures are those of `server_ms`. */
  heard(server_ms: number): void {
    this.#wanted = true;
    this.#on = true;
    this.#trueAt = server_ms;
    this.#lostAt = null;
  }

  lost(): void {
    this.#on = false;
    this.#lostAt ??= clock.exact;
  }

  /** The page has no live figures any more. */
  close(): void {
    this.#wanted = false;
    this.#on = false;
    this.#lostAt = null;
    this.#trueAt = null;
  }

  get on(): boolean {
    return this.#on;
  }

  /** When the figures were last true; null before the first answer. */
  get trueAt(): number | null {
    return this.#trueAt;
  }

  /** Whether people should be told. */
  get stale(): boolean {
    return this.#wanted && !this.#on && this.#lostAt !== null && clock.now - this.#lostAt >= quietLimit_ms;
  }
}

export const connection = new Connection();

/** The center's time on this page: the server's clock, carried on by the browser's monotonic one, with one interval for all. */
import { createSubscriber } from "svelte/reactivity";

export class Clock {
  /** Server time minus the page's monotonic time, in milliseconds. */
  #offset_ms: number;
  #shown: number;
  #update: (() => void) | null = null;
  readonly #monotonic: () => number;
  readonly #subscribe: () => void;

  constructor(monotonic: () => number = () => performance.now(), wall: () => number = () => Date.now()) {
    this.#monotonic = monotonic;
    this.#offset_ms = wall() - monotonic();
    this.#shown = this.exact;
    this.#subscribe = createSubscriber((update) => {
      this.#update = update;
      this.#shown = this.exact;
      const timer = setInterval(() => {
        this.#tick();
      }, 1000);
      return () => {
        clearInterval(timer);
        this.#update = null;
      };
    });
  }

  /** The server said that it is `server_ms` now (since the epoch). */
  set(server_ms: number): void {
    this.#offset_ms = server_ms - this.#monotonic();
    this.#tick();
  }

  /** Milliseconds since the epoch, this very moment; not reactive. */
  get exact(): number {
    return Math.round(this.#monotonic() + this.#offset_ms);
  }

  /** Milliseconds since the epoch, the same for everything on the page, new each second; reactive. */
  get now(): number {
    this.#subscribe();
    return this.#update === null ? this.exact : this.#shown;
  }

  #tick(): void {
    this.#shown = this.exact;
    this.#update?.();
  }
}

export const clock = new Clock();

/** Keeps a page from being left with something unsaved on it: asks first, in the page and in the browser. */
import { router } from "../shell/router.svelte";

export class Guarded {
  asking = $state(false);
  #wanted: string | null = null;
  #letGo: () => void = () => {};

  constructor(private readonly dirty: () => boolean) {}

  /** For an effect: holds the page while there is something to lose. */
  watch(): (() => void) | undefined {
    if (!this.dirty()) return undefined;
    const stop = router.hold((address) => {
      this.#wanted = address;
      this.asking = true;
    });
    this.#letGo = stop;
    const warn = (event: BeforeUnloadEvent): void => { event.preventDefault(); };
    window.addEventListener("beforeunload", warn);
    return () => {
      stop();
      window.removeEventListener("beforeunload", warn);
    };
  }

  /** The next way out is free: what is on the page was kept, or is meant to go. */
  let(): void {
    this.#letGo();
  }

  stay(): void {
    this.asking = false;
    this.#wanted = null;
  }

  leave(): void {
    this.asking = false;
    this.#letGo();
    if (this.#wanted !== null) router.go(this.#wanted);
    this.#wanted = null;
  }
}

/** The page's one polite voice for screen readers: at most one sentence in five seconds; and an assertive one for offers. */

export const pause_ms = 5000;

class Announcer {
  polite = $state("");
  assertive = $state("");
  #last = -Infinity;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** Says `sentence` when the last one is five seconds old; of several that wait, only the newest is said. */
  say(sentence: string): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const wait = Math.max(0, this.#last + pause_ms - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#last = performance.now();
      this.polite = sentence;
    }, wait);
  }

  /** Says `sentence` at once: for an offer, and again at five seconds. */
  interrupt(sentence: string): void {
    this.assertive = sentence;
  }
}

export const announcer = new Announcer();

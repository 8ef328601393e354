/** Short notices at the bottom left, for what the page does not show already: six seconds, longer while somebody looks. */
import { clock } from "../clock.svelte";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "idle" | "late";
  readonly undo: (() => void) | undefined;
  /** It counts down to this moment (milliseconds since the epoch, the center's clock), and is gone then. */
  readonly until: number | undefined;
}

/** How long a notice stands, and how many at once. */
export const toast_ms = 6000;
const atMost = 4;

class Toasts {
  list = $state<Toast[]>([]);
  #next = 1;
  #held = false;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  /** Shows `text`; with `undo` it offers to take the deed back. A fault stands until it is dismissed. */
  show(text: string, options: { undo?: () => void; tone?: "idle" | "late"; until?: number } = {}): number {
    const toast: Toast = { id: this.#next, text, tone: options.tone ?? "idle", undo: options.undo, until: options.until };
    this.#next += 1;
    this.list = [...this.list, toast].slice(-atMost);
    this.#start(toast);
    return toast.id;
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** Pointer or focus is on the notices: none goes away. */
  hold(): void {
    this.#held = true;
    for (const toast of this.list) {
      if (toast.until !== undefined) continue;
      clearTimeout(this.#timers.get(toast.id));
      this.#timers.delete(toast.id);
    }
  }

  release(): void {
    this.#held = false;
    for (const toast of this.list) this.#start(toast);
  }

  #start(toast: Toast): void {
    // What counts down ends with its time, whoever looks.
    if (toast.until !== undefined && this.#timers.has(toast.id)) return;
    if (toast.until === undefined && (this.#held || toast.tone === "late")) return;
    this.#timers.set(
      toast.id,
      setTimeout(() => {
        this.dismiss(toast.id);
      }, toast.until === undefined ? toast_ms : Math.max(0, toast.until - clock.exact)),
    );
  }
}

export const toasts = new Toasts();

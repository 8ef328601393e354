/** How this browser's desk behaves: sound, its volume, what Enter does, desktop notices, the width of the side. */

const storageKey = "warmline.desk";

interface Kept {
  readonly sound: boolean;
  /** 0 to 1. */
  readonly volume: number;
  readonly enterSends: boolean;
  /** Whether somebody was asked about desktop notices, and what they said. */
  readonly notices: "unasked" | "yes" | "no";
  readonly side_px: number;
}

export const side = { least: 320, usual: 376, most: 560 } as const;
const defaults: Kept = { sound: true, volume: 0.5, enterSends: true, notices: "unasked", side_px: side.usual };

function read(): Kept {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "null");
    if (typeof found !== "object" || found === null) return defaults;
    const one = { ...defaults, ...found } as Record<keyof Kept, unknown>;
    return {
      sound: one.sound !== false,
      volume: typeof one.volume === "number" ? Math.min(1, Math.max(0, one.volume)) : defaults.volume,
      enterSends: one.enterSends !== false,
      notices: one.notices === "yes" || one.notices === "no" ? one.notices : "unasked",
      side_px: typeof one.side_px === "number" ? Math.min(side.most, Math.max(side.least, one.side_px)) : defaults.side_px,
    };
  } catch {
    return defaults;
  }
}

class Preferences {
  #kept = $state<Kept>(read());

  get sound(): boolean {
    return this.#kept.sound;
  }

  get volume(): number {
    return this.#kept.volume;
  }

  get enterSends(): boolean {
    return this.#kept.enterSends;
  }

  get notices(): Kept["notices"] {
    return this.#kept.notices;
  }

  get side_px(): number {
    return this.#kept.side_px;
  }

  change(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change };
    try {
      localStorage.setItem(storageKey, JSON.stringify(this.#kept));
    } catch {
      // Not remembered, but in force.
    }
  }
}

export const preferences = new Preferences();

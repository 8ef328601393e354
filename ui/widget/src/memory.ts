/** What the browser remembers for one inbox of one center: shared by all tabs, or only by this one. */

interface Shelf {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Used where the browser forbids storage: everything works, until the page is left. */
class PageShelf implements Shelf {
  private kept = new Map<string, string>();
  get length(): number {
    return this.kept.size;
  }
  key(index: number): string | null {
    return [...this.kept.keys()][index] ?? null;
  }
  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.kept.set(key, value);
  }
  removeItem(key: string): void {
    this.kept.delete(key);
  }
}

/** The browser's storage, or a stand-in for this page where it is switched off. */
export function shelf(kind: "localStorage" | "sessionStorage"): Shelf {
  try {
    const real = window[kind];
    real.setItem("warmline", "1");
    real.removeItem("warmline");
    return real;
  } catch (refused) {
    if (refused instanceof DOMException) return new PageShelf();
    throw refused;
  }
}

export class Memory {
  constructor(
    private readonly shelf: Shelf,
    private readonly prefix: string,
  ) {}

  /** The value kept under `name`, or null when there is none or it cannot be read. */
  get<Value>(name: string): Value | null {
    const text = this.shelf.getItem(this.prefix + name);
    if (text === null) return null;
    try {
      return JSON.parse(text) as Value;
    } catch (broken) {
      if (broken instanceof SyntaxError) return null;
      throw broken;
    }
  }

  /** Keeps `value`; a full storage is not an error: the page still works until it is left. */
  set(name: string, value: unknown): void {
    try {
      this.shelf.setItem(this.prefix + name, JSON.stringify(value));
    } catch (full) {
      if (!(full instanceof DOMException)) throw full;
    }
  }

  drop(name: string): void {
    this.shelf.removeItem(this.prefix + name);
  }

  /** The names that start with `start`. */
  names(start = ""): string[] {
    const found: string[] = [];
    for (let index = 0; index < this.shelf.length; index += 1) {
      const key = this.shelf.key(index);
      if (key?.startsWith(this.prefix + start)) found.push(key.slice(this.prefix.length));
    }
    return found;
  }

  /** Calls `changed` with the name when another tab changed something of ours; "" means everything. */
  watch(changed: (name: string) => void): void {
    window.addEventListener("storage", (event) => {
      if (event.key === null) changed("");
      else if (event.key.startsWith(this.prefix)) changed(event.key.slice(this.prefix.length));
    });
  }
}

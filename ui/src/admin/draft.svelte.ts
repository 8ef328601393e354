/** What is being edited: the value, whether it differs from what is stored, and the faults of its fields. */
/* eslint svelte/prefer-svelte-reactivity: "off" -- the maps and sets here are never changed once they are made */
import { Problem } from "../api";

/** JSON with its keys in order, so that equal values have equal texts however they were edited. */
export function plainText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

export class Draft<T extends object> {
  value: T;
  readonly isNew: boolean;
  #problem = $state.raw<Problem | null>(null);
  #checked = $state.raw<ReadonlyMap<string, string>>(new Map());
  #busy = $state(false);
  #stored: string;

  constructor(value: T, isNew: boolean) {
    const held = $state(structuredClone($state.snapshot(value)) as T);
    this.value = held;
    this.isNew = isNew;
    this.#stored = plainText(value);
  }

  /** Whether leaving would lose something. */
  readonly dirty = $derived.by(() => plainText($state.snapshot(this.value)) !== this.#stored);

  get busy(): boolean {
    return this.#busy;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  get faults(): ReadonlyMap<string, string> {
    return this.#checked;
  }

  /** A copy of what is typed, for sending. */
  get plain(): T {
    return $state.snapshot(this.value) as T;
  }

  /** The fault of a field: our own check's, else the center's. "rings" also finds "rings.0.after_ms". */
  fault(name: string): string | undefined {
    const own = this.#checked.get(name);
    if (own !== undefined) return own;
    for (const [field, detail] of this.#problem?.fields ?? []) {
      if (field === name || field.startsWith(`${name}.`) || field.endsWith(`.${name}`)) return detail;
    }
    return undefined;
  }

  /** Stores it by `write` unless `check` finds faults. Null when it was refused; the problem is kept to be shown. */
  async save<Answer>(write: (value: T) => Promise<Answer>, check: (value: T) => ReadonlyMap<string, string>): Promise<Answer | null> {
    if (this.#busy) return null;
    this.#problem = null;
    this.#checked = check(this.plain);
    if (this.#checked.size > 0) return null;
    return await this.attempt(() => write(this.plain));
  }

  /** Any deed with this thing whose refusal belongs on its page. */
  async attempt<Answer>(deed: () => Promise<Answer>): Promise<Answer | null> {
    this.#busy = true;
    this.#problem = null;
    try {
      return await deed();
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      this.#problem = fault;
      return null;
    } finally {
      this.#busy = false;
    }
  }
}

/** Everything that can be done, by name: what Ctrl K lists. Rooms and screens register theirs while they stand. */
import { SvelteMap } from "svelte/reactivity";
import { keys, type Shortcut } from "../keys";
import type { IconOf } from "../parts/types";

export interface Action {
  readonly id: string;
  /** Read each time, so that it follows the language. */
  readonly label: () => string;
  readonly group: () => string;
  readonly icon?: IconOf;
  readonly hint?: () => string;
  /** A key for it, if it is daily: like "Alt+KeyE". */
  readonly combo?: string;
  readonly scope?: string;
  readonly when?: () => boolean;
  readonly run: () => void;
}

const registered = new SvelteMap<string, Action>();
const storageKey = "warmline.recent";
const recentAtMost = 5;

function remembered(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === "string").slice(0, recentAtMost) : [];
  } catch {
    return [];
  }
}

class Actions {
  #recent = $state<readonly string[]>(remembered());

  /** Adds actions, with their keys; the result takes them away. Meant for `$effect(() => actions.add(…))`. */
  add(...added: readonly Action[]): () => void {
    const ends = added.map((action) => {
      registered.set(action.id, action);
      const shortcut: Shortcut | null =
        action.combo === undefined
          ? null
          : { id: action.id, combo: action.combo, scope: action.scope ?? "page", label: action.label, run: action.run, ...(action.when === undefined ? {} : { when: action.when }) };
      const end = shortcut === null ? null : keys.register(shortcut);
      return () => {
        if (registered.get(action.id) === action) registered.delete(action.id);
        end?.();
      };
    });
    return () => {
      for (const end of ends) end();
    };
  }

  /** What can be done now. */
  get list(): Action[] {
    return [...registered.values()].filter((action) => action.when === undefined || action.when());
  }

  get recent(): readonly string[] {
    return this.#recent;
  }

  used(id: string): void {
    this.#recent = [id, ...this.#recent.filter((other) => other !== id)].slice(0, recentAtMost);
    try {
      localStorage.setItem(storageKey, JSON.stringify(this.#recent));
    } catch {
      // Then the list of recent ones lasts as long as the page.
    }
  }
}

export const actions = new Actions();

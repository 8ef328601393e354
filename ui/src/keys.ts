/** Keyboard shortcuts: registered with a name, matched by the physical key, listed for `?`, changeable and switched off in one place. */

/** Where a shortcut works: `everywhere` also inside dialogs (an offer), any other name only outside of them. */
export interface Shortcut {
  readonly id: string;
  /** Like "Alt+KeyA", "Ctrl+Enter", "Shift+Slash", "F6"; codes are `KeyboardEvent.code`. */
  readonly combo: string;
  readonly scope: string;
  readonly label: () => string;
  readonly run: (event: KeyboardEvent) => void;
  /** False while the shortcut has nothing to do; then the key is left to the browser. */
  readonly when?: () => boolean;
}

interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const storageKey = "warmline.keys";
const textInputs = new Set(["text", "search", "email", "url", "tel", "password", "number", "date", "time", "datetime-local", "month", "week"]);
const codeNames: Readonly<Record<string, string>> = {
  Enter: "↵",
  NumpadEnter: "↵",
  Slash: "/",
  Escape: "Esc",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Comma: ",",
  Period: ".",
  Space: "␣",
};

export function isMac(platform: string = navigator.platform): boolean {
  return /mac|iphone|ipad/i.test(platform);
}

/** The combination that `event` is. On a Mac, Command counts as Ctrl, and Alt asks for Control + Option, because Option alone types letters. */
export function comboOf(event: KeyboardEvent, mac: boolean = isMac()): string {
  const parts: string[] = [];
  const alt = mac ? event.altKey && event.ctrlKey : event.altKey;
  const ctrl = mac ? event.metaKey || (event.ctrlKey && !event.altKey) : event.ctrlKey;
  if (ctrl) parts.push("Ctrl");
  if (alt) parts.push("Alt");
  if (event.shiftKey) parts.push("Shift");
  parts.push(event.code);
  return parts.join("+");
}

/** A combination as it is printed on a key cap: "Alt A", "Ctrl ↵", "?". */
export function comboLabel(combo: string, mac: boolean = isMac()): string {
  if (combo === "Shift+Slash") return "?";
  const names = combo.split("+").map((part) => {
    if (mac && part === "Ctrl") return "⌘";
    if (mac && part === "Alt") return "⌃⌥";
    return codeNames[part] ?? part.replace(/^(Key|Digit)/, "");
  });
  return names.join(" ");
}

/** Whether keys typed at `target` are text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && textInputs.has(target.type);
}

function hasModifier(combo: string): boolean {
  return /^(Ctrl|Alt)\+/.test(combo) || /^(Shift\+)?F\d+$/.test(combo);
}

export class Keys {
  readonly #shortcuts = new Map<string, Shortcut>();
  readonly #changed: Map<string, string>;
  readonly #store: Store | null;
  #on: boolean;

  constructor(store: Store | null) {
    this.#store = store;
    const kept = readKept(store);
    this.#on = kept.on;
    this.#changed = new Map(Object.entries(kept.combos));
  }

  /** Adds a shortcut; the result takes it away. A second one with the same id replaces the first. */
  register(shortcut: Shortcut): () => void {
    this.#shortcuts.set(shortcut.id, shortcut);
    return () => {
      if (this.#shortcuts.get(shortcut.id) === shortcut) this.#shortcuts.delete(shortcut.id);
    };
  }

  /** All shortcuts in force, with the combination that the user may have changed. */
  list(): Shortcut[] {
    return [...this.#shortcuts.values()].map((shortcut) => ({ ...shortcut, combo: this.comboFor(shortcut) }));
  }

  comboFor(shortcut: Pick<Shortcut, "id" | "combo">): string {
    return this.#changed.get(shortcut.id) ?? shortcut.combo;
  }

  get on(): boolean {
    return this.#on;
  }

  /** Switches all shortcuts that we made on or off; the browser's own keep working. */
  switchTo(on: boolean): void {
    this.#on = on;
    this.#keep();
  }

  /** Gives `id` another combination, or its own again with null. Says which shortcut already has it, and then changes nothing. */
  change(id: string, combo: string | null): Shortcut | null {
    const taken = combo === null ? undefined : this.list().find((other) => other.id !== id && other.combo === combo);
    if (taken !== undefined) return taken;
    if (combo === null) this.#changed.delete(id);
    else this.#changed.set(id, combo);
    this.#keep();
    return null;
  }

  /** Runs what `event` asks for; true when something ran. Nothing runs while a person types, unless the combination has a modifier. */
  handle(event: KeyboardEvent): boolean {
    if (!this.#on || event.defaultPrevented || event.isComposing || event.repeat) return false;
    // AltGr writes ą, ć and € and looks like Ctrl + Alt on Windows.
    if (event.getModifierState("AltGraph")) return false;
    const combo = comboOf(event);
    if (!hasModifier(combo) && isTyping(event.target)) return false;
    const inDialog = event.target instanceof Element && event.target.closest('[role="dialog"]') !== null;
    for (const shortcut of this.#shortcuts.values()) {
      if (this.comboFor(shortcut) !== combo) continue;
      if (inDialog && shortcut.scope !== "everywhere") continue;
      if (shortcut.when !== undefined && !shortcut.when()) continue;
      event.preventDefault();
      shortcut.run(event);
      return true;
    }
    return false;
  }

  /** Listens on `target` until the result is called. */
  listen(target: Window): () => void {
    const heard = (event: KeyboardEvent): void => {
      this.handle(event);
    };
    target.addEventListener("keydown", heard);
    return () => {
      target.removeEventListener("keydown", heard);
    };
  }

  #keep(): void {
    try {
      this.#store?.setItem(storageKey, JSON.stringify({ on: this.#on, combos: Object.fromEntries(this.#changed) }));
    } catch {
      // Storage may be full or forbidden: the choice then lasts as long as the page.
    }
  }
}

function readKept(store: Store | null): { on: boolean; combos: Record<string, string> } {
  try {
    const kept: unknown = JSON.parse(store?.getItem(storageKey) ?? "null");
    if (typeof kept === "object" && kept !== null && "on" in kept && "combos" in kept) {
      const combos = Object.entries(kept.combos as object).filter((pair): pair is [string, string] => typeof pair[1] === "string");
      return { on: kept.on !== false, combos: Object.fromEntries(combos) };
    }
  } catch {
    // What was kept cannot be read: start with our own keys.
  }
  return { on: true, combos: {} };
}

function browserStore(): Store | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

export const keys = new Keys(browserStore());

/** Moves the focus to the next (or previous) pane: any element with `data-pane`, in reading order; back to where it was inside. */
export function walkPanes(step: 1 | -1, root: Document = document): HTMLElement | null {
  const panes = [...root.querySelectorAll<HTMLElement>("[data-pane]")].filter((pane) => !pane.hidden && pane.getClientRects().length > 0);
  return focusPane(panes, step, root.activeElement);
}

const lastFocus = new WeakMap<HTMLElement, HTMLElement>();

/** Focuses the pane of `panes` that follows the one holding `active`; exported for its test. */
export function focusPane(panes: readonly HTMLElement[], step: 1 | -1, active: Element | null): HTMLElement | null {
  if (panes.length === 0) return null;
  const here = panes.findIndex((pane) => pane.contains(active));
  const left = panes[here];
  if (left !== undefined && active instanceof HTMLElement) lastFocus.set(left, active);
  const next = panes[here === -1 ? (step === 1 ? 0 : panes.length - 1) : (here + step + panes.length) % panes.length];
  if (next === undefined) return null;
  if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
  const before = lastFocus.get(next);
  (before !== undefined && next.contains(before) ? before : next).focus();
  return next;
}

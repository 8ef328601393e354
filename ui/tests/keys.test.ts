/** Shortcuts: by physical key, silent while somebody types, changeable, and the walk through the panes. */
import { beforeEach, expect, test } from "vitest";
import { comboLabel, comboOf, focusPane, isTyping, Keys, type Shortcut } from "../src/keys";

let pressed: string[] = [];
let kept: Map<string, string>;
let keys: Keys;

const store = (): { getItem: (key: string) => string | null; setItem: (key: string, value: string) => void } => ({
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => {
    kept.set(key, value);
  },
});

beforeEach(() => {
  pressed = [];
  kept = new Map();
  keys = new Keys(store());
  document.body.innerHTML = "";
});

function shortcut(id: string, combo: string, more: Partial<Shortcut> = {}): Shortcut {
  return { id, combo, scope: "page", label: () => id, run: () => pressed.push(id), ...more };
}

function press(code: string, options: KeyboardEventInit & { at?: HTMLElement } = {}): KeyboardEvent {
  const { at = document.body, modifierAltGraph = false, ...init } = options;
  const event = new KeyboardEvent("keydown", { code, bubbles: true, cancelable: true, ...init });
  // The test DOM takes every Alt for AltGr; browsers do not.
  event.getModifierState = (key) => key === "AltGraph" && modifierAltGraph;
  at.dispatchEvent(event);
  keys.handle(event);
  return event;
}

function add<Name extends keyof HTMLElementTagNameMap>(name: Name, inside: HTMLElement = document.body): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  inside.append(made);
  return made;
}

test("a Cyrillic layout has the same keys", () => {
  keys.register(shortcut("accept", "Alt+KeyA"));
  expect(press("KeyA", { altKey: true, key: "ф" }).defaultPrevented).toBe(true);
  expect(pressed).toEqual(["accept"]);
});

test("nothing without a modifier fires while a person types", () => {
  keys.register(shortcut("help", "Shift+Slash"));
  keys.register(shortcut("accept", "Alt+KeyA"));
  const area = add("textarea");
  expect(press("Slash", { shiftKey: true, at: area }).defaultPrevented).toBe(false);
  press("KeyA", { altKey: true, at: area });
  press("Slash", { shiftKey: true });
  expect(pressed).toEqual(["accept", "help"]);
});

test("typing is text inputs, not buttons and checkboxes", () => {
  const box = add("input");
  box.type = "checkbox";
  expect([isTyping(add("input")), isTyping(add("textarea")), isTyping(box), isTyping(add("button")), isTyping(null)]).toEqual([true, true, false, false, false]);
});

test("AltGr, composing and held keys run nothing", () => {
  keys.register(shortcut("accept", "Ctrl+Alt+KeyA"));
  keys.register(shortcut("decline", "Alt+KeyD"));
  press("KeyA", { altKey: true, ctrlKey: true, modifierAltGraph: true });
  press("KeyD", { altKey: true, isComposing: true });
  press("KeyD", { altKey: true, repeat: true });
  expect(pressed).toEqual([]);
});

test("inside a dialog only what works everywhere fires", () => {
  keys.register(shortcut("finish", "Alt+KeyE"));
  keys.register(shortcut("accept", "Alt+KeyA", { scope: "everywhere" }));
  const dialog = add("div");
  dialog.setAttribute("role", "dialog");
  const button = add("button", dialog);
  press("KeyE", { altKey: true, at: button });
  press("KeyA", { altKey: true, at: button });
  expect(pressed).toEqual(["accept"]);
});

test("a shortcut with nothing to do leaves the key to the browser", () => {
  keys.register(shortcut("accept", "Alt+KeyA", { when: () => false }));
  expect(press("KeyA", { altKey: true }).defaultPrevented).toBe(false);
});

test("can be taken away and switched off, and the choice is kept", () => {
  const end = keys.register(shortcut("accept", "Alt+KeyA"));
  keys.switchTo(false);
  press("KeyA", { altKey: true });
  expect(pressed).toEqual([]);
  expect(new Keys(store()).on).toBe(false);
  keys.switchTo(true);
  end();
  press("KeyA", { altKey: true });
  expect(pressed).toEqual([]);
  expect(keys.list()).toEqual([]);
});

test("can be changed, but not to keys that another one has", () => {
  keys.register(shortcut("accept", "Alt+KeyA"));
  keys.register(shortcut("decline", "Alt+KeyD"));
  expect(keys.change("accept", "Alt+KeyD")?.id).toBe("decline");
  expect(keys.change("accept", "Alt+KeyY")).toBeNull();
  press("KeyA", { altKey: true });
  press("KeyY", { altKey: true });
  expect(pressed).toEqual(["accept"]);
  const again = new Keys(store());
  again.register(shortcut("accept", "Alt+KeyA"));
  expect(again.list()[0]?.combo).toBe("Alt+KeyY");
  again.change("accept", null);
  expect(again.list()[0]?.combo).toBe("Alt+KeyA");
});

test("what was kept badly is forgotten", () => {
  kept.set("warmline.keys", "{broken");
  expect(new Keys(store()).on).toBe(true);
});

test("a Mac asks for Control + Option, because Option alone types letters", () => {
  const option = new KeyboardEvent("keydown", { code: "KeyA", altKey: true });
  const both = new KeyboardEvent("keydown", { code: "KeyA", altKey: true, ctrlKey: true });
  const command = new KeyboardEvent("keydown", { code: "KeyK", metaKey: true });
  expect([option, both, command].map((event) => comboOf(event, true))).toEqual(["KeyA", "Alt+KeyA", "Ctrl+KeyK"]);
  expect(comboOf(option, false)).toBe("Alt+KeyA");
});

test("is printed as people read it", () => {
  expect(["Alt+KeyA", "Ctrl+Enter", "Shift+Slash", "F6", "Ctrl+KeyK"].map((combo) => comboLabel(combo, false))).toEqual(["Alt A", "Ctrl ↵", "?", "F6", "Ctrl K"]);
  expect(comboLabel("Ctrl+KeyK", true)).toBe("⌘ K");
});

test("F6 goes round the panes and back to where one was", () => {
  const panes = [add("section"), add("section"), add("section")];
  const field = add("input", panes[0]);
  field.focus();
  expect(focusPane(panes, 1, document.activeElement)).toBe(panes[1]);
  expect(document.activeElement).toBe(panes[1]);
  focusPane(panes, -1, document.activeElement);
  expect(document.activeElement).toBe(field);
  expect(focusPane(panes, -1, document.activeElement)).toBe(panes[2]);
  expect(focusPane(panes, -1, null)).toBe(panes[2]);
  expect(focusPane([], 1, null)).toBeNull();
});

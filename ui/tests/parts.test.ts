/** The rules inside the parts: the warm line's classes, live order, differences, finding, initials, buttons that ask. */
import { createRawSnippet, flushSync, mount, unmount, type Component } from "svelte";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import Button from "../src/parts/Button.svelte";
import { diffLines } from "../src/parts/diff";
import { found } from "../src/parts/find";
import { initials } from "../src/parts/initials";
import { compareCells, holdOrder } from "../src/parts/order";
import { toast_ms, toasts } from "../src/parts/toasts.svelte";
import { usedShare, warmth } from "../src/parts/warm";
import WarmLine from "../src/parts/WarmLine.svelte";

let shown: Record<string, unknown>[] = [];

// Each part has its own props; the tests give them as they are.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function show(part: Component<any>, props: Record<string, unknown>): HTMLElement {
  document.body.innerHTML = "";
  shown.push(mount(part, { target: document.body, props }));
  flushSync();
  return document.body;
}

const words = (text: string): unknown => createRawSnippet(() => ({ render: () => `<span>${text}</span>` }));

afterEach(async () => {
  for (const part of shown) await unmount(part);
  shown = [];
});

describe("the warm line", () => {
  test("is grey, then amber from three quarters, then red when the time is used", () => {
    expect([0, 0.749, 0.75, 0.999, 1].map(warmth)).toEqual(["none", "none", "watch", "watch", "late"]);
  });

  test("uses time between two moments and stays between 0 and 1", () => {
    expect([usedShare(1000, 3000, 0), usedShare(1000, 3000, 2000), usedShare(1000, 3000, 9000), usedShare(5, 5, 5)]).toEqual([0, 0.5, 1, 1]);
  });

  test("carries its class, its words and its aim", () => {
    const line = show(WarmLine, { used: 0.8, aim: 0.9 }).querySelector("[role=img]");
    expect(line?.classList.contains("watch")).toBe(true);
    expect(line?.getAttribute("aria-label")).toBe("80\u00a0% of the time used, aim 90\u00a0%");
    expect(line?.querySelector("u")?.style.left).toBe("90%");
  });

  test("on an offer runs down in the accent", () => {
    const line = show(WarmLine, { used: 0.25, tone: "accent", down: true }).querySelector("[role=img]");
    expect(line?.classList.contains("accent")).toBe(true);
    expect(line?.querySelector("i")?.style.transform).toBe("scaleX(0.75)");
  });
});

describe("live rows", () => {
  test("keep their places; what is gone goes and what is new comes last", () => {
    expect(holdOrder(["a", "b", "c"], ["c", "d", "a"])).toEqual(["a", "c", "d"]);
  });

  test("are sorted by size or by words, and what is missing comes last either way", () => {
    const collator = new Intl.Collator("pl");
    const sorted = (values: (string | number | null)[], down: boolean): (string | number | null)[] => [...values].sort((a, b) => compareCells(a, b, down, collator));
    expect(sorted([10, null, 9], false)).toEqual([9, 10, null]);
    expect(sorted([10, null, 9], true)).toEqual([10, 9, null]);
    expect(sorted(["Łódź", "Zofia", "Lena"], false)).toEqual(["Lena", "Łódź", "Zofia"]);
  });
});

describe("a difference", () => {
  test("shows what went before what came, and leaves the rest", () => {
    expect(diffLines("a\nb\nc", "a\nB\nc\nd").map(({ kind, text }) => `${kind} ${text}`)).toEqual(["same a", "gone b", "new B", "same c", "new d"]);
  });

  test("of nothing is nothing, and of huge texts is both whole", () => {
    expect(diffLines("", "")).toEqual([]);
    const huge = Array.from({ length: 2100 }, (_, at) => String(at)).join("\n");
    expect(diffLines(huge, `${huge}\n`).filter((line) => line.kind === "gone")).toHaveLength(2100);
  });
});

test("finding takes words in any order and forgives marks", () => {
  expect([found("zwrot lod", "Łódź, zwroty"), found("еж", "Ёжик"), found("odz", "Łódź"), found("", "anything")]).toEqual([true, true, false, true]);
});

test("initials are the first and the last word's letters, in any alphabet", () => {
  expect(["Anna Kowal", "иван петрович сидоров", "Cher", "  ", "“Nell” Marsh", "42"].map(initials)).toEqual(["AK", "ИС", "C", "?", "NM", "?"]);
});

describe("a button", () => {
  test("of danger asks once and forgets when left", () => {
    const onclick = vi.fn();
    const button = show(Button, { kind: "danger", onclick, children: words("Delete") }).querySelector("button");
    button?.click();
    flushSync();
    expect(onclick).not.toHaveBeenCalled();
    expect(button?.textContent).toContain("Sure?");
    button?.dispatchEvent(new FocusEvent("blur"));
    button?.click();
    expect(onclick).not.toHaveBeenCalled();
    button?.click();
    expect(onclick).toHaveBeenCalledOnce();
  });

  test("that is busy or off does nothing and says so", () => {
    const onclick = vi.fn();
    for (const props of [{ busy: true }, { off: "Nobody is free" }]) {
      const button = show(Button, { ...props, onclick, children: words("Save") }).querySelector("button");
      button?.click();
      expect(button?.getAttribute("aria-disabled")).toBe("true");
      expect(button?.disabled).toBe(false);
    }
    expect(onclick).not.toHaveBeenCalled();
  });
});

describe("notices", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    for (const toast of toasts.list) toasts.dismiss(toast.id);
    vi.useRealTimers();
  });

  test("go after six seconds, but not while somebody looks, and faults stay", () => {
    toasts.show("Saved.");
    toasts.show("Not sent.", { tone: "late" });
    toasts.hold();
    vi.advanceTimersByTime(toast_ms * 2);
    expect(toasts.list).toHaveLength(2);
    toasts.release();
    vi.advanceTimersByTime(toast_ms);
    expect(toasts.list.map((toast) => toast.text)).toEqual(["Not sent."]);
  });

  test("are four at most, the newest", () => {
    for (const n of [1, 2, 3, 4, 5]) toasts.show(`Notice ${n}`);
    expect(toasts.list.map((toast) => toast.text)).toEqual(["Notice 2", "Notice 3", "Notice 4", "Notice 5"]);
  });
});

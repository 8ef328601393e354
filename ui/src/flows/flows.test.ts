import { afterEach, describe, expect, it } from "vitest";
import { locale } from "../i18n/locale.svelte";
import type { Fault } from "../policies/types";
import { flows, kindOf, linesOf, timesOf, wordsOf, type Drawing, type Step } from "./flows";
import { boxHeight_px, boxWidth_px, layoutOf, pathOf } from "./layout";

const step = (id: string, to: readonly string[], ends = false): Step => ({ id, kind: ends ? "queue" : "menu", about: "", ends, words: { en: `Words of ${id}` }, words_path: null, line: 1, wrong: false, ways: to.map((one, n) => ({ way: String(n), to: one, path: null })) });
const drawing: Drawing = { start: "a", fallback: "end", steps: [step("a", ["b", "end"]), step("b", ["c", "a"]), step("c", ["end"]), step("lost", ["end"]), step("end", [], true)] };
const fault: Fault = { line: 2, column: 3, end_line: 2, end_column: 7, path: "steps.late", severity: "error", code: "dead_end", detail: "From the step late there is no way out.", fix: "" };

afterEach(() => { locale.choose("en"); });

describe("flows", () => {
  it("stand row under row, the ends below all", () => {
    const { spots } = layoutOf(drawing);
    const row = (id: string): number => spots.get(id)?.y ?? Number.NaN;
    expect(row("b") - row("a")).toBeGreaterThan(boxHeight_px);
    expect(row("c") - row("b")).toBeGreaterThan(boxHeight_px);
    expect(row("end")).toBe(Math.max(...[...spots.values()].map((spot) => spot.y)));
  });

  it("never lay a box on another, nor run a line through one", () => {
    const { spots, lines } = layoutOf(drawing);
    const inside = (x: number, y: number, id: string): boolean => {
      const spot = spots.get(id) ?? { x: 0, y: 0 };
      return x > spot.x + 1 && x < spot.x + boxWidth_px - 1 && y > spot.y + 1 && y < spot.y + boxHeight_px - 1;
    };
    const others = (...ids: string[]): string[] => drawing.steps.map((one) => one.id).filter((id) => !ids.includes(id));
    for (const [id, spot] of spots) for (const other of others(id)) expect(inside(spot.x + boxWidth_px / 2, spot.y + boxHeight_px / 2, other)).toBe(false);
    for (const line of lines) for (const { x, y } of [...line.through, line.label]) expect(others(line.step.id, line.to).some((id) => inside(x, y, id))).toBe(false);
    expect(lines.map((line) => `${line.step.id} ${line.to}`)).toEqual(["a b", "a end", "b c", "b a", "c end", "lost end"]);
  });

  it("bend their lines, and draw nothing without spots", () => {
    expect(pathOf([])).toBe("");
    expect(pathOf([{ x: 0, y: 0 }, { x: 0, y: 9 }])).toBe("M 0 0 L 0 9");
    expect(pathOf([{ x: 0, y: 0 }, { x: 4, y: 4 }, { x: 8, y: 8 }, { x: 8, y: 12 }])).toBe("M 0 0 Q 4 4 6 6 Q 8 8 8 12");
  });

  it("are drawn with one line from a step to another, however many ways lead there", () => {
    const lines = linesOf(step("a", ["b", "end", "b"]));
    expect(lines.map((line) => [line.to, line.ways.map((way) => way.way)])).toEqual([["b", ["0", "2"]], ["end", ["1"]]]);
  });

  it("know how often a way was gone, and nothing before a dry run", () => {
    expect(timesOf(null)).toBeNull();
    const result = { tries: [], coverage: { ways: [{ step: "a", way: "0", to: "b", times: 2 }], gone: 1, all: 1, share_pct: 100 } };
    expect(timesOf(result)?.get("a 0")).toBe(2);
  });

  it("say words, kinds and faults in the reader's language", () => {
    locale.choose("pl");
    expect(wordsOf(step("a", []), "pl")).toBe("Words of a");
    expect(kindOf("hang_up")).toBe("rozłącza");
    expect(flows.shownFaults([fault], "steps:\n  late:")[0]?.detail).toBe("Stąd nie da się dojść do końca: late");
  });
});

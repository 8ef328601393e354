import { afterEach, describe, expect, it } from "vitest";
import { locale } from "../i18n/locale.svelte";
import type { Fault } from "../policies/types";
import { boxHeight_px, flows, kindOf, linesOf, spots, timesOf, wordsOf, type Drawing, type Step } from "./flows";

const step = (id: string, to: readonly string[], ends = false): Step => ({ id, kind: ends ? "queue" : "menu", about: "", ends, words: { en: `Words of ${id}` }, words_path: null, line: 1, wrong: false, ways: to.map((one, n) => ({ way: String(n), to: one, path: null })) });
const drawing: Drawing = { start: "a", fallback: "end", steps: [step("a", ["b", "end"]), step("b", ["c", "a"]), step("c", ["end"]), step("lost", ["end"]), step("end", [], true)] };
const fault: Fault = { line: 2, column: 3, end_line: 2, end_column: 7, path: "steps.late", severity: "error", code: "dead_end", detail: "From the step late there is no way out.", fix: "" };

afterEach(() => { locale.choose("en"); });

describe("flows", () => {
  it("stand row under row by how far they are from the start, the ends below all", () => {
    const rows = [...spots(drawing)].map(([id, spot]) => [id, spot.y]);
    const below = rows.find(([id]) => id === "b")?.[1] as number;
    expect(below).toBeGreaterThan(boxHeight_px);
    expect(rows).toEqual([["a", 0], ["b", below], ["c", 2 * below], ["lost", 2 * below], ["end", 3 * below]]);
  });

  it("never put two boxes on one spot", () => {
    const seen = [...spots(drawing).values()].map((spot) => `${spot.x} ${spot.y}`);
    expect(new Set(seen).size).toBe(drawing.steps.length);
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

/** What if: the question that is put together, the run that is followed, and what a comparison may say. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { flushSync } from "svelte";
import { locale } from "../src/i18n/locale.svelte";
import { t as words } from "../src/i18n/whatif";
import { Asking, readNeed, ringsOf } from "../src/whatif/asking.svelte";
import { headline } from "../src/whatif/headline";
import { Followed, isOver } from "../src/whatif/runs.svelte";
import type { Compared, Result, Run, RunState } from "../src/whatif/types";
import { dayName, findingOf, sayNotes, staffWords } from "../src/whatif/words";
import { Outline } from "../src/policies/outline";
import { effect } from "./effects.svelte";

const text = `slider: {fair_to_best: 600 s}
segments:
  gold: {name: Gold, head_start: 5 min}
queues:
  orders:
    plan:
      - needs: [orders >= 3]
        language: 3
      - after: 30 s
        language: any
`;

function run(state: RunState, step: number): Run {
  const side = { label: "live", text, changes: null, agents: [] };
  return { id: "r1", name: "", kind: "replay_own", day: "own:2026-11-21", seeds: 5, state, progress: 0.5, step, inputs: { a: side, b: { ...side, agents: [{ team: "shop", add: 2 }, { remove: 1 }] } }, created_at: 0, started_at: null, ended_at: null, by: null, detail: null };
}

afterEach(() => {
  locale.choose("en");
  vi.unstubAllGlobals();
});

describe("a question", () => {
  async function asking(): Promise<Asking> {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ number: 7, text }))));
    const made = new Asking();
    await made.base("live");
    made.day = "own:2026-11-21";
    return made;
  }

  test("without anything moved compares a thing with itself, and says so", async () => {
    const made = await asking();
    expect(made.same).toBe(true);
    expect(made.question()).toEqual({ day: "own:2026-11-21", name: "", a: { live: true }, b: { live: true }, seeds: 5 });
  });

  test("holds only what was moved", async () => {
    const made = await asking();
    made.worth_ms = 1_200_000;
    made.moveHead("gold", 600_000);
    made.moveRing("orders", 1, { after_ms: 10_000 });
    made.addStaff();
    const row = made.staff[0];
    if (row === undefined) throw new Error("no row");
    row.n = 2;
    row.who = "team shop";
    expect(made.moved).toBe(4);
    expect(made.question().b).toEqual({
      live: true,
      changes: { fair_to_best_ms: 1_200_000, head_starts: { gold: 600_000 }, rings: [{ queue: "orders", ring: 1, after_ms: 10_000 }] },
      agents: [{ team: "shop", add: 2 }],
    });
    made.moveHead("gold", 300_000);
    made.keepRing("orders", 1);
    expect(made.moved).toBe(2);
  });

  test("starts anew from another base", async () => {
    const made = await asking();
    made.worth_ms = 0;
    await made.base("v9");
    expect(made.moved).toBe(0);
    expect(made.question().b).toEqual({ version: "v9" });
  });

  test("can be asked again as it was kept", async () => {
    const made = await asking();
    made.again(run("done", 1));
    expect(made.question().b).toEqual({ text, agents: [{ team: "shop", add: 2 }, { remove: 1 }] });
  });

  test("reads the plan of a queue from the text", () => {
    expect(ringsOf(new Outline(text), "orders")).toEqual([{ after_ms: 0, language: 3, needs: [{ skill: "orders", level: 3 }] }, { after_ms: 30_000, language: 0, needs: [] }]);
    expect(ringsOf(new Outline(text), "nowhere")).toEqual([]);
    expect(readNeed("billing")).toEqual({ skill: "billing", level: 1 });
  });
});

describe("a run", () => {
  test("is asked for until it is over, each time for what is new", async () => {
    const answers = [run("waiting", 1), run("running", 2), run("done", 3)];
    const asked: string[] = [];
    vi.stubGlobal("fetch", (path: string) => {
      asked.push(path);
      return Promise.resolve(new Response(JSON.stringify(answers.shift())));
    });
    const followed = new Followed();
    const end = followed.follow("r1");
    await vi.waitFor(() => { expect(followed.run !== null && isOver(followed.run)).toBe(true); });
    end();
    expect(asked).toEqual(["/api/v1/what-if/runs/r1", "/api/v1/what-if/runs/r1?wait=20&seen=1", "/api/v1/what-if/runs/r1?wait=20&seen=2"]);
  });

  test("is not begun anew by its own answers", async () => {
    const answers = [run("running", 1), run("done", 2)];
    const asked = vi.fn(() => Promise.resolve(new Response(JSON.stringify(answers.shift() ?? run("done", 2)))));
    vi.stubGlobal("fetch", asked);
    const followed = new Followed();
    const end = effect(() => followed.follow("r1"));
    await vi.waitFor(() => { expect(followed.run?.state).toBe("done"); });
    flushSync();
    await Promise.resolve();
    end();
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test("that is gone is not asked for again", async () => {
    const asked = vi.fn(() => Promise.resolve(new Response("{}", { status: 404 })));
    vi.stubGlobal("fetch", asked);
    const followed = new Followed();
    const end = followed.follow("r1");
    await vi.waitFor(() => { expect(followed.problem?.status).toBe(404); });
    end();
    expect(asked).toHaveBeenCalledTimes(1);
  });
});

const nothing = { all: {}, segments: {}, queues: {}, series: [] };
const result: Result = { policies: { a: nothing, b: nothing }, differences: [] };

describe("a comparison", () => {
  test("is sure only when the interval leaves out zero", () => {
    expect(findingOf("service_level_pct", { mean: 3, ci95: [1, 5] })).toBe("better");
    expect(findingOf("abandoned_pct", { mean: 3, ci95: [1, 5] })).toBe("worse");
    expect(findingOf("service_level_pct", { mean: 3, ci95: [-1, 7] })).toBe("same");
    expect(findingOf("service_level_pct", { mean: 3, ci95: null })).toBe("unknown");
    expect(findingOf("answer_ms", { mean: 1.5, ci95: [1.5, 1.5] })).toBe("same");
    expect(findingOf("occupancy_pct", { mean: 3, ci95: [1, 5] })).toBe("other");
    expect(findingOf("rating", undefined)).toBe("unknown");
  });

  test("tells first what matters, and segments where the whole says nothing", () => {
    const found: Compared = {
      of: "b", from: "a", queues: {},
      all: { service_level_pct: { mean: 1, ci95: [-1, 3] }, abandoned_pct: { mean: -2, ci95: [-3, -1] }, occupancy_spread: { mean: 2, ci95: [1, 3] } },
      segments: { gold: { service_level_pct: { mean: 5, ci95: [2, 8] } }, bronze: { service_level_pct: { mean: -4, ci95: [-6, -2] } } },
    };
    expect(headline(found)).toEqual({
      better: [{ key: "abandoned_pct", mean: -2, segment: null }, { key: "service_level_pct", mean: 5, segment: "gold" }],
      worse: [{ key: "occupancy_spread", mean: 2, segment: null }, { key: "service_level_pct", mean: -4, segment: "bronze" }],
    });
  });

  test("says days, people and notes in words", () => {
    expect(dayName({ id: "own:2026-11-21", date: "2026-11-21" })).toBe("Saturday 21 November");
    expect(dayName({ id: "model:shop", name: "A usual Monday" })).toBe("A usual Monday");
    expect(staffWords({ team: "shop", add: 2 }, null)).toBe("2 people more, team shop");
    expect(staffWords({ remove: 1 }, null)).toBe("1 person fewer");
    expect(sayNotes({ ...result, notes: ["patience_modelled"], known: ["arrivals"], modelled: ["brand_new_note"] })).toEqual({ known: ["who came when, with what, in which language and segment"], modelled: ["brand new note", "how long people wait before they give up"] });
    locale.choose("ru");
    expect(dayName({ id: "own:2026-11-21", date: "2026-11-21" })).toBe("Суббота, 21 ноября");
    expect(staffWords({ add: 5 }, null)).toBe("На 5 человек больше");
  });

  test("has words in all three languages, with the same parameters", () => {
    const named = (message: unknown): string[] => [...new Set([...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map((one) => one[1] ?? ""))].sort();
    for (const language of ["ru", "pl"] as const) {
      expect(Object.keys(words.catalogue[language])).toEqual(Object.keys(words.catalogue.en));
      for (const [key, message] of Object.entries(words.catalogue.en)) expect([key, ...named(words.catalogue[language][key])]).toEqual([key, ...named(message)]);
    }
  });
});

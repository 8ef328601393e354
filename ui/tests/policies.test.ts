/** The policy's screens: places found in a text, one value written and every comment kept, faults, conflicts, differences and words. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { locale } from "../src/i18n/locale.svelte";
import { t as policies } from "../src/i18n/policies";
import { t as faultWords } from "../src/i18n/policy_faults";
import { t as keyWords } from "../src/i18n/policy_keys";
import { smallest } from "../src/policies/code";
import { Draft } from "../src/policies/draft.svelte";
import { shownFaults } from "../src/policies/faults";
import { folded, numbered, paired } from "../src/policies/lines";
import { betterWay, differenceText, signedWords, unitOf, valueText } from "../src/policies/measures";
import { applied, Outline, quoted, readDuration, writeDuration } from "../src/policies/outline";
import type { Fault, OpenVersion } from "../src/policies/types";
import { placeWords, valueWords } from "../src/policies/words";

const text = `# Kept as it is
name: "Autumn: late" # why
slider: {fair_to_best: 600 s}
segments:
  platinum:
    name: Platinum   # asked for by the board
    head_start: 10 min  # ten
  gold: {name: Gold}
queues:
  orders:
    plan:
      - needs: [en >= 3, billing]
        language: 3
      - after: 1 h 30 min
        language: any
`;

const fault = (over: Partial<Fault> = {}): Fault => ({ line: 1, column: 1, end_line: 1, end_column: 5, path: "rule", severity: "error", code: "unknown_key", detail: "There is no key rul here.", fix: "Did you mean rule?", ...over });

afterEach(() => {
  locale.choose("en");
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a policy's text", () => {
  test("says what stands where, without quotes and comments", () => {
    const outline = new Outline(text);
    expect(outline.value("name")).toBe("Autumn: late");
    expect(outline.value("segments.platinum.head_start")).toBe("10 min");
    expect(outline.duration("slider.fair_to_best")).toBe(600_000);
    expect(outline.keys("segments")).toEqual(["platinum", "gold"]);
    expect(outline.length("queues.orders.plan")).toBe(2);
    expect(outline.list("queues.orders.plan.0.needs")).toEqual(["en >= 3", "billing"]);
    expect(outline.duration("queues.orders.plan.1.after")).toBe(5_400_000);
    expect(outline.value("segments.silver.name")).toBeNull();
  });

  test("changes one value and nothing else", () => {
    const changed = applied(text, new Outline(text).put("segments.platinum.head_start", "15 min"));
    expect(changed).toBe(text.replace("10 min  # ten", "15 min  # ten"));
  });

  test("takes a key that was not there, in a table of either form, in a new one, and at the top", () => {
    const put = (path: string, said: string): Outline => {
      const next = applied(text, new Outline(text).put(path, said));
      expect(next).toContain("# asked for by the board");
      return new Outline(next);
    };
    expect(put("segments.gold.head_start", "5 min").value("segments.gold.head_start")).toBe("5 min");
    expect(put("segments.platinum.value", "8").value("segments.platinum.value")).toBe("8");
    expect(put("rule", "longest-idle").value("rule")).toBe("longest-idle");
    expect(put("time_outs.declined", "2 min").value("time_outs.declined")).toBe("2 min");
    expect(put("comment", quoted('say "why": now')).value("comment")).toBe('say "why": now');
    expect(applied("", new Outline("").put("rule", "fewest"))).toBe("rule: fewest\n");
  });

  test("takes a new key above the comments of the first one, never between", () => {
    const written = "# Head.\n\n# By which rule.\nrule: warmline\n";
    const named = applied(written, new Outline(written).put("comment", '"why"'));
    expect(named).toBe('# Head.\n\ncomment: "why"\n\n# By which rule.\nrule: warmline\n');
    expect(applied(named, new Outline(named).put("name", "Autumn"))).toBe('# Head.\n\nname: Autumn\ncomment: "why"\n\n# By which rule.\nrule: warmline\n');
    const nested = "queues:\n  orders:\n    plan:\n      - after: 5 s\n";
    expect(applied(nested, new Outline(nested).put("queues.orders.plan.0.language", "2"))).toBe("queues:\n  orders:\n    plan:\n      - language: 2\n        after: 5 s\n");
  });

  test("is read while it is half written", () => {
    expect(() => new Outline("segments:\n  gold: {name: \n queues [")).not.toThrow();
    expect(new Outline("slider: {fair_to_best: 90 s").duration("slider.fair_to_best")).toBe(90_000);
  });

  test("has durations in units, and refuses what is none", () => {
    expect(["90 s", "1 h 30 min", "2h", "0", "never", "10 parsecs", "soon", ""].map(readDuration)).toEqual([90_000, 5_400_000, 7_200_000, 0, 0, null, null, null]);
    expect([0, 90_000, 600_000, 7_200_000, 1500].map((ms) => writeDuration(ms))).toEqual(["0 s", "90 s", "10 min", "2 h", "1500 ms"]);
    expect(writeDuration(600_000, true)).toBe("600 s");
  });

  test("is changed in the editor by the smallest replacement", () => {
    expect(smallest("head: 10 min", "head: 15 min")).toEqual({ from: 7, to: 8, insert: "5" });
    expect(smallest("aa", "aaa")).toEqual({ from: 2, to: 2, insert: "a" });
    const edit = smallest("one two", "two");
    expect(applied("one two", edit)).toBe("two");
  });
});

describe("faults", () => {
  test("stay in the center's words in English", () => {
    expect(shownFaults([fault()], "rul: x")).toEqual([fault()]);
  });

  test("are said in Russian and Polish with the word in question", () => {
    locale.choose("ru");
    expect(shownFaults([fault({ end_column: 4 })], "rul: x")[0]).toMatchObject({ detail: "Такого ключа нет: rul", fix: "Может быть, rule?" });
    locale.choose("pl");
    expect(shownFaults([fault({ code: "out_of_range", fix: "It may be 1 to 10." })], "value: 99")[0]?.fix).toBe("Dopuszczalne: 1 to 10.");
  });

  test("keep their words when the code is newer than the page", () => {
    locale.choose("ru");
    expect(shownFaults([fault({ code: "brand_new" })], "x")[0]?.detail).toBe("There is no key rul here.");
  });
});

describe("a draft", () => {
  const version: OpenVersion = {
    id: "d1", number: null, name: "Autumn", state: "draft", tag: "3", based_on: null, created_at: 0, created_by: null, updated_at: 0, updated_by: null, published_at: null, published_by: null, trials: [], text, problems: [],
  };
  let answers: { status: number; body: unknown }[] = [];
  let asked: { path: string; method: string; match: string | null; body: Record<string, unknown> }[] = [];
  let drafts: Draft[] = [];

  function opened(): Draft {
    const draft = new Draft(version);
    drafts.push(draft);
    return draft;
  }

  afterEach(() => { for (const draft of drafts) draft.close(); });

  beforeEach(() => {
    answers = [];
    asked = [];
    drafts = [];
    vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
      asked.push({ path, method: init.method ?? "GET", match: (init.headers as Headers).get("If-Match"), body: typeof init.body === "string" ? (JSON.parse(init.body) as Record<string, unknown>) : {} });
      const answer = answers.shift() ?? { status: 200, body: { valid: true, problems: [] } };
      return Promise.resolve(new Response(JSON.stringify(answer.body), { status: answer.status }));
    });
  });

  test("asks what is wrong once the typing pauses, and only then", async () => {
    vi.useFakeTimers();
    const draft = opened();
    answers = [{ status: 200, body: { valid: false, problems: [fault()] } }];
    draft.write("rul: w");
    draft.write("rul: wa");
    expect(asked).toEqual([]);
    expect(draft.checking).toBe(true);
    await vi.runAllTimersAsync();
    expect(asked.map((one) => one.body["text"])).toEqual(["rul: wa"]);
    expect(draft.errors).toBe(1);
    expect(draft.checking).toBe(false);
  });

  test("is saved under the tag that was read, with the name from its text", async () => {
    const draft = opened();
    draft.write(text.replace("Autumn: late", "Winter"));
    answers = [{ status: 200, body: { ...version, tag: "4", problems: [] } }];
    expect(await draft.save()).toBe(true);
    expect(asked).toMatchObject([{ path: "/api/v1/policies/d1", method: "PUT", match: '"3"', body: { name: "Winter" } }]);
    expect(draft.dirty).toBe(false);
    expect(draft.version.tag).toBe("4");
  });

  test("that somebody else saved is not overwritten until it is decided", async () => {
    const draft = opened();
    draft.write(`${text}# mine\n`);
    answers = [{ status: 412, body: { code: "changed_meanwhile", detail: "x", tag: "5", updated_by: { id: "u", name: "Lena" } } }];
    expect(await draft.save()).toBe(false);
    expect(draft.overtaken?.by?.name).toBe("Lena");
    expect(draft.text).toContain("# mine");
    const theirs = { ...version, tag: "5", text: `${text}# theirs\n` };
    draft.keepMine(theirs);
    answers = [{ status: 200, body: { ...theirs, tag: "6" } }];
    expect(await draft.save()).toBe(true);
    expect(asked.at(-1)?.match).toBe('"5"');
    draft.takeTheirs(theirs);
    expect(draft.text).toContain("# theirs");
    expect(draft.overtaken).toBeNull();
  });

  test("says what the center refused", async () => {
    const draft = opened();
    draft.write("rule: fewest");
    answers = [{ status: 409, body: { code: "not_a_draft", detail: "no" } }];
    expect(await draft.save()).toBe(false);
    expect(draft.problem?.code).toBe("not_a_draft");
    expect(draft.dirty).toBe(true);
  });
});

describe("differences", () => {
  const before = Array.from({ length: 20 }, (_, at) => `line ${at}`).join("\n");
  const after = before.replace("line 10", "line ten");

  test("fold what nobody needs to see and keep the numbers", () => {
    const lines = folded(numbered(before, after));
    expect(lines[0]).toMatchObject({ kind: "folded", n: 7 });
    expect(lines.filter((line) => line.kind === "gone" || line.kind === "new")).toMatchObject([{ text: "line 10", old: 11, fresh: null }, { text: "line ten", old: null, fresh: 11 }]);
    expect(lines.at(-1)).toMatchObject({ kind: "folded", n: 6 });
    expect(folded(numbered(before, before))).toEqual([]);
  });

  test("stand side by side, what went beside what came", () => {
    const pairs = paired(folded(numbered(before, after)));
    expect(pairs.filter((pair) => pair.kind === "pair" && pair.left?.kind === "gone")).toMatchObject([{ left: { text: "line 10" }, right: { text: "line ten" } }]);
  });
});

describe("words", () => {
  test("name the place of a change and its values", () => {
    expect(placeWords("segments.gold.head_start", null)).toEqual({ of: "gold", what: "head start" });
    expect(placeWords("slider.fair_to_best", null)).toEqual({ of: "", what: "fair to best match" });
    expect(placeWords("queues.orders.plan.1.after", null)).toEqual({ of: "orders", what: "plan, ring 2, opens after" });
    expect(placeWords("time_outs.offer.chat", null)).toEqual({ of: "time-outs", what: "offer, Chat" });
    expect(placeWords("hours.always.monday", null).what).toBe("Monday");
    expect(valueWords(null)).toBe("not there");
    expect(valueWords("600 s")).toBe("10\u00a0min");
    expect(valueWords("longest-idle")).toBe("Longest idle");
    expect(valueWords("[en >= 3]")).toBe("[en >= 3]");
  });

  test("write measures with their units, signs and exact places", () => {
    expect(valueText(84, "pct")).toBe("84.0\u00a0%");
    expect(valueText(72_400, "ms")).toBe("1\u00a0min 12\u00a0s");
    expect(valueText(null, "pct")).toBe("–");
    expect(differenceText(3.14, "pct")).toBe("+3.1");
    expect(differenceText(-7400, "ms")).toBe("−7.4\u00a0s");
    expect(differenceText(0.01, "pct")).toBe("0.0");
    expect(signedWords(-1, "pct")).toBe("−1 point");
    expect(unitOf("answer_p90_ms")).toBe("ms");
    expect([betterWay("service_level_pct"), betterWay("abandoned_pct"), betterWay("occupancy_pct")]).toEqual(["more", "less", null]);
  });

  test("are there in all three languages, with the same parameters", () => {
    const named = (message: unknown): string[] => [...new Set([...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map((one) => one[1] ?? ""))].sort();
    for (const { catalogue } of [policies, faultWords, keyWords]) {
      for (const language of ["ru", "pl"] as const) {
        expect(Object.keys(catalogue[language])).toEqual(Object.keys(catalogue.en));
        for (const [key, message] of Object.entries(catalogue.en)) expect([key, ...named(catalogue[language][key])]).toEqual([key, ...named(message)]);
      }
    }
  });
});

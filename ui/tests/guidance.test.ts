/** Guidance on the page: what is said follows the center's word, and who is spared hears nothing. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "../src/api";
import { guidance } from "../src/guidance/mine.svelte";
import { isState, looks, whyOf, type Hint, type Mine, type State } from "../src/guidance/types";
import { t } from "../src/i18n/guidance";
import { locale, type Locale } from "../src/i18n/locale.svelte";
import { live, type Signal } from "../src/state/live.svelte";

const figures = { queue: "orders", since: 0, agents: 4, waiting: 2, busy_pct: 97, wait_pct: 60, expected_pct: 110 };

function mine(state: State | null, more: Partial<Mine> = {}): Mine {
  return { on: state !== null, trial: false, state, queues: state === null ? [] : [{ ...figures, state }], ...more };
}

function hint(brief: State): Hint {
  return { on: true, guided: true, spared: brief === "be_brief" ? [] : ["complaint"], states: { take_your_time: "take_your_time", as_usual: "as_usual", be_brief: brief } };
}

let hear: (signal: Signal) => void;
let answers: Record<string, unknown>;
let stop: () => void;

async function settled(): Promise<void> {
  await vi.waitFor(() => { expect(vi.mocked(api.get).mock.results.every((one) => one.type === "return")).toBe(true); });
  await Promise.resolve();
}

beforeEach(async () => {
  answers = { "/me/guidance": mine("as_usual"), "/interactions/a/guidance": hint("be_brief"), "/interactions/b/guidance": hint("as_usual") };
  vi.spyOn(api, "get").mockImplementation((path: string) => Promise.resolve(answers[path] as never));
  vi.spyOn(live, "onSignal").mockImplementation((heard) => {
    hear = heard;
    return () => true;
  });
  stop = guidance.listen();
  await settled();
  await guidance.ask("a");
  await guidance.ask("b");
});

afterEach(() => {
  stop();
  vi.restoreAllMocks();
  locale.choose("en");
});

describe("what an agent hears", () => {
  it("is the center's newest word, without asking for it", () => {
    const asked = vi.mocked(api.get).mock.calls.length;
    hear({ name: "guidance", interaction: "", facts: { state: "be_brief" } });
    expect(guidance.state).toBe("be_brief");
    expect(vi.mocked(api.get).mock.calls.length).toBe(asked);
  });

  it("is asked anew only when somebody wants to see why", async () => {
    hear({ name: "guidance", interaction: "", facts: { state: "be_brief" } });
    answers["/me/guidance"] = mine("be_brief");
    guidance.freshen();
    await vi.waitFor(() => { expect(guidance.queues[0]?.state).toBe("be_brief"); });
  });

  it("is nothing for who left work, and nothing where it was switched off", async () => {
    hear({ name: "guidance", interaction: "", facts: { state: "" } });
    expect(guidance.state).toBeNull();
    answers["/me/guidance"] = mine(null);
    hear({ name: "guidance_rules", interaction: "", facts: { on: false } });
    await vi.waitFor(() => { expect(guidance.queues).toEqual([]); });
    expect(guidance.state).toBeNull();
  });
});

describe("a conversation", () => {
  it("has a hint, unless its customer is spared or there is nothing to say", () => {
    expect(guidance.in("a")).toBeNull();
    hear({ name: "guidance", interaction: "", facts: { state: "be_brief" } });
    expect(guidance.in("a")).toBe("be_brief");
    expect(guidance.in("b")).toBeNull();
    hear({ name: "guidance", interaction: "", facts: { state: "take_your_time" } });
    expect(guidance.in("b")).toBe("take_your_time");
    expect(guidance.in("never asked")).toBeNull();
  });
});

for (const language of ["en", "ru", "pl"] as Locale[]) {
  it(`each state has its own icon, and its word and why in ${language}`, () => {
    locale.choose(language);
    const states = Object.keys(looks).filter(isState);
    expect(states).toHaveLength(3);
    expect(new Set(states.map((one) => looks[one].icon)).size).toBe(3);
    expect(new Set(states.map((one) => t(`state.${one}`))).size).toBe(3);
    const why = whyOf({ ...figures, state: "be_brief" });
    expect(why).not.toContain("{");
    for (const figure of ["2", "97", "60", "110"]) expect(why).toContain(figure);
  });
}

/** The floor's rules: levels that hold still, queues worst first, who needs the supervisor, alerts from what is counted. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { noticesOf, toldText } from "../src/floor/notices";
import { alertsOf, belowSince } from "../src/floor/alerts";
import { Paced } from "../src/floor/board.svelte";
import type { FloorFigures, QueueFigures } from "../src/floor/figures";
import { Hysteresis, levelOfShare, levelOfWait } from "../src/floor/level";
import { crowd, peopleRows } from "../src/floor/people";
import { aims, isOverdueMail, queueRows, waitUsed } from "../src/floor/queues";
import type { AgentSpec, AgentView, InteractionView, LiveState, Queue } from "../src/state/live";

const now = 10_000_000;
const minute = 60_000;

function queue(id: string, over: Partial<Queue> = {}): Queue {
  return {
    id, name: id, rings: [{ needs: [{ skill: id, level: 2 }], any_of: [], agents: [], language_level: 1, after_ms: 0 }], target: { within_ms: 20_000, share_pct: 80, in_business_hours: false },
    calendar: null, wrap_up: { mode: "required", limit_ms: 0, automatic: "" }, when_closed: "wait", when_unstaffed: "wait", overflow_to: null, overflow_after_ms: 0, overflow_waiting: 0, words: {}, preferred_ms: 0, ...over,
  };
}

function view(id: string, over: Partial<InteractionView> = {}): InteractionView {
  return {
    id, medium: "chat", inbox: "shop", arrived_at: now - 5000, phase_at: now - 5000, phase: "queued", queue: "orders", customer: null, verification: "unknown", segment: null, language: null, reason: null,
    queued_at: now - 5000, due_at: now + 15_000, agent: null, offer: null, unanswered_since: null, unanswered_before: null, last_message_at: null, held_at: null, interrupted: false, wrap_until: null, customer_here: true,
    transfers: 0, follows: null, begun: false, from_agent: null, note: null, consults: {}, ...over,
  };
}

function agent(id: string, over: Partial<AgentView> = {}): AgentView {
  return { id, team: null, presence: "available", reason: null, presence_at: now - minute, connected: true, idle_since: now - minute, holds: [], offer: null, ...over };
}

const spec = (id: string, level = 3): AgentSpec => ({ id, team: null, skills: { orders: level }, capacity: { slots: { chat: 2, email: 1 }, total: 2, weights: {} }, scores: {}, in_training: false, groups: {} });

function state(agents: AgentView[], views: InteractionView[], queues: Queue[] = [queue("orders"), queue("returns")]): LiveState {
  const byId = <T extends { id: string }>(all: T[]): Record<string, T> => Object.fromEntries(all.map((one) => [one.id, one]));
  return {
    me: null, agents: byId(agents), interactions: byId(views),
    config: {
      queues: byId(queues), skills: {}, teams: {}, dispositions: {}, reasons: {}, segments: {},
      inboxes: { shop: { id: "shop", name: "Shop", medium: "chat", queue: "orders", by_reason: { return: "returns" }, by_language: {}, origins: [], offline_inbox: null } },
      policy: {
        version: 1, rule: "warmline", seed: 0, traits: {}, prices: false, guard: null, modes: [], affinities: [], stakes: [], dedicated: {}, capacities: {}, trainee: null, interrupts: {}, worth_ms: 0, load_handicap_ms: 0, offer_ms: {}, medium_offset_ms: {}, declined_ms: 0, transfer_ms: 0, consult_ms: 0, agent_lost_ms: 0, customer_lost_queued_ms: 0, customer_lost_connected_ms: 0, chat_idle_ms: 0, reveals_per_hour: 20, unmasked_ms: 0,
      },
    },
    mode: null, trial: null, head_start_pct: {}, matcher_failed_at: null, priced: false,
  };
}

function figures(id: string, pct: number | null, levels: [number, number | null][] = []): QueueFigures {
  const numbers = { offered: 0, answered: 0, abandoned: 0, service_level_pct: pct, abandoned_pct: null, answer_ms: null, longest_answer_ms: null, handle_ms: null, rating: null };
  return { ...numbers, queue: id, interval: numbers, levels: levels.map(([at, level]) => ({ at, service_level_pct: level })) };
}

function day(from: number): FloorFigures {
  const numbers = figures("all", null);
  return { now, zone: "UTC", today: { from: 0, to: now }, interval: { from, to: now }, queues: [], center: { ...numbers, occupancy_pct: null, interval: numbers, media: [] } };
}

describe("levels", () => {
  test("under the aim is watched, ten points under is late, nothing answered is fine", () => {
    expect([80, 79.9, 70.1, 70, null].map((pct) => levelOfShare(pct, 80))).toEqual(["ok", "watch", "watch", "late", "ok"]);
  });

  test("three quarters of the time used is watched, all of it late", () => {
    expect([0.74, 0.75, 1].map(levelOfWait)).toEqual(["ok", "watch", "late"]);
  });

  test("a state shows only when it has held for ten seconds", () => {
    const held = new Hysteresis();
    expect(held.see("a", "ok", 0)).toBe("ok");
    expect(held.see("a", "late", 1000)).toBe("ok");
    expect(held.see("a", "ok", 5000)).toBe("ok");
    expect(held.see("a", "late", 6000)).toBe("ok");
    expect(held.see("a", "late", 15_999)).toBe("ok");
    expect(held.see("a", "late", 16_000)).toBe("late");
    expect(held.since("a")).toBe(16_000);
  });

  test("what recovers is back on target for ten minutes, then simply on target", () => {
    const held = new Hysteresis();
    held.see("a", "late", 0);
    held.see("a", "ok", 1000);
    expect(held.see("a", "ok", 11_000)).toBe("back");
    expect(held.see("a", "ok", 610_999)).toBe("back");
    expect(held.see("a", "ok", 611_000)).toBe("ok");
  });
});

describe("queues", () => {
  test("the worst comes first, and figures count as well as waits", () => {
    const rows = queueRows(state([], [view("1", { arrived_at: now - 30_000, due_at: now - 1 })], [queue("orders"), queue("returns"), queue("calm")]), new Map([["returns", figures("returns", 75)]]), [], "all", now);
    expect(rows.map((row) => [row.id, row.raw])).toEqual([["orders", "late"], ["returns", "watch"], ["calm", "ok"]]);
  });

  test("a channel shows the queues that its inboxes lead to", () => {
    const rows = queueRows(state([], [], [queue("orders"), queue("returns"), queue("mail")]), new Map(), [], "chat", now);
    expect(rows.map((row) => row.id).sort()).toEqual(["orders", "returns"]);
  });

  test("who is able has the skills of the widest ring, who is free has room for one more", () => {
    const talking = view("1", { phase: "connected", agent: "ann" });
    const second = view("2", { phase: "connected", agent: "ann" });
    const here = state([agent("ann", { holds: ["1", "2"] }), agent("bob"), agent("cid", { presence: "break" }), agent("dan", { presence: "offline" }), agent("eve")], [talking, second]);
    const row = queueRows(here, new Map(), [spec("ann"), spec("bob"), spec("cid"), spec("dan"), spec("eve", 1)], "all", now).find((one) => one.id === "orders");
    expect([row?.able, row?.free]).toEqual([3, 1]);
  });

  test("a customer whose language nobody free knows is not served by others who are free", () => {
    const here = state([agent("ann"), agent("bob", { presence: "break" })], [view("1", { language: "pl" }), view("2", { language: "ru" })]);
    here.config.skills = { pl: { id: "pl", name: "Polski", language: true }, ru: { id: "ru", name: "Русский", language: true } };
    const ann: AgentSpec = { ...spec("ann"), skills: { orders: 3, pl: 2 } };
    const bob: AgentSpec = { ...spec("bob"), skills: { orders: 3, ru: 5 } };
    const row = queueRows(here, new Map(), [ann, bob], "all", now).find((one) => one.id === "orders");
    expect([row?.able, row?.free, row?.unserved.map((one) => one.id)]).toEqual([2, 1, ["2"]]);
  });

  test("a transfer begins the wait anew", () => {
    expect(waitUsed(view("1", { arrived_at: now - 100_000, queued_at: now - 5000, transfers: 1 }), now)).toBeCloseTo(0.25);
    expect(waitUsed(view("1", { arrived_at: now - 5000, due_at: now - 5000 }), now)).toBe(1);
  });

  test("aims are one when queues agree, else a range", () => {
    const rows = queueRows(state([], [], [queue("a"), queue("b", { target: { within_ms: 60_000, share_pct: 90, in_business_hours: true } })]), new Map(), [], "all", now);
    expect(aims(rows)).toEqual({ low: 80, high: 90, within_ms: null });
    expect(aims(rows.slice(0, 1))?.within_ms).toBe(20_000);
    expect(aims([])).toBeNull();
  });

  test("an e-mail is overdue while it waits or its first answer is owed, not when a later one is", () => {
    const mail = (over: Partial<InteractionView>): boolean => isOverdueMail(view("1", { medium: "email", due_at: now - 1, queued_at: now - minute, ...over }), now);
    expect(mail({})).toBe(true);
    expect(mail({ due_at: now + 1 })).toBe(false);
    expect(mail({ phase: "connected", unanswered_since: now - minute })).toBe(true);
    expect(mail({ phase: "connected", unanswered_since: now - 1000 })).toBe(false);
    expect(mail({ phase: "wrapping", unanswered_since: now - minute })).toBe(false);
    expect(mail({ medium: "chat" })).toBe(false);
  });
});

describe("people", () => {
  const names = new Map([["ann", "Ann"], ["bob", "Bob"], ["cid", "Cid"], ["dan", "Dan"]]);

  test("who missed an offer comes first, then whose customer waits, then the others", () => {
    const silent = view("1", { phase: "connected", agent: "bob", unanswered_since: now - 3 * minute });
    const rows = peopleRows(state([agent("ann"), agent("bob", { holds: ["1"] }), agent("cid", { presence: "busy", reason: "missed_offer" }), agent("dan", { presence: "offline" })], [silent]), names, "all", false, now);
    expect(rows.map((row) => [row.name, row.doing, row.need])).toEqual([["Cid", "missed", "missed"], ["Bob", "talking", "unanswered"], ["Ann", "available", null]]);
    expect(rows[1]?.about?.id).toBe("1");
  });

  test("wrap-up past its time needs somebody", () => {
    const wrapping = view("1", { phase: "wrapping", agent: "ann", wrap_until: now - 1 });
    expect(peopleRows(state([agent("ann", { holds: ["1"] })], [wrapping]), names, "all", false, now)[0]).toMatchObject({ doing: "wrapping", need: "wrap" });
  });

  test("the crowd counts everybody who is signed in once", () => {
    const rows = peopleRows(state([agent("ann"), agent("bob", { presence: "meal" }), agent("cid", { presence: "busy", reason: "missed_offer" }), agent("dan", { presence: "offline" })], []), names, "all", true, now);
    expect(crowd(rows)).toEqual({ signedIn: 3, free: 1, busy: 0, wrapping: 0, away: 1, missed: 1 });
  });
});

describe("alerts", () => {
  const below = (levels: [number, number | null][], from: number): number | null => {
    const [row] = queueRows(state([], [], [queue("orders")]), new Map([["orders", figures("orders", 60, levels)]]), [], "all", now);
    if (row === undefined) throw new Error("there is no row");
    return belowSince(row, day(from));
  };

  test("below since the first half hour without a break", () => {
    const half = 30 * minute;
    const from = now - 5 * minute;
    expect(below([[from, 60]], from)).toBe(from);
    expect(below([[from - 2 * half, 90], [from - half, 70], [from, 60]], from)).toBe(from - half);
    expect(below([[from - 3 * half, 50], [from - half, 70], [from, 60]], from)).toBe(from - half);
  });

  test("a queue below its aim is told of after ten minutes only", () => {
    const kinds = (from: number): string[] => {
      const rows = queueRows(state([], [], [queue("orders")]), new Map([["orders", figures("orders", 60)]]), [], "all", now);
      return alertsOf(rows, [], [], day(from), now).map((alert) => alert.kind);
    };
    expect(kinds(now - 9 * minute)).toEqual([]);
    expect(kinds(now - 10 * minute)).toEqual(["below"]);
  });

  test("nobody free is told of after ten seconds, not for e-mail, and no longer when somebody is", () => {
    const at = (when: number, agents: AgentView[], over: Partial<InteractionView> = {}): string[] => {
      const rows = queueRows(state(agents, [view("1", { phase_at: now, due_at: when + 60_000, ...over })]), new Map(), [spec("ann")], "all", when);
      return alertsOf(rows, [], [], null, when).map((alert) => alert.key);
    };
    expect(at(now + 9_999, [])).toEqual([]);
    expect(at(now + 10_000, [])).toEqual(["unserved orders"]);
    expect(at(now + 10_000, [], { medium: "email" })).toEqual([]);
    expect(at(now + 10_000, [], { phase: "offered" })).toEqual([]);
    expect(at(now + 10_000, [agent("ann")])).toEqual([]);
  });

  test("overdue e-mail is one alert, each missed offer another", () => {
    const late = view("1", { medium: "email", due_at: now - minute });
    const older = view("2", { medium: "email", due_at: now - 2 * minute });
    const here = state([agent("ann", { presence: "busy", reason: "missed_offer" })], [late, older]);
    const found = alertsOf([], peopleRows(here, new Map(), "all", true, now), Object.values(here.interactions), null, now);
    expect(found.map((alert) => alert.key)).toEqual(["overdue", "missed ann"]);
    expect(found[0]?.kind === "overdue" && found[0].views.map((one) => one.id)).toEqual(["2", "1"]);
  });
});

describe("fetching", () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  test("happens at once, then once a pause however often it is asked", async () => {
    let runs = 0;
    const paced = new Paced(() => { runs += 1; return Promise.resolve(); }, 3000);
    paced.ask();
    paced.ask();
    await vi.advanceTimersByTimeAsync(0);
    expect(runs).toBe(1);
    for (let n = 0; n < 50; n += 1) paced.ask();
    await vi.advanceTimersByTimeAsync(2999);
    expect(runs).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs).toBe(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toBe(2);
  });

  test("ends when it is stopped, and begins again when it is asked", async () => {
    let runs = 0;
    const paced = new Paced(() => { runs += 1; return Promise.resolve(); }, 1000);
    paced.ask();
    await vi.advanceTimersByTimeAsync(0);
    paced.ask();
    paced.stop();
    await vi.advanceTimersByTimeAsync(5000);
    expect(runs).toBe(1);
    paced.ask();
    await vi.advanceTimersByTimeAsync(0);
    expect(runs).toBe(2);
  });
});

describe("the strip of notices", () => {
  const policy = { prices: false, modes: [{ id: "storm", name: "Storm" }] };
  const calm = { mode: null, trial: null, head_start_pct: {}, matcher_failed_at: null, priced: false, config: { policy, segments: { gold: { id: "gold", name: "Gold" } } } } as unknown as Parameters<typeof noticesOf>[0];

  test("is empty while the usual rules hold", () => {
    expect(noticesOf(calm)).toEqual([]);
    expect(noticesOf({ ...calm, head_start_pct: { gold: 100 } })).toEqual([]);
  });

  test("says the worst first, by name", () => {
    const found = noticesOf({ ...calm, matcher_failed_at: 5, mode: "storm", head_start_pct: { gold: 150 }, trial: { id: "t", share_pct: 20, version: 15 } });
    expect(found).toEqual([
      { kind: "failed", at: 5 },
      { kind: "mode", mode: "Storm" },
      { kind: "guard", segment: "gold", name: "Gold", pct: 150 },
      { kind: "trial", version: 15, share_pct: 20 },
    ]);
  });

  test("says that prices are wanted and missing", () => {
    const priced = { ...calm, config: { ...calm.config, policy: { ...calm.config.policy, prices: true } } };
    expect(noticesOf(priced)).toEqual([{ kind: "prices" }]);
    expect(noticesOf({ ...priced, priced: true })).toEqual([]);
  });

  test("tells a newcomer's wait in whole minutes", () => {
    expect([toldText(null), toldText({ low_ms: 5_000, high_ms: 40_000 }), toldText({ low_ms: 110_000, high_ms: 250_000 })]).toEqual([null, "Who comes now is told about 0–1 min", "Who comes now is told about 2–4 min"]);
  });
});

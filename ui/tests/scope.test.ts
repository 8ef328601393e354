/** Whom a supervisor supervises, as the floor asks before it offers a button. */
import { describe, expect, test } from "vitest";
import type { LiveState } from "../src/state/live";
import { leads, supervises } from "../src/state/scope";

const agents = { ann: { team: "shop" }, bob: { team: "press" }, cid: { team: null } } as unknown as LiveState["agents"];
const boss = { roles: ["supervisor"], teams: ["shop"], queues: ["vip"] } as const;
const talk = { queue: "orders", agent: "ann", offer: null, consults: {} };

describe("a supervisor of a team and a queue", () => {
  test("supervises talks of the team, of the queue, and those into which the team is asked", () => {
    expect(supervises(boss, { agents }, talk)).toBe(true);
    expect(supervises(boss, { agents }, { ...talk, agent: "bob" })).toBe(false);
    expect(supervises(boss, { agents }, { ...talk, agent: "bob", queue: "vip" })).toBe(true);
    const asked = { colleague: "ann" } as unknown as (typeof talk.consults)[never];
    expect(supervises(boss, { agents }, { ...talk, agent: "bob", consults: { one: asked } })).toBe(true);
    expect(supervises(boss, { agents }, { ...talk, agent: "cid", queue: null })).toBe(false);
  });
  test("sets the state of their people alone", () => {
    expect(["ann", "bob", "cid"].map((id) => leads(boss, agents[id]?.team ?? null))).toEqual([true, false, false]);
  });
});

test("who is limited to nothing supervises all; an agent nobody", () => {
  expect(supervises({ roles: ["supervisor"], teams: [], queues: [] }, { agents }, { ...talk, agent: "cid" })).toBe(true);
  expect(supervises({ roles: ["agent"] }, { agents }, talk)).toBe(false);
});

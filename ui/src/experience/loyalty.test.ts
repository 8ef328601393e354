import { expect, test } from "vitest";
import { apart, change, type Effect, moneyWord } from "./loyalty";

const effect = (kind: Effect["kind"], minor: number): Effect => ({
  kind, contacts: 1, waiting: 0, no_orders: 0, alone: 0, counted: 1, enough: false, again: null, lost: null, spent: null,
  loyalty: { pct: -28, low_pct: null, high_pct: null, own: false }, money: { minor, low_minor: null, high_minor: null, own: false },
});

test("changes carry their sign and differences their unit", () => {
  expect([change(18), change(0)]).toEqual(["+18\u00a0%", "0\u00a0%"]);
  expect(change(-28)).toMatch(/^[-−]28\u00a0%$/);
  expect(apart("again", 0.051, "EUR")).toBe("+5.1 points");
  expect(apart("spent", 1250, "EUR")).toMatch(/^\+.*12.50/);
});

test("money after a contact is at risk, won or lost", () => {
  expect([moneyWord(effect("bad", -10)), moneyWord(effect("good", 10)), moneyWord(effect("good", -10)), moneyWord(effect("bad", 10))]).toEqual(["At risk", "Won", "Lost", "Won"]);
});

/** Offers as people type and read them. */
import { describe, expect, it } from "vitest";
import { locale } from "../src/i18n/locale.svelte";
import { called, newId, points, readMoney, typedMoney } from "../src/offers/offers";

describe("money as it is typed", () => {
  it("is minor units, whatever the currency has of them", () => {
    expect(readMoney("40,5", "PLN")).toBe(4050);
    expect(readMoney(" 12 ", "JPY")).toBe(12);
    expect(typedMoney(4050, "PLN")).toBe("40.5");
  });

  it("refuses what is no amount", () => {
    for (const text of ["", " ", "ten", "-1", "1e999"]) expect(readMoney(text, "PLN")).toBeNull();
  });
});

describe("a new offer", () => {
  it("has an id from its name that nobody has", () => {
    expect(newId("Care plan, 2 years!", new Set())).toBe("care-plan-2-years");
    expect(newId("Care", new Set(["care", "care-2"]))).toBe("care-3");
    expect(newId("Забота", new Set())).toBe("offer");
  });

  it("is called in the reader's language, else in English, else by its id", () => {
    expect(called({ id: "x", names: { en: "Care", ru: "Забота" } })).toBe(locale.current === "ru" ? "Забота" : "Care");
    expect(called({ id: "x", names: {} })).toBe("x");
  });
});

it("a difference has a sign and its interval", () => {
  expect(points({ difference: 4.2, low: -1, high: 9.4 })).toContain("+4");
  expect(points({ difference: -4.2, low: -9, high: -1 })).not.toContain("+");
});

/** What a row of the benchmark says: the next step, what is missing, one fact more. */
import { describe, expect, test } from "vitest";
import { factsOf, missingOf, nextOf, type BenchmarkRow } from "../src/benchmark/types";
import { t } from "../src/i18n/benchmark";

const texts = { en: "", ru: "", pl: "" };

function row(change: Partial<BenchmarkRow>): BenchmarkRow {
  return { key: "identified", area: "customers", level: 2, published_to_pct: null, published_pct: 78, own_pct: 50, low_pct: 40, high_pct: 60, good: 5, n: 10, missing: null, facts: {}, next: "/settings/inboxes", opens: true, names: texts, published: texts, formulas: texts, ...change };
}

describe("a row", () => {
  test("tells the next step only where there is a screen for it", () => {
    expect(nextOf(row({}))).toBe(t("next.identified"));
    expect(nextOf(row({ next: null }))).toBeNull();
    expect(nextOf(row({ key: "brought_later" }))).toBeNull();
  });

  test("says what is missing, also in a word that this page does not know", () => {
    expect(missingOf(row({}))).toBeNull();
    expect(missingOf(row({ missing: "no_offers" }))).toBe(t("missing.no_offers"));
    expect(missingOf(row({ missing: "brought_later" }))).toBe("brought_later");
  });

  test("has one sentence more where the center told a fact", () => {
    expect(factsOf(row({}))).toBeNull();
    expect(factsOf(row({ key: "callbacks", facts: { requests: 1 } }))).toBe("1 request in this period.");
    expect(factsOf(row({ key: "satisfaction_measured", facts: { asked: 2 }, missing: "nothing_yet" }))).toBeNull();
    expect(factsOf(row({ key: "best_to_best", facts: { segment: "Platinum", agents: 6, of_all_pct: 28.9 } }))).toBe("Platinum, 6 agents; of all contacts they took 29 %.");
  });
});

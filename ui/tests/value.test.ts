/** Words of value and rules: every mistake and every field has its words in each language. */
import { afterEach, describe, expect, it } from "vitest";
import { fieldName, four, minor, sayFound, sayRuleProblem, sayWanted, segmentName, type Term } from "../src/customers/value";
import { t } from "../src/i18n/customers_value";
import { locale, type Locale } from "../src/i18n/locale.svelte";

const codes = ["too_long", "unended_quote", "strange_sign", "wants_joining", "wants_bracket", "wants_field", "wants_comparison", "wants_number", "wants_text", "wants_yes_or_no", "wants_list", "wants_percent", "wants_has", "no_field", "no_order", "no_top", "no_share", "no_text", "empty_text", "too_large", "too_deep", "too_many_tests", "too_many_values"];
const facts = { max: 50, min: 0.1, field: "colour", sign: "?" };

function term(more: Partial<Term>): Term {
  return { field: "value", kind: "money", op: ">=", wanted: 50_000, found: 123_450, fits: true, ...more };
}

afterEach(() => { locale.choose("en"); });

describe("a mistake in a rule", () => {
  for (const language of ["en", "ru", "pl"] as Locale[]) {
    it(`is said in ${language}, whatever it is`, () => {
      locale.choose(language);
      const said = codes.map((code) => sayRuleProblem({ code, at: 0, length: 1, detail: "x", facts }));
      expect(new Set(said).size).toBe(codes.length);
      expect(said.every((one) => !one.includes("{") && one !== t("bad.other"))).toBe(true);
      expect(sayRuleProblem({ code: "unheard", at: 0, length: 1, detail: "x", facts: {} })).toBe(t("bad.other"));
    });
  }
});

describe("a term", () => {
  it("says what it asks and what was found", () => {
    expect(sayWanted(term({}), "PLN").replaceAll("\u00a0", " ")).toBe("value >= PLN 500");
    expect(sayFound(term({}), "PLN")).toContain("1,234.5");
    expect(sayWanted(term({ op: "top", wanted: 5, found: 3.2 }), "PLN")).toBe("value: among the top 5\u00a0%");
    expect(sayFound(term({ op: "top", wanted: 5, found: 3.2 }), "PLN")).toContain("3.2");
    expect(sayFound(term({ found: null }), "PLN")).toBe("not known");
    expect(sayWanted(term({ field: "language", kind: "text", op: "in", wanted: ["en", "pl"] }), "PLN")).toBe("language in en, pl");
    expect(sayFound(term({ field: "words", kind: "text", op: "has", wanted: ["cancel"], found: null }), "PLN")).toBe("");
  });

  it("calls the site's own fields as the site does", () => {
    expect(fieldName("field.size")).toBe("size");
    expect(fieldName("recency_days")).toBe("days since the last order");
  });
});

it("money without cents stays whole", () => {
  expect(minor(1234, "JPY")).toContain("1,234");
  expect(minor(1234, "PLN")).toContain("12.34");
});

it("the four usual segments stand from the highest to the lowest", () => {
  const values = four.map((one) => one.value);
  expect(values).toEqual(values.toSorted((a, b) => b - a));
  expect(segmentName("gold", four)).toBe("Gold");
  expect(segmentName(null, four)).toBe("none");
});

/** Words and figures of feedback: as people read them, in each language. */
import { afterEach, describe, expect, it } from "vitest";
import { everything, feltHint, figureText, itemName, judgingText, marksOf, queryOf, verdictOf, type Definition, type Said } from "../src/experience/feedback";
import { locale } from "../src/i18n/locale.svelte";

const plain = (text: string): string => text.replaceAll("\u00a0", " ");

function measure(unit: Definition["unit"], key = "x"): Definition {
  return { key, unit, source: "answers", least: 0, most: 100, names: { en: `Name of ${key}`, ru: "Имя" }, formulas: {} };
}

function answer(more: Partial<Said>): Said {
  return { question: "q", kind: "csat", feeling: null, value: null, words: null, ...more };
}

afterEach(() => { locale.choose("en"); });

describe("a figure", () => {
  it("is written as its measure is", () => {
    expect(plain(figureText(measure("pct"), 84.4))).toBe("84 %");
    expect(figureText(measure("score"), 4)).toBe("4.0");
    expect(figureText(measure("index"), 70.6)).toBe("71");
    expect(figureText(measure("net"), 38.2)).toBe("+38");
    expect(figureText(measure("net"), -12)).toBe("-12");
    expect(figureText(measure("net"), 0.2)).toBe("0");
    expect(figureText(measure("pct"), null)).toBe("–");
  });

  it("is on target in grey, and under it as something to watch", () => {
    expect(verdictOf("attained").tone).toBe("idle");
    expect(verdictOf("not_attained").tone).toBe("watch");
    expect(verdictOf("not_enough").word).toBe("Not enough answers");
  });

  it("says from how many answers on it is judged", () => {
    expect(judgingText({ en: "fewer than {least}" }, 1200)).toBe("fewer than 1,200");
  });
});

describe("an answered survey", () => {
  const survey = [
    answer({ kind: "nps", value: 9 }),
    answer({ kind: "feeling", feeling: "again", value: 3 }),
    answer({ kind: "text", words: "Thanks" }),
    answer({ kind: "feeling", feeling: "glad", value: 5 }),
    answer({ kind: "csat", value: 4 }),
  ];

  it("is told in a fixed order, the feelings together", () => {
    expect(marksOf(survey)).toEqual(["Satisfied 4 of 5", "Feelings 5, 3 of 5", "Would recommend 9 of 10"]);
    locale.choose("pl");
    expect(marksOf(survey)).toEqual(["Zadowolenie 4 na 5", "Uczucia 5, 3 na 5", "Polecenie 9 na 10"]);
  });

  it("says which feelings these are, and nothing where there are none", () => {
    expect(feltHint(survey, [measure("index", "glad"), measure("index", "again")])).toBe("In this order: Name of glad; Name of again.");
    expect(feltHint([answer({ value: 4 })], [])).toBeUndefined();
    expect(marksOf([answer({ kind: "text", words: "Thanks" })])).toEqual([]);
  });
});

describe("a filter", () => {
  it("asks only for what is chosen", () => {
    expect(queryOf(everything)).toEqual({});
    expect(queryOf({ ...everything, channel: "chat" })).toEqual({ channel: "chat" });
  });

  it("calls things by their names", () => {
    const names = { queue: { shop: "Shop" } };
    expect(itemName("queue", "shop", names)).toBe("Shop");
    expect(itemName("queue", "gone", names)).toBe("gone");
    expect(itemName("channel", "chat", names)).toBe("Chat");
    expect(itemName("language", "ru", names)).toBe("Russian");
    expect(itemName("site", "", names)).toBe("Whole center");
  });
});

/** Messages: the right plural in each language, no parameter lost in translation, and figures written as each language does. */
import { afterEach, describe, expect, test } from "vitest";
import { Problem } from "../src/api";
import { sayFault } from "../src/i18n/faults";
import { clockTime, date, dayBegins, fileSize, isoSpan, moment, money, number, percent, span, time, useZone } from "../src/i18n/format";
import { bestLocale, locale, locales } from "../src/i18n/locale.svelte";
import { room } from "../src/i18n/room";

const t = room({
  en: { waiting: { one: "{n} waits", other: "{n} wait" }, hello: "Hello, {name}", plain: "Late", talks: { one: "{n} conversation with {name}", other: "{n} conversations with {name}" } },
  ru: { waiting: { one: "{n} ждёт", few: "{n} ждут", many: "{n} ждут", other: "{n} ждут" }, hello: "Здравствуйте, {name}", plain: "Опоздание", talks: { one: "{n} разговор с {name}", few: "{n} разговора с {name}", many: "{n} разговоров с {name}", other: "{n} разговора с {name}" } },
  pl: { waiting: { one: "{n} czeka", few: "{n} czekają", many: "{n} czeka", other: "{n} czeka" }, hello: "Dzień dobry, {name}", plain: "Spóźnienie", talks: { one: "{n} rozmowa z {name}", few: "{n} rozmowy z {name}", many: "{n} rozmów z {name}", other: "{n} rozmowy z {name}" } },
});

afterEach(() => {
  locale.choose("en");
  useZone("UTC");
});

describe("plurals", () => {
  test("English has one and other", () => {
    expect([0, 1, 2, 21].map((n) => t("waiting", { n }))).toEqual(["0 wait", "1 waits", "2 wait", "21 wait"]);
  });

  test("Russian takes the form of the last digits, with teens apart", () => {
    locale.choose("ru");
    expect([1, 2, 5, 11, 14, 21, 22, 25].map((n) => t("talks", { n, name: "Анной" }).split(" ")[1])).toEqual(["разговор", "разговора", "разговоров", "разговоров", "разговоров", "разговор", "разговора", "разговоров"]);
    expect(t("waiting", { n: 1 })).toBe("1 ждёт");
    expect(t("waiting", { n: 21 })).toBe("21 ждёт");
    expect(t("talks", { n: 1.5, name: "Анной" })).toBe("1,5 разговора с Анной");
  });

  test("Polish keeps one for 1 alone", () => {
    locale.choose("pl");
    expect([1, 2, 4, 5, 12, 21, 22].map((n) => t("waiting", { n }))).toEqual(["1 czeka", "2 czekają", "4 czekają", "5 czeka", "12 czeka", "21 czeka", "22 czekają"]);
  });
});

describe("messages", () => {
  test("follow the language that is on", () => {
    expect(t("plain")).toBe("Late");
    locale.choose("pl");
    expect(t("plain")).toBe("Spóźnienie");
    expect(document.documentElement.lang).toBe("pl");
  });

  test("a parameter that looks like a placeholder or a pattern is only text", () => {
    expect(t("hello", { name: "{n} $& $1" })).toBe("Hello, {n} $& $1");
  });

  test("a missing key or parameter does not compile", () => {
    // @ts-expect-error no such message
    expect(() => t("nothing")).toThrow('No message "nothing"');
    // @ts-expect-error the name is missing
    expect(t("hello")).toBe("Hello, {name}");
    // @ts-expect-error Polish lacks its forms and its second message
    room({ en: { a: { one: "", other: "" }, b: "" }, ru: { a: { one: "", few: "", many: "", other: "" }, b: "" }, pl: { a: { one: "", other: "" } } });
  });

  test("every room's languages have the same keys and parameters", async () => {
    const files = import.meta.glob<{ t?: typeof t }>(["../src/i18n/*.ts", "!../src/i18n/*.svelte.ts"]);
    const names = (message: unknown): string[] => [...new Set([...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? ""))].sort();
    let checked = 0;
    for (const load of Object.values(files)) {
      const { t: words } = await load();
      if (words === undefined) continue;
      const { en } = words.catalogue;
      for (const language of locales) {
        const catalogue = words.catalogue[language];
        expect(Object.keys(catalogue).sort()).toEqual(Object.keys(en).sort());
        for (const [key, message] of Object.entries(catalogue)) {
          expect(names(message), `${language} ${key}`).toEqual(names(en[key as keyof typeof en]));
          checked += 1;
        }
      }
    }
    expect(checked).toBeGreaterThan(300);
  });

  test("the browser's wishes are taken in their order", () => {
    expect(bestLocale(["de-DE", "pl-PL", "ru"])).toBe("pl");
    expect(bestLocale(["RU-ru"])).toBe("ru");
    expect(bestLocale([])).toBe("en");
  });

  test("the account's language yields to the one chosen here", () => {
    locale.choose("pl");
    locale.suggest("ru");
    expect(locale.current).toBe("pl");
  });
});

describe("times", () => {
  test("m:ss under an hour, h:mm:ss above, never under zero", () => {
    expect([0, 999, 38_000, 60_000, 372_000, 3_599_999, 3_600_000, 4_360_000, 360_000_000, -5].map(clockTime)).toEqual(["0:00", "0:00", "0:38", "1:00", "6:12", "59:59", "1:00:00", "1:12:40", "100:00:00", "0:00"]);
  });

  test("a span has at most two units and no-break spaces", () => {
    expect([20_000, 2_280_000, 6_120_000, 7_200_000, 273_600_000].map(span)).toEqual(["20 s", "38 min", "1 h 42 min", "2 h", "3 d 4 h"].map((text) => text.replaceAll(" ", "\u00a0")));
    locale.choose("ru");
    expect(span(6_120_000)).toBe("1\u00a0ч\u00a042\u00a0мин");
  });

  test("a span for machines", () => {
    expect(isoSpan(4_360_000)).toBe("PT1H12M40S");
  });

  test("clock times stand in the center's zone", () => {
    const at = Date.UTC(2026, 10, 22, 12, 41, 53);
    useZone("Europe/Warsaw");
    expect(time(at)).toBe("13:41");
    expect(moment(at, at + 60_000)).toBe("13:41");
    expect(moment(at, at + 86_400_000)).toBe("22 Nov");
    expect(date(at, Date.UTC(2027, 1, 1))).toBe("22 Nov 2026");
    expect(() => { useZone("Mars/Olympus"); }).toThrow();
  });

  test("a day begins at the center's midnight, also when the clocks change", () => {
    useZone("Europe/Warsaw");
    expect(dayBegins("2026-11-22")).toBe(Date.UTC(2026, 10, 21, 23));
    expect([dayBegins("2026-03-29"), dayBegins("2026-03-29", 1)]).toEqual([Date.UTC(2026, 2, 28, 23), Date.UTC(2026, 2, 29, 22)]);
    useZone("Asia/Beirut"); // midnight itself was left out on this day
    expect(dayBegins("2022-03-27")).toBe(Date.UTC(2022, 2, 26, 22));
    useZone("America/Havana"); // midnight came twice on this day
    expect(dayBegins("2022-11-06")).toBe(Date.UTC(2022, 10, 6, 4));
    expect([dayBegins(""), dayBegins("tomorrow")]).toEqual([null, null]);
  });
});

describe("figures", () => {
  test("are written as each language does", () => {
    expect([number(1284), percent(0.841, 1), money(1284, "EUR"), fileSize(1_234_567)]).toEqual(["1,284", "84.1\u00a0%", "€1,284", "1.2 MB"]);
    locale.choose("ru");
    expect([number(1284), percent(0.841, 1), money(12.5, "EUR")]).toEqual(["1\u00a0284", "84,1\u00a0%", "12,50\u00a0€"]);
  });
});

describe("a fault of a field", () => {
  const fault = (code: string, facts: object = {}): string => sayFault({ field: "name", detail: "in English", code, facts: { ...facts } });

  test("is said in the reader's language, with its numbers in the right form", () => {
    expect([fault("missing"), fault("too_long", { max: 1 }), fault("out_of_range", { min: 0, max: 1200 })]).toEqual(["Fill this in.", "At most 1 character.", "From 0 to 1,200."]);
    locale.choose("ru");
    expect([fault("too_many", { max: 21 }), fault("too_many", { max: 5 }), fault("wrong_type", { expected: "list" })]).toEqual(["Не больше 21 записи.", "Не больше 5 записей.", "Здесь нужен список."]);
    locale.choose("pl");
    expect([fault("too_short", { min: 2 }), fault("no_such", { item: "orders" })]).toEqual(["Co najmniej 2 znaki.", "Nie znaleziono: orders."]);
  });

  test("is said in the center's words when we know no better", () => {
    expect([fault("invalid"), fault("brand_new"), fault("too_long"), sayFault({ field: "a", detail: "old center" })]).toEqual(["in English", "in English", "in English", "old center"]);
    expect(fault("wrong_type", { expected: "goat" })).toBe("Something else is expected here.");
  });

  test("stands at its field in a problem", () => {
    const problem = new Problem(400, "", "", "malformed", { field: "text", errors: [{ field: "text", detail: "is empty", code: "empty" }, { field: "n", detail: "too large", code: "too_large", facts: { max: 9 } }, { field: "odd" }] });
    expect([...problem.fields]).toEqual([["text", "It must not be empty."], ["n", "At most 9."]]);
  });
});

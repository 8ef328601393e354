/** The widget speaks three languages with the right forms. */
import { describe, expect, test } from "vitest";
import { Refusal } from "../src/door";
import { chooseLocale, Voice, type Locale } from "../src/words";
import { en } from "../src/words/en";
import { pl } from "../src/words/pl";
import { ru } from "../src/words/ru";

const minute = 60_000;

describe("counted sentences", () => {
  test.each<[Locale, number, string]>([
    ["en", 1, "1 person before you"],
    ["en", 2, "2 people before you"],
    ["ru", 1, "перед вами 1 человек"],
    ["ru", 2, "перед вами 2 человека"],
    ["ru", 5, "перед вами 5 человек"],
    ["ru", 11, "перед вами 11 человек"],
    ["ru", 21, "перед вами 21 человек"],
    ["ru", 24, "перед вами 24 человека"],
    ["pl", 1, "przed Tobą 1 osoba"],
    ["pl", 3, "przed Tobą 3 osoby"],
    ["pl", 5, "przed Tobą 5 osób"],
    ["pl", 12, "przed Tobą 12 osób"],
    ["pl", 22, "przed Tobą 22 osoby"],
  ])("%s %i", (locale, n, sentence) => {
    expect(new Voice(locale).count("before", n)).toBe(sentence);
  });

  test("about so many minutes takes the genitive in Russian and Polish", () => {
    expect(new Voice("ru").count("about", 1)).toBe("Около 1 минуты");
    expect(new Voice("ru").count("about", 21)).toBe("Около 21 минуты");
    expect(new Voice("ru").count("about", 3)).toBe("Около 3 минут");
    expect(new Voice("pl").count("about", 1)).toBe("Około 1 minuty");
    expect(new Voice("pl").count("about", 22)).toBe("Około 22 minut");
  });

  test("unread messages", () => {
    expect(new Voice("ru").count("unread", 21)).toBe("21 непрочитанное сообщение");
    expect(new Voice("ru").count("unread", 3)).toBe("3 непрочитанных сообщения");
    expect(new Voice("pl").count("unread", 5)).toBe("5 nieprzeczytanych wiadomości");
  });
});

describe("the wait", () => {
  const voice = new Voice("en");
  test("is said with both halves when both are known", () => {
    expect(voice.wait(3, { low_ms: 1.8 * minute, high_ms: 4.2 * minute })).toBe("About 2–4 minutes, 2 people before you");
    expect(voice.wait(1, { low_ms: 2.6 * minute, high_ms: 3.2 * minute })).toBe("About 3 minutes");
    expect(voice.wait(1, { low_ms: 10_000, high_ms: 2.4 * minute })).toBe("Up to 2 minutes");
  });
  test("claims nothing that is not known", () => {
    expect(voice.wait(2, null)).toBe("1 person before you");
    expect(voice.wait(1, null)).toBeNull();
    expect(voice.wait(null, null)).toBeNull();
  });
  test("is rounded at both ends", () => {
    expect(voice.wait(1, { low_ms: 5_000, high_ms: 50_000 })).toBe("Less than a minute");
    expect(voice.wait(1, { low_ms: 61 * minute, high_ms: 90 * minute })).toBe("More than an hour");
  });
  test("begins with a capital letter in every language", () => {
    expect(new Voice("ru").wait(2, null)).toBe("Перед вами 1 человек");
    expect(new Voice("pl").wait(2, null)).toBe("Przed Tobą 1 osoba");
    expect(new Voice("ru").wait(3, { low_ms: 2 * minute, high_ms: 4 * minute })).toBe("Около 2–4 минут, перед вами 2 человека");
    expect(new Voice("ru").wait(1, { low_ms: 0, high_ms: minute })).toBe("До 1 минуты");
    expect(new Voice("pl").wait(3, { low_ms: 2 * minute, high_ms: 4 * minute })).toBe("Około 2–4 minut, przed Tobą 2 osoby");
  });
});

test("durations stand alone in the right form", () => {
  expect(new Voice("en").duration(4_200)).toBe("4 seconds");
  expect(new Voice("ru").duration(4_200)).toBe("4 секунды");
  expect(new Voice("pl").duration(5 * minute)).toBe("5 minut");
});

test("a coming moment is near by word, far by date", () => {
  const now = new Date(2026, 2, 6, 20, 0).getTime();
  const voice = new Voice("en");
  expect(voice.coming(new Date(2026, 2, 6, 22, 30).getTime(), now)).toBe("today, 22:30");
  expect(voice.coming(new Date(2026, 2, 7, 9, 0).getTime(), now)).toBe("tomorrow, 09:00");
  expect(voice.coming(new Date(2026, 2, 9, 9, 0).getTime(), now)).toBe("Monday 9 March, 09:00");
});

test("the language is the first one that we speak", () => {
  expect(chooseLocale([undefined, "", "de-DE", "ru-KZ", "pl"])).toBe("ru");
  expect(chooseLocale(["PL_pl"])).toBe("pl");
  expect(chooseLocale(["de", "uk"])).toBe("en");
});

test("all languages have the same sentences with the same holes", () => {
  const holes = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort();
  for (const words of [ru, pl]) {
    expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(words[key], key).not.toBe("");
      expect(holes(words[key]), key).toEqual(holes(en[key]));
    }
  }
});

describe("a refusal becomes a sentence", () => {
  const voice = new Voice("en");
  test("our own words where we know the case", () => {
    expect(voice.refusal(new Refusal(0, "unreachable", "fetch failed"))).toBe(en.unreachable);
    expect(voice.refusal(new Refusal(429, "too_many", "", 12))).toBe("Too many requests. Try again in 12 secs.");
    expect(voice.refusal(new Refusal(401, "no_such_chat", ""))).toBe(en.gone);
    expect(voice.refusal(new Refusal(409, "unstaffed", "Nobody is there.", null, "We are all at lunch."))).toBe("We are all at lunch.");
    expect(voice.refusal(new Refusal(409, "unstaffed", "Nobody is there."))).toBe(en.closedTitle);
    expect(voice.refusal(new Refusal(409, "no_mail_relay", "this center sends no mail"))).toBe(en.noRelay);
  });
  test("else the center's, but never the inside of a broken one", () => {
    expect(voice.refusal(new Refusal(400, "malformed", "email: is no address"))).toBe("email: is no address");
    expect(voice.refusal(new Refusal(500, "", "KeyError"))).toBe(en.wrong);
  });
});

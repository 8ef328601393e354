/** The call speaks three languages with the same facts, and says why there is no microphone. */
import { describe, expect, test } from "vitest";
import { faultOf } from "../../src/phone/sound";
import { catalogue, say } from "../call/words";

const facts = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();

describe("words of a call", () => {
  test("every sentence has the same facts in every language", () => {
    for (const [key, text] of Object.entries(catalogue.en))
      for (const words of [catalogue.ru, catalogue.pl]) expect([key, facts(words[key as keyof typeof words])]).toEqual([key, facts(text)]);
  });

  test("facts are put in", () => {
    expect(say("pl", "position", { n: 3 })).toBe("Twoje miejsce w kolejce: 3.");
  });
});

describe("no microphone", () => {
  test.each([
    ["NotAllowedError", "refused"],
    ["NotReadableError", "busy"],
    ["NotFoundError", "missing"],
  ])("%s is %s", (name, fault) => {
    expect(faultOf(new DOMException("", name))).toBe(fault);
  });
});

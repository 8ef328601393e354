/** The pure rules of articles: which text is wanted, where words were found, addresses. */
import { describe, expect, it } from "vitest";
import { addressOf, inLanguage, pathOf, pieces } from "./types";

describe("articles", () => {
  it("gives the text in the reader's language, else the first", () => {
    const texts = [{ language: "en" }, { language: "pl" }];
    expect(inLanguage(texts, "pl")?.language).toBe("pl");
    expect(inLanguage(texts, "ru")?.language).toBe("en");
    expect(inLanguage([], "ru")).toBeUndefined();
  });

  it("cuts a text where words were found and loses none of it", () => {
    const cut = pieces("a parcel came", [[2, 8]]);
    expect(cut.filter((one) => one.marked).map((one) => one.text)).toEqual(["parcel"]);
    expect(cut.map((one) => one.text).join("")).toBe("a parcel came");
  });

  it("names versions in paths", () => {
    expect(pathOf("a b", { language: "ru", number: 2 })).toBe("/articles/a%20b/versions/ru/2");
    expect(addressOf("x")).toBe("/knowledge/articles/x");
  });
});

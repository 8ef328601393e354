import { describe, expect, it } from "vitest";
import { called, idFor } from "./topics";

describe("the id of a new topic", () => {
  it("is made from its name", () => {
    expect(idFor("Returns & refunds", [])).toBe("returns-refunds");
  });

  it("is never one that is taken or that means nothing known", () => {
    expect(idFor("Returns", ["returns", "returns-2"])).toBe("returns-3");
    expect(idFor("Other", [])).toBe("topic-other");
    expect(idFor("Возврат", [])).toBe("topic");
  });
});

it("a topic without a name in the reader's language is called by its English one", () => {
  expect(called({ en: "Returns" })).toBe("Returns");
  expect(called(null)).toBe("Other");
});

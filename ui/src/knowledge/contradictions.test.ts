import { describe, expect, it } from "vitest";
import { cut, editor, sayFact, type Contradiction, type Statement } from "./contradictions";

const said: Statement = { source: "article", id: "a b", language: "en", title: "Returns", sentence: "😀 Return it in 14 days.", start: 15, end: 22 };
const pair: Contradiction = { id: "x", why: "differs", kind: "duration", topic: "return", found_at: 0, one: said, other: said, dismissed: null };

describe("a contradiction", () => {
  it("cuts its sentence by signs, not by halves of them", () => {
    expect(cut(said)).toEqual(["😀 Return it in ", "14 days", "."]);
  });

  it("leads to the editor of each text", () => {
    expect(editor(said)).toBe("/knowledge/articles/a%20b");
    expect(editor({ ...said, source: "canned" })).toBe("/settings/canned/a%20b");
    expect(editor({ ...said, source: "mail" })).toBe("/settings/mailboxes/a%20b");
    expect(editor({ ...said, source: "queue" })).toBe("/settings/queues/a%20b");
  });

  it("is called by its kind and topic, by its kind alone where no topic is known", () => {
    expect(sayFact(pair)).toBe("Time: return");
    expect(sayFact({ ...pair, kind: "money", topic: "" })).toBe("Price");
  });
});

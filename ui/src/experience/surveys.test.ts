import { afterEach, describe, expect, it } from "vitest";
import { locale } from "../i18n/locale.svelte";
import type { Fault } from "../policies/types";
import { reasons, shareOf, surveys, type Coverage } from "./surveys";

const coverage: Coverage = { asked: 2, opened: 1, answered: 1, talks: 9, asked_pct: 22.2, answered_pct: 50, passed: { recently: 3, no_consent: 4, later_added: 1 } };
const fault: Fault = { line: 2, column: 7, end_line: 2, end_column: 11, path: "when", severity: "error", code: "not_a_time", detail: "'soon' is no time to ask.", fix: "Write it as: after close, or after 2 h." };

afterEach(() => { locale.choose("en"); });

describe("surveys", () => {
  it("says why nobody was asked, the most frequent first, a new reason by its own word", () => {
    expect(reasons(coverage).map((one) => [one.word, one.n])).toEqual([["no consent to be written to", 4], ["asked not long ago", 3], ["later_added", 1]]);
  });

  it("shows no share where there is none", () => {
    expect(shareOf(null)).toBe("–");
    expect(shareOf(50)).toContain("50");
  });

  it("says faults in the reader's language, in English as the center does", () => {
    expect(surveys.shownFaults([fault], "survey: a\nwhen: soon")).toEqual([fault]);
    locale.choose("pl");
    expect(surveys.shownFaults([fault], "survey: a\nwhen: soon")[0]?.detail).toBe("Nie wiadomo, kiedy pytać: soon");
  });
});

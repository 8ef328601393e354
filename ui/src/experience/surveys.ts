/** Surveys as the API tells of them, and how the screen names things of theirs. */
import type { Problem } from "../api";
import { percent } from "../i18n/format";
import { locale } from "../i18n/locale.svelte";
import { t } from "../i18n/experience_surveys";
import type { PlainKeyOf } from "../i18n/room";
import { shownFaults as sharedFaults } from "../policies/faults";
import type { Fault } from "../policies/types";
import { sayProblem } from "../problem";

export interface Person { readonly id: string; readonly name: string | null }

export interface Coverage {
  readonly asked: number;
  readonly opened: number;
  readonly answered: number;
  readonly talks: number;
  readonly asked_pct: number | null;
  readonly answered_pct: number | null;
  /** Talks that nobody was asked about, by reason. */
  readonly passed: Readonly<Record<string, number>>;
}

export interface Survey {
  readonly id: string;
  readonly name: string;
  /** The number that is asked now; null while it is not asked. */
  readonly in_force: number | null;
  /** Ids of its versions, the newest first. */
  readonly versions: readonly string[];
  readonly coverage: Coverage;
}

export interface Listed { readonly days: number; readonly surveys: readonly Survey[]; readonly talks: number }

export interface Version {
  readonly id: string;
  readonly survey: string;
  readonly number: number | null;
  readonly name: string;
  readonly state: "draft" | "published" | "past";
  readonly tag: string;
  readonly updated_at: number;
  readonly updated_by: Person | null;
  readonly published_at: number | null;
}

export interface OpenVersion extends Version { readonly text: string; readonly problems: readonly Fault[] }

export function titleOf(version: Version): string {
  return version.number === null ? `${version.name}, ${t("draft")}` : `${version.name}, ${t("number", { number: String(version.number) })}`;
}

function known(key: string): key is PlainKeyOf<typeof t> {
  return Object.hasOwn(t.catalogue.en, key);
}

/** Why nobody was asked about some talks, the most frequent first. */
export function reasons(coverage: Coverage): readonly { readonly why: string; readonly word: string; readonly n: number }[] {
  return Object.entries(coverage.passed)
    .sort((one, other) => other[1] - one[1])
    .map(([why, n]) => ({ why, n, word: known(`why.${why}`) ? t(`why.${why}` as PlainKeyOf<typeof t>) : why }));
}

export function shareOf(pct: number | null): string {
  return pct === null ? "–" : percent(pct / 100);
}

export function refusal(problem: Problem): string {
  const key = `refused.${problem.code}`;
  return known(key) ? t(key) : sayProblem(problem);
}

/** The faults in the reader's language; in English they are the center's own words. */
export function shownFaults(faults: readonly Fault[], text: string): readonly Fault[] {
  if (locale.current === "en") return faults;
  return sharedFaults(faults, text).map((fault) => {
    const key = `fault.${fault.code}`;
    if (!Object.hasOwn(t.catalogue.en, key)) return fault;
    const line = text.split("\n")[fault.line - 1] ?? "";
    const what = (fault.end_line === fault.line ? line.slice(fault.column - 1, fault.end_column - 1) : line).trim().slice(0, 40);
    return { ...fault, detail: t(key as "fault.no_way", { what }), fix: "" };
  });
}

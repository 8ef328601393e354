/** Surveys as the API tells of them, and how the screen names things of theirs. */
import { percent } from "../i18n/format";
import { t } from "../i18n/experience_surveys";
import type { PlainKeyOf } from "../i18n/room";
import { kind } from "../written/kind";
import type { Listed, OpenVersion } from "../written/types";

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

export interface Survey extends Listed { readonly coverage: Coverage }

/** The surveys, with what came of them in the last days. */
export interface Shelf { readonly days: number; readonly surveys: readonly Survey[]; readonly talks: number }

export interface OpenSurvey extends OpenVersion { readonly survey: string }

export const surveys = kind<OpenSurvey>({ id: "survey", api: "/surveys", inForce: "asking", page: "/experience/surveys", textOf: (version) => version.survey }, t);

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

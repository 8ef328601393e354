/** Duplicates as the center tells them, and their words: terms that speak for and against, causes of merges. */
import type { Problem } from "../api";
import { t } from "../i18n/customers_match";
import { percent } from "../i18n/format";
import type { KeyOf, PlainKeyOf } from "../i18n/room";
import { sayProblem } from "../problem";

export interface Known {
  readonly kind: string;
  readonly value: string;
  readonly verification: string;
  /** The same for the same value, also where that is masked. */
  readonly number?: number;
}
export interface Person {
  readonly id: string;
  readonly name: string | null;
  readonly masked: boolean;
  readonly created_at?: number;
  readonly merged_into?: string | null;
  readonly identifiers?: readonly Known[];
  readonly fields?: Readonly<Record<string, string>>;
}
export interface Term {
  readonly code: string;
  readonly bits: number;
  readonly count: number | null;
}
export interface Pair {
  readonly people: readonly [Person, Person];
  readonly share: number;
  readonly terms: readonly Term[];
  readonly veto: string | null;
  readonly at: number;
}
export interface Merge {
  readonly id: string;
  readonly kind: "merge" | "split";
  readonly cause: string;
  readonly share: number | null;
  readonly terms: readonly Term[];
  readonly at: number;
  readonly by_name: string | null;
  readonly undone_at: number | null;
  readonly into: Person;
  readonly other: Person;
}
export interface Search {
  readonly running: boolean;
  readonly share: number;
  readonly joined: number;
  readonly full_at: number | null;
  readonly customers: number;
  readonly failed: boolean;
}
export interface Thresholds {
  readonly suggest_pct: number;
  readonly automatic_pct: number;
  readonly automatic: boolean;
}

type Plain = PlainKeyOf<typeof t>;

/** A message that there may be for a word of the center; the word itself when there is none. */
function word(key: string, otherwise: string): string {
  return key in t.catalogue.en ? t(key as Plain) : otherwise;
}

/** Terms whose figure is of people who share it; of the others it is letters. */
const sharing: ReadonlySet<string> = new Set<KeyOf<typeof t>>(["term.email_same", "term.email_part", "term.phone_same", "term.phone_part", "term.id_same"]);

/** What a term says, with its figure. */
export function sayTerm(term: Term): string {
  const key = `term.${term.code}`;
  const said = word(key, term.code);
  if (term.count === null) return said;
  return `${said} (${sharing.has(key) ? t("shared", { n: term.count }) : t("letters", { n: term.count })})`;
}

export const sayKind = (kind: string): string => word(`kind.${kind}`, kind);
export const sayField = (field: string): string => word(`field.${field}`, field);
export const sayVeto = (veto: string): string => word(`veto.${veto}`, veto);
export const sayName = (person: Person): string => person.name ?? t("nameless");

/** Why the center refused, in the reader's language. */
export const sayMatchProblem = (problem: Problem): string => word(`problem.${problem.code}`, sayProblem(problem));

/** A share near one is not rounded up to certainty. */
export function sayShare(share: number): string {
  return percent(Math.floor(share * 1000) / 1000, 1);
}

export function sayCause(merge: Merge): string {
  if (merge.cause === "automatic") return merge.share === null ? t("cause.automaticPlain") : t("cause.automatic", { percent: sayShare(merge.share) });
  return word(`cause.${merge.cause}`, merge.cause);
}

/** The numbers of what both have. */
export function inCommon([one, other]: readonly [Person, Person]): ReadonlySet<number | undefined> {
  const theirs = new Set((other.identifiers ?? []).map((known) => known.number));
  return new Set((one.identifiers ?? []).map((known) => known.number).filter((number) => theirs.has(number)));
}

/** Flows as the API tells of them, and how the screen names things of theirs. */
import { t } from "../i18n/flows";
import type { PlainKeyOf } from "../i18n/room";
import type { Fault } from "../policies/types";
import { kind } from "../written/kind";
import type { Listed, OpenVersion } from "../written/types";

export interface Flow extends Listed {
  readonly inboxes: readonly string[];
  readonly media: readonly string[];
}

export interface OpenFlow extends OpenVersion { readonly flow: string }

export const flows = kind<OpenFlow>({ id: "flow", api: "/flows", inForce: "running", page: "/flows", textOf: (version) => version.flow }, t);

export interface Way { readonly way: string; readonly to: string; readonly path: readonly string[] | null }

export interface Step {
  readonly id: string;
  readonly kind: string;
  readonly about: string;
  readonly ends: boolean;
  readonly words: Readonly<Record<string, string>>;
  readonly words_path: readonly string[] | null;
  readonly line: number;
  readonly wrong: boolean;
  readonly ways: readonly Way[];
}

export interface Drawing { readonly start: string; readonly fallback: string; readonly steps: readonly Step[] }

export interface Checked { readonly problems: readonly Fault[]; readonly drawing: Drawing | null }

export interface Line { readonly who: "flow" | "customer" | "found" | "callback" | "end"; readonly text: string; readonly step: string }

export interface Tried {
  readonly id: string;
  readonly lines: readonly Line[];
  readonly end: string;
  readonly outcome: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
}

export interface GoneWay { readonly step: string; readonly way: string; readonly to: string; readonly times: number }

export interface Result {
  readonly tries: readonly Tried[];
  readonly coverage: { readonly ways: readonly GoneWay[]; readonly gone: number; readonly all: number; readonly share_pct: number };
}

export interface Rehearsal { readonly problems: readonly Fault[]; readonly script_problems: readonly Fault[]; readonly result: Result | null }

export interface Drawn { readonly to: string; readonly ways: readonly Way[] }

/** The lines that lead away from a step: all ways to the same step are one. */
export function linesOf(step: Step): readonly Drawn[] {
  return [...new Set(step.ways.map((way) => way.to))].map((to) => ({ to, ways: step.ways.filter((way) => way.to === to) }));
}

/** How often each way was gone, by step and way; null before a dry run. */
export function timesOf(result: Result | null): ReadonlyMap<string, number> | null {
  return result === null ? null : new Map(result.coverage.ways.map((way) => [`${way.step} ${way.way}`, way.times]));
}

/** The words of a step in a language, else in any. */
export function wordsOf(step: Step, language: string): string {
  return step.words[language] ?? step.words["en"] ?? Object.values(step.words)[0] ?? "";
}

function known(key: string): key is PlainKeyOf<typeof t> {
  return Object.hasOwn(t.catalogue.en, key);
}

export function kindOf(kind: string): string {
  const key = `kind.${kind}`;
  return known(key) ? t(key) : kind;
}

/** What a script begins with: one customer who says nothing. */
export const firstScript = `# Customers who try the flow; each goes its way alone.
tries:
  silent: {}
  first-choice:
    given: {language: en}
    does: ["1"]
`;

/** One kind of written texts: where the center keeps them, where their pages are, and its own words for what is done with them. */
import type { Problem } from "../api";
import { locale } from "../i18n/locale.svelte";
import { t as shared } from "../i18n/written";
import { shownFaults as sharedFaults } from "../policies/faults";
import type { Fault } from "../policies/types";
import { sayProblem } from "../problem";
import type { OpenVersion, Version } from "./types";

/** What each kind says in its own words. */
type Said = "tab" | "list" | "none" | "newOne" | "running" | "stopped" | "fixed" | "publish" | "publishTitle" | "publishText" | "published" | "stop" | "stopTitle" | "stopText" | "stoppedNow";

/** The messages of a kind: what it must say, and what it says of refusals and faults. */
interface Words {
  (key: Said): string;
  readonly catalogue: { readonly en: object };
}

interface Where<V> {
  /** Begins the ids of its actions. */
  readonly id: string;
  /** Its path in the API. */
  readonly api: string;
  /** What is deleted when it stops, below the text's own path. */
  readonly inForce: string;
  /** The path of its screen. */
  readonly page: string;
  /** The id of the text that a version belongs to. */
  textOf(version: V): string;
}

export interface Kind<V extends OpenVersion> extends Where<V> {
  readonly say: (key: Said) => string;
  refusal(problem: Problem): string;
  /** The faults in the reader's language; in English they are the center's own words. */
  shownFaults(faults: readonly Fault[], text: string): readonly Fault[];
}

type AnyKey = (key: string, params?: Readonly<Record<string, string>>) => string;

/** Which table has this message: the kind's own before the shared one. */
function tableOf(words: Words, key: string): AnyKey | null {
  const found = [words, shared].find((table) => Object.hasOwn(table.catalogue.en, key));
  return found === undefined ? null : (found as unknown as AnyKey);
}

/** The first words at the place of a fault. */
function wordsAt(fault: Fault, text: string): string {
  const line = text.split("\n")[fault.line - 1] ?? "";
  return (fault.end_line === fault.line ? line.slice(fault.column - 1, fault.end_column - 1) : line).trim().slice(0, 40);
}

export function kind<V extends OpenVersion>(where: Where<V>, words: Words): Kind<V> {
  return {
    ...where,
    say: (key) => words(key),
    refusal(problem) {
      const key = `refused.${problem.code}`;
      return tableOf(words, key)?.(key) ?? sayProblem(problem);
    },
    shownFaults(faults, text) {
      if (locale.current === "en") return faults;
      return sharedFaults(faults, text).map((fault) => {
        const key = `fault.${fault.code}`;
        const say = tableOf(words, key);
        return say === null ? fault : { ...fault, detail: say(key, { what: wordsAt(fault, text) }), fix: "" };
      });
    },
  };
}

export function titleOf(version: Version): string {
  return version.number === null ? `${version.name}, ${shared("draft")}` : `${version.name}, ${shared("number", { number: String(version.number) })}`;
}

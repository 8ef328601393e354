/** Faults of a text in the reader's language: the center says them in English, their codes are the same in all. */
import { locale } from "../i18n/locale.svelte";
import { t } from "../i18n/policies";
import { t as said } from "../i18n/policy_faults";
import type { KeyOf } from "../i18n/room";
import type { Fault } from "./types";

type Code = KeyOf<typeof said>;

function isKnown(code: string): code is Code {
  return Object.hasOwn(said.catalogue.en, code);
}

/** The first words at the place of a fault, for sentences that name them. */
function wordsAt(text: string, fault: Fault): string {
  const line = text.split("\n")[fault.line - 1] ?? "";
  const end = fault.end_line === fault.line ? fault.end_column - 1 : line.length;
  return line.slice(fault.column - 1, end).trim().slice(0, 40);
}

/** What to do, from the few forms in which the center says it. */
function fixWords(fix: string): string {
  const forms: readonly [RegExp, (part: string) => string][] = [
    [/^Did you mean (.+)\?$/, (what) => t("fix.meant", { what })],
    [/^It may be (.+)\.$/, (what) => t("fix.range", { what })],
    [/^(?:Write it as|Write them as): (.+?)\.?$/, (what) => t("fix.form", { what })],
    [/^Use one of: (.+)\.$/, (what) => t("fix.oneOf", { what })],
    [/^Begin with: (.+)$/, (what) => t("fix.form", { what })],
  ];
  for (const [form, say] of forms) {
    const found = form.exec(fix);
    if (found?.[1] !== undefined) return say(found[1]);
  }
  return "";
}

/** The faults as they are shown; in English they are the center's own words. */
export function shownFaults(faults: readonly Fault[], text: string): readonly Fault[] {
  if (locale.current === "en") return faults;
  return faults.map((fault) => (isKnown(fault.code) ? { ...fault, detail: said(fault.code, { what: wordsAt(text, fault) }), fix: fixWords(fault.fix) } : fault));
}

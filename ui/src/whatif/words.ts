/** How what-if says things: days, runs, people more or fewer, what is modelled, verdicts. */
import Ban from "@lucide/svelte/icons/ban";
import Check from "@lucide/svelte/icons/check";
import Clock from "@lucide/svelte/icons/clock";
import LoaderCircle from "@lucide/svelte/icons/loader-circle";
import OctagonAlert from "@lucide/svelte/icons/octagon-alert";
import type { Config } from "../admin/types";
import { dateLong, dayBegins } from "../i18n/format";
import { t } from "../i18n/whatif";
import type { IconOf, Tone } from "../parts/types";
import { betterWay, differenceText, unitOf } from "../policies/measures";
import { finding, type StateEntry } from "../parts/states";
import type { Day, Estimate, KeptSide, Result, Run, RunState, Staff } from "./types";

export const runStates: Readonly<Record<RunState, { readonly icon: IconOf; readonly tone: Tone }>> = {
  waiting: { icon: Clock, tone: "idle" },
  running: { icon: LoaderCircle, tone: "busy" },
  done: { icon: Check, tone: "idle" },
  failed: { icon: OctagonAlert, tone: "late" },
  cancelled: { icon: Ban, tone: "idle" },
  stopped: { icon: Ban, tone: "watch" },
};

/** Days begin labels, and Russian and Polish write them small. */
function capital(text: string): string {
  return text.slice(0, 1).toLocaleUpperCase() + text.slice(1);
}

/** "Saturday 21 November", or the sample's name. */
export function dayName(day: Pick<Day, "id" | "name" | "date">): string {
  const begins = typeof day.date === "string" ? dayBegins(day.date) : null;
  if (begins !== null) return capital(dateLong(begins));
  return day.name ?? day.id.slice(day.id.indexOf(":") + 1);
}

/** The day of a run, also when the day itself is no longer listed. */
export function dayOfRun(run: Run, days: readonly Day[] | null): string {
  const known = days?.find((day) => day.id === run.day);
  if (known !== undefined) return dayName(known);
  const rest = run.day.slice(run.day.indexOf(":") + 1);
  return dayName({ id: run.day, date: /^\d{4}-\d{2}-\d{2}$/.test(rest) ? rest : null });
}

export function sideLabel(label: string): string {
  if (label === "live") return t("inForce");
  return label === "" ? t("textOfOwn") : label;
}

/** A side by its label, and whether something was moved on it. */
export function sideName(side: KeptSide): string {
  const label = sideLabel(side.label);
  const rules = Object.values(side.changes ?? {}).some((one) => typeof one !== "object" || (one !== null && Object.keys(one as object).length > 0));
  return rules || side.agents.length > 0 ? t("withChanges", { label }) : label;
}

export function runTitle(run: Run, days: readonly Day[] | null): string {
  return run.name === "" ? t("runTitle", { day: dayOfRun(run, days), b: sideName(run.inputs.b) }) : run.name;
}

export function staffWords(staff: Staff, config: Config | null): string {
  const team = config?.teams.find((one) => one.id === staff.team)?.name ?? staff.team ?? null;
  const like = config?.agents.find((one) => one.id === staff.like)?.name ?? staff.like ?? null;
  if ((staff.remove ?? 0) > 0) return team === null ? t("fewer", { n: staff.remove ?? 0 }) : t("fewerIn", { n: staff.remove ?? 0, team });
  const n = staff.add ?? 0;
  if (like !== null) return t("moreLike", { n, name: like });
  return team === null ? t("more", { n }) : t("moreIn", { n, team });
}

const knownNotes = ["arrivals", "presence", "patience_of_those_who_gave_up", "times_with_the_agent_of_the_day", "types_and_priorities", "service_times"] as const;
const modelledNotes = ["patience_of_those_served", "times_with_another_agent", "service_time_with_another_agent", "transfers_as_one_visit", "open_at_midnight_come_at_midnight", "roster", "arrivals_modelled", "patience_modelled", "handle_time_modelled", "agents_added_modelled", "redial_not_modelled"] as const;

/** What the center knew of the day and what it modelled, in words; a code that is newer than this page stands as it is. */
export function sayNotes(result: Result): { readonly known: readonly string[]; readonly modelled: readonly string[] } {
  const known: string[] = [];
  const modelled: string[] = [];
  for (const code of [...(result.known ?? []), ...(result.modelled ?? []), ...(result.notes ?? [])]) {
    const sure = knownNotes.find((one) => one === code);
    const drawn = modelledNotes.find((one) => one === code);
    if (sure !== undefined) known.push(t(`note.${sure}`));
    else if (drawn !== undefined) modelled.push(t(`note.${drawn}`));
    else (result.known?.includes(code) === true ? known : modelled).push(code.replaceAll("_", " "));
  }
  return { known, modelled };
}

export type Finding = "better" | "worse" | "same" | "unknown" | "other";

/** What a difference says: sure only when its interval leaves out zero. */
export function findingOf(key: string, difference: Estimate | undefined): Finding {
  if (difference === undefined || difference.mean === null) return "unknown";
  if (difference.mean === 0 && difference.ci95 === null) return "same";
  if (difference.ci95 === null) return "unknown";
  // What nobody would see is no difference, however sure it is.
  if (/^[^1-9]*$/.test(differenceText(difference.mean, unitOf(key)))) return "same";
  const [low, high] = difference.ci95;
  if (low <= 0 && high >= 0) return "same";
  const way = betterWay(key);
  if (way === null) return "other";
  return (difference.mean > 0) === (way === "more") ? "better" : "worse";
}

export function findingState(found: Finding): { readonly of: StateEntry; readonly word?: string } {
  switch (found) {
    case "better": return { of: finding.better };
    case "worse": return { of: finding.worse };
    case "same": return { of: finding.same };
    case "other": return { of: finding.same, word: t("differs") };
    case "unknown": return { of: finding.same, word: t("oneRun") };
  }
}

export function dayHint(day: Day): string | undefined {
  const parts = [typeof day.contacts === "number" ? t("contacts", { n: day.contacts }) : "", typeof day.agents === "number" ? t("people", { n: day.agents }) : ""].filter((part) => part !== "");
  return parts.length === 0 ? undefined : parts.join(", ");
}


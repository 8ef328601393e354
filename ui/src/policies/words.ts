/** How the policy's screens name things: versions, changed meanings, rules. */
import CircleCheck from "@lucide/svelte/icons/circle-check";
import FlaskConical from "@lucide/svelte/icons/flask-conical";
import History from "@lucide/svelte/icons/history";
import PencilLine from "@lucide/svelte/icons/pencil-line";
import type { Config } from "../admin/types";
import { span } from "../i18n/format";
import { locale } from "../i18n/locale.svelte";
import { t as word } from "../i18n/parts";
import { t } from "../i18n/policies";
import { t as keyWord } from "../i18n/policy_keys";
import { medium } from "../parts/states";
import type { IconOf, Tone } from "../parts/types";
import { readDuration } from "./outline";
import type { Stage } from "./types";

export const rules = ["warmline", "longest-idle", "least-recent", "round-robin", "fewest", "random", "strict-priority", "dedicated-group", "best-agent"] as const;
export type RuleName = (typeof rules)[number];

export const stages: Readonly<Record<Stage, { readonly icon: IconOf; readonly tone: Tone }>> = {
  draft: { icon: PencilLine, tone: "idle" },
  published: { icon: CircleCheck, tone: "accent" },
  trial: { icon: FlaskConical, tone: "busy" },
  past: { icon: History, tone: "idle" },
};

/** "8 · Storm", "8", "Storm", or the word for a draft without a name. */
export function titleOf(version: { readonly number: number | null; readonly name: string }): string {
  const number = version.number === null ? "" : String(version.number);
  if (version.name === "") return number === "" ? t("untitled") : t("versionNumber", { number });
  return number === "" ? version.name : `${number} · ${version.name}`;
}

const shelves = ["segments", "queues", "hours", "modes", "teams", "head_starts", "dedicated"] as const;
const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const intlTag = { en: "en-GB", ru: "ru-RU", pl: "pl-PL" } as const;

function shelfOf(key: string): (typeof shelves)[number] | null {
  return shelves.find((one) => one === key) ?? null;
}

/** What somebody called the thing `id` on a shelf. */
function named(config: Config | null, shelf: (typeof shelves)[number], id: string): string {
  if (config === null) return id;
  const all: Readonly<Record<(typeof shelves)[number], readonly { readonly id: string; readonly name: string }[]>> = {
    segments: config.segments, head_starts: config.segments, dedicated: config.segments, queues: config.queues, hours: config.calendars, teams: config.teams, modes: [],
  };
  return all[shelf].find((one) => one.id === id)?.name ?? id;
}

function plainWord(part: string, before: string): string {
  if (Object.hasOwn(medium, part)) return word(medium[part as keyof typeof medium].word);
  const day = weekdays.indexOf(part);
  if (day !== -1) return new Intl.DateTimeFormat(intlTag[locale.current], { weekday: "long", timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + day));
  if (/^\d+$/.test(part)) return before === "plan" ? t("ringNumber", { number: String(Number(part) + 1) }) : String(Number(part) + 1);
  const key = keyWord.catalogue.en[part];
  return key === undefined ? part : keyWord(part as Parameters<typeof keyWord>[0]);
}

/** A path like "segments.gold.head_start" in words: what it is of, and what of it. */
export function placeWords(path: string, config: Config | null): { readonly of: string; readonly what: string } {
  const said: string[] = [];
  let before = "";
  let shelf: (typeof shelves)[number] | null = null;
  for (const part of path.replace(/^slider\./, "").split(".")) {
    if (shelf !== null) said.push(named(config, shelf, part));
    // The shelf's own word is left out where a name follows: "Gold", not "Segments, Gold".
    else if (shelfOf(part) === null || path.endsWith(part)) said.push(plainWord(part, before));
    shelf = shelf === null ? shelfOf(part) : null;
    before = part;
  }
  if (said.length === 0) return { of: "", what: path };
  const what = said.length > 1 ? said.slice(1).join(", ") : (said[0] ?? path);
  return { of: said.length > 1 ? (said[0] ?? "") : "", what };
}

/** A value as people read it; durations in their own language. */
export function valueWords(value: string | null): string {
  if (value === null) return t("notThere");
  if (value === "on" || value === "true") return t("on");
  if (value === "off" || value === "false") return t("off");
  if (value === "never") return t("never");
  if (value === "always") return t("always");
  if (value === "" || value === "[]") return t("nothing");
  const rule = rules.find((one) => one === value);
  if (rule !== undefined) return t(`rule.${rule}`);
  const ms = /^\d+(\.\d+)? ?[a-z]+$/.test(value) ? readDuration(value) : null;
  return ms !== null && ms % 1000 === 0 ? span(ms) : value;
}

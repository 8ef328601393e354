/** Mood and topics as the server tells them, and how they are called and shown. */
import Frown from "@lucide/svelte/icons/frown";
import Meh from "@lucide/svelte/icons/meh";
import Smile from "@lucide/svelte/icons/smile";
import { t } from "../i18n/experience_mood";
import { locale } from "../i18n/locale.svelte";
import type { IconOf } from "../parts/types";

export type Feeling = "glad" | "neutral" | "unhappy";
export type Names = Readonly<Record<string, string>>;

export interface Topic {
  readonly id: string;
  readonly names: Names;
  readonly examples: readonly string[];
  readonly version: number;
  readonly count: number;
}

export interface Taxonomy {
  readonly topics: readonly Topic[];
  readonly other: number;
  readonly days: number;
  readonly model: { readonly seed: number; readonly corrections: number; readonly version: number; readonly at: number } | null;
  readonly learning: boolean;
  readonly on: boolean;
}

export interface Glimpse {
  readonly interaction: string;
  readonly words: string | null;
}

export interface About extends Glimpse {
  readonly at: number;
  readonly share: number;
  readonly by: "model" | "hand";
}

export interface Group {
  readonly count: number;
  readonly conversations: readonly Glimpse[];
}

export interface MoodTurn {
  readonly message: string;
  readonly at: number;
  readonly mood: number;
  readonly by: "model" | "lexicon" | "hand";
  readonly feeling: Feeling;
}

export interface Mood {
  readonly mood: number | null;
  readonly feeling: Feeling | null;
  readonly low: boolean;
  readonly rule: { readonly turns: number; readonly under: number };
  readonly turns: readonly MoodTurn[];
  readonly topic: { readonly id: string; readonly names: Names | null; readonly share: number; readonly by: "model" | "hand" } | null;
  readonly topics: readonly { readonly id: string; readonly names: Names }[];
}

export const other = "other";
/** Stands in the address where an id would: a topic that is being made. */
export const fresh = "new";

/** Never colour alone: each feeling has its own face, and its word stands beside it. */
export const faces: Readonly<Record<Feeling, IconOf>> = { glad: Smile, neutral: Meh, unhappy: Frown };

/** What a correction by hand means as a number. */
export const moodOf: Readonly<Record<Feeling, number>> = { glad: 0.8, neutral: 0, unhappy: -0.8 };

/** A topic in the reader's language, else in English; nothing known is "other". */
export function called(names: Names | null): string {
  return names === null ? t("other") : (names[locale.current] ?? names["en"] ?? t("other"));
}

/** An id for a new topic, from its English name; ids that are taken get a number. */
export function idFor(name: string, taken: readonly string[]): string {
  const plain = name.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 32);
  const base = plain === "" || plain === other || plain === fresh ? `topic-${plain}`.replace(/-$/, "") : plain;
  let id = base;
  for (let n = 2; taken.includes(id); n += 1) id = `${base}-${n}`;
  return id;
}

/** What the page of calls reads and writes: networks, lines, prompts. */
import { t } from "../i18n/admin_calls";
import type { PlainKeyOf } from "../i18n/room";

export interface Network {
  readonly name: string;
  readonly up: boolean;
  readonly abilities: readonly string[];
}

export interface Line {
  readonly network: string;
  readonly called: string;
  readonly inbox: string;
  readonly greeting: string | null;
  readonly language: string | null;
  readonly recorded: boolean;
  readonly announce: "position" | "wait" | "both" | null;
  readonly announce_first_s: number | null;
  readonly announce_every_s: number | null;
}

export interface Prompt {
  readonly name: string;
  readonly of: "center" | "flow" | "own";
  readonly language: string;
  readonly text: string;
  readonly recorded: boolean;
  readonly changed: boolean;
}

export interface Prompts {
  readonly speaks: readonly string[];
  readonly prompts: readonly Prompt[];
}

export const tongues = ["en", "ru", "pl"] as const;
export type Tongue = (typeof tongues)[number];
export const kinds = ["center", "flow", "own"] as const;
export type Kind = (typeof kinds)[number];

function said(key: string): string | null {
  return key in t.catalogue.en ? t(key as PlainKeyOf<typeof t>) : null;
}

/** A network's name for people; that of one we do not know is its own. */
export const networkName = (name: string): string => said(`network.${name}`) ?? name;

/** What a network can do, in words. */
export const abilityWord = (ability: string): string => said(`can.${ability}`) ?? ability;

/** A prompt's name for people; what is not a standard prompt goes by its own. */
export const promptName = (prompt: Pick<Prompt, "name" | "of">): string => (prompt.of === "center" ? (said(`prompt.${prompt.name}`) ?? prompt.name) : prompt.name);

/** Whole seconds within limits; null for anything else. */
export function seconds(text: string, least: number, most: number): number | null {
  const value = Number(text);
  return text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most ? value : null;
}

/** Articles as the center speaks of them. */
import type { Role } from "../session.svelte";

export type Audience = "agent" | "customer" | "bot";
export type TextState = "draft" | "review" | "published" | "replaced" | "retired";
export const audiences: readonly Audience[] = ["agent", "customer", "bot"];
export const languages: readonly string[] = ["en", "ru", "pl"];
/** Who writes and approves; others read and propose. */
export const writers: readonly Role[] = ["supervisor", "administrator"];

export interface Usage {
  readonly shown: number;
  readonly inserted: number;
  readonly linked: number;
  readonly not_helpful: number;
  /** Conversations of which is known what followed, and those after which nobody came again. */
  readonly known: number;
  readonly solved: number;
}

export interface TextHead {
  readonly language: string;
  readonly title: string;
  readonly number: number;
  readonly state: TextState;
  readonly at: number;
  readonly published: number | null;
  readonly drafts: number;
  readonly in_review: number;
}

export interface ArticleHead {
  readonly id: string;
  readonly audience: Audience;
  readonly owner: string | null;
  readonly owner_name: string | null;
  readonly review_at: number | null;
  readonly due: boolean;
  readonly tags: readonly string[];
  readonly texts: readonly TextHead[];
  readonly usage: Usage;
  /** `{language}` stands for the language; null for what customers do not read. */
  readonly help_url?: string | null;
}

export interface Version {
  readonly article: string;
  readonly language: string;
  readonly number: number;
  readonly state: TextState;
  readonly title: string;
  readonly note: string | null;
  readonly at: number;
  readonly author: string | null;
  readonly author_name: string | null;
  readonly approved_at: number | null;
  readonly approved_by_name: string | null;
}

export interface FullVersion extends Version {
  readonly body: string;
  /** Made safe by the center. */
  readonly html: string;
}

export interface Hit {
  readonly article: string;
  readonly language: string;
  readonly audience: Audience;
  readonly title: string;
  readonly snippet: string;
  readonly marks: readonly (readonly [number, number])[];
}

export interface Suggestion extends Hit {
  /** What Insert puts into the reply. */
  readonly text: string;
  readonly url: string | null;
}

export interface Rules {
  readonly other_approves: boolean;
  readonly review_days: number;
  readonly people: readonly { readonly id: string; readonly name: string }[];
}

/** The text that a reader wants first: in their language, else the first. */
export function inLanguage<Text extends { readonly language: string }>(texts: readonly Text[], language: string): Text | undefined {
  return texts.find((one) => one.language === language) ?? texts[0];
}

/** A text cut where words were found. */
export function pieces(text: string, marks: readonly (readonly [number, number])[]): { readonly text: string; readonly marked: boolean }[] {
  const found: { text: string; marked: boolean }[] = [];
  let at = 0;
  for (const [begins, ends] of marks) {
    found.push({ text: text.slice(at, begins), marked: false }, { text: text.slice(begins, ends), marked: true });
    at = ends;
  }
  return [...found, { text: text.slice(at), marked: false }];
}

export function pathOf(article: string, version?: { readonly language: string; readonly number: number }): string {
  const base = `/articles/${encodeURIComponent(article)}`;
  return version === undefined ? base : `${base}/versions/${encodeURIComponent(version.language)}/${String(version.number)}`;
}

export function addressOf(article: string, version?: { readonly language: string; readonly number: number }): string {
  const base = `/knowledge/articles/${encodeURIComponent(article)}`;
  return version === undefined ? base : `${base}/${encodeURIComponent(version.language)}/${String(version.number)}`;
}

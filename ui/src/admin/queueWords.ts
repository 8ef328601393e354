/** What a queue tells its customers: which languages are asked for, and how a text is put in or taken out. */
import { locales } from "../i18n/locale.svelte";
import type { QueueWords, Situation, Skill } from "./types";

/** The languages of our screens, those that people here speak, and those that have words already. */
export function wordsLanguages(skills: readonly Skill[], words: QueueWords): readonly string[] {
  const spoken = skills.filter((skill) => skill.language).map((skill) => skill.id);
  const written = Object.values(words).flatMap((texts) => Object.keys(texts));
  return [...new Set([...locales, ...spoken, ...written])];
}

/** The words with one text changed; an empty one is taken out, and a situation without any with it. */
export function withText(words: QueueWords, situation: Situation, language: string, text: string): QueueWords {
  const { [language]: _, ...others } = words[situation] ?? {};
  const texts = text === "" ? others : { ...others, [language]: text };
  const { [situation]: __, ...rest } = words;
  return Object.keys(texts).length === 0 ? rest : { ...rest, [situation]: texts };
}

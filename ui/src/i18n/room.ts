/** Typed messages: one `room()` a file, three languages in it; a missing or misspelt key does not compile. */
import { intlTags, locale, type Locale } from "./locale.svelte";

/** Forms by Intl.PluralRules, chosen by the parameter `n`. English has two, Russian and Polish four (`other` is for fractions). */
export interface EnglishPlural {
  readonly one: string;
  readonly other: string;
}
export interface SlavicPlural extends EnglishPlural {
  readonly few: string;
  readonly many: string;
}

type English = Readonly<Record<string, string | EnglishPlural>>;
type Slavic<E extends English> = { readonly [K in keyof E]: E[K] extends string ? string : SlavicPlural };

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type NamesOf<M> = M extends string ? Names<M> : M extends EnglishPlural ? "n" | Names<M["one"] | M["other"]> : never;

/** The parameters that a message needs, read from its English text. */
export type Params<M> = [NamesOf<M>] extends [never] ? [] : [params: Record<Exclude<NamesOf<M>, "n">, string | number> & (("n" extends NamesOf<M> ? { n: number } : unknown))];

export interface Translate<E extends English> {
  <K extends keyof E & string>(key: K, ...params: Params<E[K]>): string;
  readonly catalogue: { readonly en: English; readonly ru: English; readonly pl: English };
}

/** The keys of a room's messages, for tables that hold a key instead of a text. */
export type KeyOf<T> = T extends Translate<infer E> ? keyof E & string : never;

/** Keys whose message needs no parameters, so a table may hold them. */
export type PlainKeyOf<T> = T extends Translate<infer E> ? { [K in keyof E & string]: Params<E[K]> extends [] ? K : never }[keyof E & string] : never;

const pluralRules: Record<Locale, Intl.PluralRules> = {
  en: new Intl.PluralRules(intlTags.en),
  ru: new Intl.PluralRules(intlTags.ru),
  pl: new Intl.PluralRules(intlTags.pl),
};
const numbers: Record<Locale, Intl.NumberFormat> = {
  en: new Intl.NumberFormat(intlTags.en),
  ru: new Intl.NumberFormat(intlTags.ru),
  pl: new Intl.NumberFormat(intlTags.pl),
};

function fill(text: string, params: Readonly<Record<string, string | number>>, language: Locale): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers[language].format(value) : value;
  });
}

function formFor(forms: EnglishPlural | SlavicPlural, n: number, language: Locale): string {
  const rule = pluralRules[language].select(n);
  if ("few" in forms && (rule === "few" || rule === "many")) return forms[rule];
  return rule === "one" ? forms.one : forms.other;
}

/** The messages of one room; the result translates into the language that is on, and follows when it changes. */
export function room<const E extends English>(languages: { en: E; ru: Slavic<NoInfer<E>>; pl: Slavic<NoInfer<E>> }): Translate<E> {
  const translate = (key: string, params: Readonly<Record<string, string | number>> = {}): string => {
    const language = locale.current;
    const catalogue: English = languages[language];
    const message = catalogue[key];
    if (message === undefined) throw new Error(`No message "${key}" in ${language}.`);
    if (typeof message === "string") return fill(message, params, language);
    return fill(formFor(message, Number(params["n"]), language), params, language);
  };
  return Object.assign(translate, { catalogue: languages }) as unknown as Translate<E>;
}

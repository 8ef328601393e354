/** The interface's language: chosen by the user, kept in the browser, taken from the browser at first. */

export const locales = ["en", "ru", "pl"] as const;
export type Locale = (typeof locales)[number];

/** What each language calls itself. */
export const localeNames: Record<Locale, string> = { en: "English", ru: "Русский", pl: "Polski" };

/** The tag given to Intl. English takes day-month order and the 24-hour clock. */
export const intlTags: Record<Locale, string> = { en: "en-GB", ru: "ru-RU", pl: "pl-PL" };

const storageKey = "warmline.locale";

export function isLocale(value: unknown): value is Locale {
  return locales.some((known) => known === value);
}

/** The first of `wanted` (browser language tags) that we speak, else English. */
export function bestLocale(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split("-")[0];
    if (isLocale(language)) return language;
  }
  return "en";
}

function remembered(): Locale | null {
  try {
    const kept = localStorage.getItem(storageKey);
    return isLocale(kept) ? kept : null;
  } catch {
    return null; // storage may be forbidden; the browser's language serves
  }
}

class LocaleChoice {
  #current = $state<Locale>(remembered() ?? bestLocale(navigator.languages));

  constructor() {
    document.documentElement.lang = this.#current;
  }

  get current(): Locale {
    return this.#current;
  }

  /** The user chose: every text on the page follows at once, and the next visit starts with it. */
  choose(next: Locale): void {
    this.#show(next);
    try {
      localStorage.setItem(storageKey, next);
    } catch {
      // Not remembered, but the page speaks the language.
    }
  }

  /** The account's language, for a browser in which nobody has chosen yet. */
  suggest(next: unknown): void {
    if (remembered() === null && isLocale(next)) this.#show(next);
  }

  #show(next: Locale): void {
    this.#current = next;
    document.documentElement.lang = next;
  }
}

export const locale = new LocaleChoice();

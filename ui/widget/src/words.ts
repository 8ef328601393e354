/** The widget's language: sentences, counted things, times and sizes. */
import { Refusal } from "./door";
import type { Expected } from "./fold";
import { en, type Words } from "./words/en";
import { pl } from "./words/pl";
import { ru } from "./words/ru";

export type Locale = "en" | "ru" | "pl";
export type Key = keyof Words;
type Facts = Record<string, string | number>;
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

const all: Record<Locale, Words> = { en, ru, pl };

/** Counted sentences; Russian and Polish "about" takes the genitive, so no ready unit name fits. */
const counted: Record<Locale, { before: Forms; about: Forms; upTo: Forms; between: Forms; unread: Forms }> = {
  en: {
    before: { one: "{n} person before you", other: "{n} people before you" },
    about: { one: "About {n} minute", other: "About {n} minutes" },
    upTo: { one: "Up to {n} minute", other: "Up to {n} minutes" },
    between: { other: "About {low}–{n} minutes" },
    unread: { one: "{n} unread message", other: "{n} unread messages" },
  },
  ru: {
    before: {
      one: "перед вами {n} человек",
      few: "перед вами {n} человека",
      many: "перед вами {n} человек",
      other: "перед вами {n} человека",
    },
    about: { one: "Около {n} минуты", other: "Около {n} минут" },
    upTo: { one: "До {n} минуты", other: "До {n} минут" },
    between: { one: "Около {low}–{n} минуты", other: "Около {low}–{n} минут" },
    unread: {
      one: "{n} непрочитанное сообщение",
      few: "{n} непрочитанных сообщения",
      many: "{n} непрочитанных сообщений",
      other: "{n} непрочитанного сообщения",
    },
  },
  pl: {
    before: {
      one: "przed Tobą {n} osoba",
      few: "przed Tobą {n} osoby",
      many: "przed Tobą {n} osób",
      other: "przed Tobą {n} osoby",
    },
    about: { one: "Około {n} minuty", other: "Około {n} minut" },
    upTo: { one: "Do {n} minuty", other: "Do {n} minut" },
    between: { other: "Około {low}–{n} minut" },
    unread: {
      one: "{n} nieprzeczytana wiadomość",
      few: "{n} nieprzeczytane wiadomości",
      many: "{n} nieprzeczytanych wiadomości",
      other: "{n} nieprzeczytanej wiadomości",
    },
  },
};

/** The first of the wishes that we speak, compared by language alone ("ru-KZ" is "ru"); else English. */
export function chooseLocale(wishes: readonly (string | null | undefined)[]): Locale {
  for (const wish of wishes) {
    const language = wish?.toLowerCase().split(/[-_]/)[0];
    if (language === "en" || language === "ru" || language === "pl") return language;
  }
  return "en";
}

const minuteMs = 60_000;

export class Voice {
  readonly tag: string;
  private readonly plural: Intl.PluralRules;

  constructor(readonly locale: Locale) {
    this.tag = locale === "en" ? "en-GB" : locale;
    this.plural = new Intl.PluralRules(this.tag);
  }

  private put(sentence: string, facts: Facts): string {
    return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => {
      const fact = facts[name];
      return typeof fact === "number" ? this.number(fact) : (fact ?? hole);
    });
  }

  say(key: Key, facts: Facts = {}): string {
    return this.put(all[this.locale][key], facts);
  }

  count(what: "before" | "about" | "upTo" | "between" | "unread", n: number, facts: Facts = {}): string {
    const forms = counted[this.locale][what];
    return this.put(forms[this.plural.select(n)] ?? forms.other, { ...facts, n });
  }

  number(value: number, options: Intl.NumberFormatOptions = {}): string {
    return new Intl.NumberFormat(this.tag, options).format(value);
  }

  /** The honest wait in words, "About 2–4 minutes, 2 people before you"; null when nothing is known. */
  wait(position: number | null, expected: Expected | null): string | null {
    const parts: string[] = [];
    if (expected !== null) parts.push(this.expected(expected));
    if (position !== null && position > 1) parts.push(this.count("before", position - 1));
    const sentence = parts.join(", ");
    return sentence ? sentence.charAt(0).toLocaleUpperCase(this.tag) + sentence.slice(1) : null;
  }

  /** The range in whole minutes, to the nearest: wider would be safe and say less. */
  private expected({ low_ms, high_ms }: Expected): string {
    if (high_ms < minuteMs) return this.say("under");
    const [low, high] = [Math.round(low_ms / minuteMs), Math.max(1, Math.round(high_ms / minuteMs))];
    if (low >= 60) return this.say("overHour");
    if (low === 0) return this.count("upTo", high);
    return low === high ? this.count("about", low) : this.count("between", high, { low });
  }

  /** "4 seconds", "2 minutes", in the form that stands alone. */
  duration(ms: number): string {
    const seconds = Math.max(1, Math.round(ms / 1000));
    const [value, unit] = seconds < 90 ? [seconds, "second"] : [Math.round(seconds / 60), "minute"];
    return this.number(value, { style: "unit", unit, unitDisplay: "long" });
  }

  /** "5 s": for "in 5 s", where a written-out word would have to be declined. */
  short(seconds: number): string {
    const [value, unit] = seconds < 90 ? [seconds, "second"] : [Math.ceil(seconds / 60), "minute"];
    return this.number(value, { style: "unit", unit, unitDisplay: "short" });
  }

  size(bytes: number): string {
    const units = ["byte", "kilobyte", "megabyte"];
    const step = bytes < 1_000 ? 0 : bytes < 1_000_000 ? 1 : 2;
    return this.number(bytes / 1_000 ** step, {
      style: "unit",
      unit: units[step],
      unitDisplay: "short",
      maximumFractionDigits: step === 2 ? 1 : 0,
    });
  }

  time(at: number): string {
    return new Intl.DateTimeFormat(this.tag, { hour: "2-digit", minute: "2-digit" }).format(at);
  }

  day(at: number): string {
    return new Intl.DateTimeFormat(this.tag, { weekday: "long", day: "numeric", month: "long" }).format(at);
  }

  /** A coming moment: "today 18:00", "tomorrow 09:00", else the day's name and date. */
  coming(at: number, now: number): string {
    const start = (moment: number): number => new Date(moment).setHours(0, 0, 0, 0);
    const days = Math.round((start(at) - start(now)) / 86_400_000);
    const near = new Intl.RelativeTimeFormat(this.tag, { numeric: "auto" });
    return `${days < 2 ? near.format(days, "day") : this.day(at)}, ${this.time(at)}`;
  }

  /** What a refusal means for the customer: our own words where we know the case, else the center's sentence. */
  refusal(refused: Refusal): string {
    if (refused.words) return refused.words;
    if (refused.shut) return this.say("closedTitle");
    if (refused.status === 0) return this.say("unreachable");
    if (refused.code === "no_mail_relay") return this.say("noRelay");
    if (refused.status === 429 && refused.retryAfterS) return this.say("busy", { time: this.short(refused.retryAfterS) });
    if (refused.status === 429 || refused.status === 503) return this.say("full");
    if (refused.status === 401 || refused.status === 404) return this.say("gone");
    return refused.detail && refused.status < 500 ? refused.detail : this.say("wrong");
  }
}

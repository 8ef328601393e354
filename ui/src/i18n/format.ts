/** Numbers, money, dates and times in the interface's language and the center's time zone. Reactive when read in a component. */
import { intlTags, locale, type Locale } from "./locale.svelte";

const noBreak = "\u00a0";
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
let zone: string | undefined;

/** All times are shown in `next` (an IANA zone) from now on; the center says which. Throws on an unknown zone. */
export function useZone(next: string): void {
  new Intl.DateTimeFormat("en", { timeZone: next });
  zone = next;
  made.clear();
}

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n ${locale.current} ${JSON.stringify(options)}`;
  const kept = made.get(key);
  if (kept instanceof Intl.NumberFormat) return kept;
  const fresh = new Intl.NumberFormat(intlTags[locale.current], options);
  made.set(key, fresh);
  return fresh;
}

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d ${locale.current} ${JSON.stringify(options)}`;
  const kept = made.get(key);
  if (kept instanceof Intl.DateTimeFormat) return kept;
  const fresh = new Intl.DateTimeFormat(intlTags[locale.current], { ...options, timeZone: zone });
  made.set(key, fresh);
  return fresh;
}

/** A number with at most `digits` places after the point; `exact` keeps them all, so that columns stand straight. */
export function number(value: number, digits = 0, exact = false): string {
  return numberFormat({ maximumFractionDigits: digits, ...(exact ? { minimumFractionDigits: digits } : {}) }).format(value);
}

/** A number with exactly `digits` places after the point, for columns of figures. */
export function decimal(value: number, digits: number): string {
  return numberFormat({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** A share, 0 to 1, as "84 %" with a no-break space. */
export function percent(share: number, digits = 0): string {
  return `${numberFormat({ maximumFractionDigits: digits }).format(share * 100)}${noBreak}%`;
}

/** An amount in whole units of `currency` (ISO 4217); cents are shown only when there are some. */
export function money(amount: number, currency: string): string {
  return numberFormat({ style: "currency", currency, trailingZeroDisplay: "stripIfInteger" }).format(amount);
}

const sizeUnits = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** A file's size: "1.2 MB". */
export function fileSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < sizeUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return numberFormat({ style: "unit", unit: sizeUnits[unit], unitDisplay: "short", maximumFractionDigits: 1 }).format(value);
}

/** "13:41" */
export function time(at: number): string {
  return dateFormat({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** "13:41:53" */
export function timeExact(at: number): string {
  return dateFormat({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(at);
}

/** "18 Nov", with the year when it is not the year of `now`. */
export function date(at: number, now: number): string {
  const year = dateFormat({ year: "numeric" });
  return year.format(at) === year.format(now)
    ? dateFormat({ day: "numeric", month: "short" }).format(at)
    : dateFormat({ day: "numeric", month: "short", year: "numeric" }).format(at);
}

/** "Sunday 22 November" */
export function dateLong(at: number): string {
  return dateFormat({ weekday: "long", day: "numeric", month: "long" }).format(at);
}

/** The time when it is the day of `now`, else the date. */
export function moment(at: number, now: number): string {
  const dayOf = dateFormat({ year: "numeric", month: "numeric", day: "numeric" });
  return dayOf.format(at) === dayOf.format(now) ? time(at) : date(at, now);
}

/** How far the center's clocks are ahead of UTC at a moment, in milliseconds. */
function ahead(at: number): number {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) - Math.floor(at / second) * second;
}

/** When a day of the center's calendar ("2026-11-22") begins, `later` days on; null for what is no day. */
export function dayBegins(name: string, later = 0): number | null {
  const given = /^(\d{4})-(\d{2})-(\d{2})$/.exec(name);
  if (given === null) return null;
  const midnight = Date.UTC(Number(given[1]), Number(given[2]) - 1, Number(given[3]) + later);
  // The clocks may change between the guess and the day itself; where midnight is left out, the day begins after the gap.
  const first = midnight - ahead(midnight);
  const second = midnight - ahead(first);
  return first === second ? first : Math.max(second, midnight - ahead(second));
}

/** A running time: `m:ss` under an hour, `h:mm:ss` above; part seconds are dropped and nothing goes under zero. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / second));
  const two = (part: number): string => String(part).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

const spanUnits: Record<Locale, { day: string; hour: string; minute: string; second: string }> = {
  en: { day: "d", hour: "h", minute: "min", second: "s" },
  ru: { day: "д", hour: "ч", minute: "мин", second: "с" },
  pl: { day: "d", hour: "godz.", minute: "min", second: "s" },
};

/** A time span in words: "20 s", "38 min", "1 h 42 min", "3 d 4 h"; at most two units, no-break spaces. */
export function span(ms: number): string {
  const unit = spanUnits[locale.current];
  const whole = Math.max(0, ms);
  const say = (value: number, name: string): string => `${value}${noBreak}${name}`;
  if (whole < minute) return say(Math.floor(whole / second), unit.second);
  if (whole < hour) return say(Math.floor(whole / minute), unit.minute);
  const [big, bigName, size, small, smallName] =
    whole < day
      ? [Math.floor(whole / hour), unit.hour, hour, minute, unit.minute]
      : [Math.floor(whole / day), unit.day, day, hour, unit.hour];
  const rest = Math.floor((whole % (size as number)) / (small as number));
  return rest > 0 ? `${say(big as number, bigName as string)}${noBreak}${say(rest, smallName as string)}` : say(big as number, bigName as string);
}

/** A span for `<time datetime>`: "PT1H2M3S". */
export function isoSpan(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / second));
  return `PT${Math.floor(seconds / 3600)}H${Math.floor(seconds / 60) % 60}M${seconds % 60}S`;
}

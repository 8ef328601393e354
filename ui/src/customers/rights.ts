/** The words of consent and rights that the API uses, and how they are said. */
import { t } from "../i18n/customers_rights";

export const purposes = ["service", "courtesy", "marketing", "survey", "profiling"] as const;
export type Purpose = (typeof purposes)[number];
export const ways = ["email", "phone", "sms", "messenger"] as const;
export type Way = (typeof ways)[number];
export const flags = ["restricted", "objects_profiling", "deceased", "abusive"] as const;
export type Flag = (typeof flags)[number];
export const sources = ["phone", "chat", "email", "web", "paper"] as const;
export type Source = (typeof sources)[number];
export const reasons = ["deceased", "restricted", "abusive", "objects_profiling", "withdrawn", "no_consent", "unreachable", "cap", "quiet_hours"] as const;
export type Reason = (typeof reasons)[number];

export const everyWay = "every";

export interface Standing {
  readonly purpose: Purpose;
  readonly channel: Way | null;
  readonly given: boolean;
  readonly at: number;
}

export interface Statement extends Standing {
  readonly id: string;
  readonly proof: string;
  readonly source: string;
  readonly by_name: string | null;
  readonly masked?: boolean;
}

export interface FlagSet {
  readonly flag: Flag;
  readonly since: number;
  readonly note: string | null;
  readonly by_name: string | null;
  readonly masked?: boolean;
}

export interface Wish {
  readonly channel: Way | null;
  readonly quiet_from: number | null;
  readonly quiet_until: number | null;
  readonly zone: string | null;
  readonly default: { readonly quiet_from: number; readonly quiet_until: number; readonly zone: string };
}

export type Verdict =
  | { readonly allowed: true; readonly preferred: Way | null }
  | { readonly allowed: false; readonly reasons: readonly Reason[]; readonly earliest: number | null };

export interface ContactRules {
  readonly asks_consent: readonly Purpose[];
  readonly quiet_from: number;
  readonly quiet_until: number;
  readonly quiet_channels: readonly Way[];
  readonly caps: readonly { readonly most: number; readonly days: number; readonly purpose: Purpose | null; readonly channel: Way | null }[];
}

/** What a way is called; none means every way. */
export function wayWord(way: Way | null): string {
  return way === null ? t("everyWay") : t(`way.${way}`);
}

/** A minute of the day as "08:30". */
export function clockTime(minute: number): string {
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** The minute of the day that "08:30" means; null for anything else. */
export function minuteOf(text: string): number | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text.trim());
  if (found === null) return null;
  const [hours, minutes] = [Number(found[1]), Number(found[2])];
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : null;
}

function isSource(source: string): source is Source {
  return sources.some((one) => one === source);
}

/** Where a statement came from; programs may use words of their own. */
export function sourceWord(source: string): string {
  return isSource(source) ? t(`source.${source}`) : source;
}

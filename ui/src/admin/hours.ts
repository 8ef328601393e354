/** Business hours as they are typed: minutes of the day, weekdays, months of exceptions. */
import type { Calendar, Interval, Weekday } from "./types";

/** The days of a week in the core's words, Monday first. */
export const weekdays: readonly Weekday[] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

export const dayMinutes = 1440;

/** "09:30"; the end of the day is "24:00". */
export function clockOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** Minutes of a typed "09:30", "9.30", "0930" or "9"; null when it is none. As an end, 00:00 is the end of the day. */
export function minutesOf(text: string, end: boolean): number | null {
  const found = /^(\d{1,2})(?:[:. ]?([0-5]\d))?$/.exec(text.trim());
  if (found === null) return null;
  const minutes = Number(found[1]) * 60 + Number(found[2] ?? 0);
  if (minutes > dayMinutes || (!end && minutes === dayMinutes)) return null;
  return end && minutes === 0 ? dayMinutes : minutes;
}

/** "09:00–12:00, 13:00–17:00", or null for a closed day. */
export function intervalsText(intervals: readonly Interval[] | undefined): string | null {
  if (intervals === undefined || intervals.length === 0) return null;
  return intervals.map((one) => `${clockOf(one.opens)}–${clockOf(one.closes)}`).join(", ");
}

/** The next interval to offer: after the last one, of at most four hours; null when the day is full. */
export function nextInterval(intervals: readonly Interval[]): Interval | null {
  const last = Math.max(0, ...intervals.map((one) => one.closes));
  if (intervals.length === 0) return { opens: 9 * 60, closes: 17 * 60 };
  const opens = last + 60;
  return opens >= dayMinutes - 30 ? null : { opens, closes: Math.min(dayMinutes, opens + 240) };
}

export type IntervalFault = "order" | "overlap";

/** What is wrong with a day: an interval that ends before it begins, or two that overlap. */
export function intervalFault(intervals: readonly Interval[]): IntervalFault | null {
  let end = 0;
  for (const one of [...intervals].sort((a, b) => a.opens - b.opens)) {
    if (one.closes <= one.opens) return "order";
    if (one.opens < end) return "overlap";
    end = one.closes;
  }
  return null;
}

/** The local dates of a month in weeks that begin on Monday; null before the first and after the last. */
export function monthWeeks(year: number, month: number): (string | null)[][] {
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const blanks = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7;
  const cells: (string | null)[] = Array.from({ length: blanks }, () => null);
  for (let day = 1; day <= days; day += 1) cells.push(`${year}-${String(month + 1).padStart(2, "0")}-${String(day).padStart(2, "0")}`);
  while (cells.length % 7 !== 0) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

/** How many hours a week it is open. */
export function weekHours(calendar: Calendar): number {
  const minutes = Object.values(calendar.week).flat().reduce((sum, one) => sum + one.closes - one.opens, 0);
  return Math.round(minutes / 6) / 10;
}

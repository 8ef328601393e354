/** Canned replies: which to show for what was typed after `/`, and filling their variables in. */
import { fold, found } from "../parts/find";

export interface CannedReply {
  readonly id: string;
  readonly shortcut: string;
  readonly title: string;
  readonly text: string;
  /** A language tag; empty serves any. */
  readonly language: string;
  /** Empty serves every queue. */
  readonly queues: readonly string[];
}

export interface Wanted {
  /** What was typed after the slash. */
  readonly typed: string;
  readonly language: string | null;
  readonly queue: string | null;
}

export const shownAtMost = 8;

/** The replies that fit: the queue's, then those whose shortcut begins with what was typed, then the customer's language. */
export function search(replies: readonly CannedReply[], wanted: Wanted): CannedReply[] {
  const typed = fold(wanted.typed);
  const fits = replies.filter((reply) => reply.queues.length === 0 || (wanted.queue !== null && reply.queues.includes(wanted.queue)));
  const matching = typed === "" ? fits : fits.filter((reply) => fold(reply.shortcut).startsWith(typed) || found(typed, `${reply.shortcut} ${reply.title} ${reply.text}`));
  const rank = (reply: CannedReply): number => {
    const language = reply.language.split("-")[0] === (wanted.language ?? "").split("-")[0] && reply.language !== "" ? 0 : reply.language === "" ? 1 : 2;
    const exact = typed !== "" && fold(reply.shortcut).startsWith(typed) ? 0 : 1;
    const own = reply.queues.length > 0 ? 0 : 1;
    return language * 4 + exact * 2 + own;
  };
  return [...matching].sort((a, b) => rank(a) - rank(b) || a.shortcut.localeCompare(b.shortcut)).slice(0, shownAtMost);
}

/** What variables stand for, by their name. */
export type Values = Readonly<Record<string, string | null | undefined>>;

/** The text with its variables filled in; one without a value goes, with the space before it. */
export function fill(text: string, values: Values): string {
  return text
    .replace(/(\s?)\{\{\s*([^{}]*?)\s*\}\}/g, (_, space: string, name: string) => {
      const value = values[name];
      return value ? `${space}${value}` : "";
    })
    .trim();
}

/** The word after a slash that begins a word at the end of `text`, and where the slash is; null when nothing is asked for. */
export function slashAt(text: string, caret: number): { at: number; typed: string } | null {
  const asked = /(^|\s)\/([\p{L}\p{N}_-]*)$/u.exec(text.slice(0, caret));
  if (asked === null) return null;
  return { at: asked.index + (asked[1]?.length ?? 0), typed: asked[2] ?? "" };
}

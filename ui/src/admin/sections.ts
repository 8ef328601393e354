/** The sections of the administration: what each lists, how an entry begins, is checked, kept and removed. */
import BookOpenText from "@lucide/svelte/icons/book-open-text";
import CalendarClock from "@lucide/svelte/icons/calendar-clock";
import DoorOpen from "@lucide/svelte/icons/door-open";
import Eye from "@lucide/svelte/icons/eye";
import Eraser from "@lucide/svelte/icons/eraser";
import Flag from "@lucide/svelte/icons/flag";
import Gauge from "@lucide/svelte/icons/gauge";
import Gem from "@lucide/svelte/icons/gem";
import GraduationCap from "@lucide/svelte/icons/graduation-cap";
import Hourglass from "@lucide/svelte/icons/hourglass";
import KeyRound from "@lucide/svelte/icons/key-round";
import ListChecks from "@lucide/svelte/icons/list-checks";
import ListOrdered from "@lucide/svelte/icons/list-ordered";
import Mail from "@lucide/svelte/icons/mail";
import MailX from "@lucide/svelte/icons/mail-x";
import MessageSquareText from "@lucide/svelte/icons/message-square-text";
import Moon from "@lucide/svelte/icons/moon";
import Phone from "@lucide/svelte/icons/phone";
import PhoneOff from "@lucide/svelte/icons/phone-off";
import ScrollText from "@lucide/svelte/icons/scroll-text";
import Scale from "@lucide/svelte/icons/scale";
import UserRound from "@lucide/svelte/icons/user-round";
import UsersRound from "@lucide/svelte/icons/users-round";
import type { IconOf } from "../parts/types";
import { locale } from "../i18n/locale.svelte";
import { catalogue, type ConfigKind } from "./catalogue.svelte";
import { checkCalendar, checkInbox, checkMailbox, checkNamed, checkPerson, checkQueue, checkReply, type Faults } from "./checks";
import { plainText, type Draft } from "./draft.svelte";
import type { Agent, Calendar, Config, Disposition, Inbox, Mailbox, Person, Queue, Reason, Reply, Segment, Skill, Team, User } from "./types";

export const listed = ["users", "teams", "skills", "queues", "hours", "segments", "inboxes", "mailboxes", "dispositions", "reasons", "canned"] as const;
export type Listed = (typeof listed)[number];
export type Section = Listed | "scores" | "ignored" | "calls" | "keys" | "policy" | "audit" | "reveals" | "erasure" | "contact" | "retention" | "standards";

export const icons: Readonly<Record<Section, IconOf>> = {
  users: UserRound, teams: UsersRound, skills: GraduationCap, queues: ListOrdered, hours: CalendarClock, segments: Gem, policy: Scale,
  inboxes: DoorOpen, mailboxes: Mail, dispositions: Flag, reasons: Moon, canned: MessageSquareText, audit: ScrollText,
  reveals: Eye, scores: Gauge, ignored: MailX, calls: Phone, keys: KeyRound, erasure: Eraser, contact: PhoneOff, retention: Hourglass, standards: ListChecks,
};
export const overviewIcon: IconOf = BookOpenText;

export const groups: readonly { readonly name: "people" | "work" | "doors" | "words" | "record"; readonly sections: readonly Section[] }[] = [
  { name: "people", sections: ["users", "teams", "skills", "scores"] },
  { name: "work", sections: ["queues", "hours", "segments", "policy"] },
  { name: "doors", sections: ["inboxes", "mailboxes", "ignored", "calls", "keys"] },
  { name: "words", sections: ["dispositions", "reasons", "canned", "standards"] },
  { name: "record", sections: ["audit", "reveals", "erasure", "contact", "retention"] },
];

/** The word of the API for the settings that live under /config. */
const kinds = { teams: "team", skills: "skill", queues: "queue", hours: "calendar", segments: "segment", inboxes: "inbox", dispositions: "disposition", reasons: "reason" } as const satisfies Partial<Record<Listed, ConfigKind>>;
type Configured = keyof typeof kinds;

const shelves = {
  teams: (config: Config) => config.teams,
  skills: (config: Config) => config.skills,
  queues: (config: Config) => config.queues,
  hours: (config: Config) => config.calendars,
  segments: (config: Config) => config.segments,
  inboxes: (config: Config) => config.inboxes,
  dispositions: (config: Config) => config.dispositions,
  reasons: (config: Config) => config.reasons,
} satisfies Record<Configured, (config: Config) => readonly { id: string; name: string }[]>;

export function isListed(section: string): section is Listed {
  return listed.some((one) => one === section);
}

function isConfigured(section: Listed): section is Configured {
  return section in kinds;
}

/** The word under which the audit keeps changes of the section. */
export function auditKind(section: Listed): string | null {
  if (section === "users") return "user";
  if (section === "mailboxes") return "mailbox";
  if (section === "canned") return "canned_reply";
  return isConfigured(section) ? kinds[section] : null;
}

/** The section and entry that the center's "queue orders" means. */
export function placeOf(kind: string, item: string): { section: Listed; item: string } | null {
  if (kind === "user") return { section: "users", item };
  if (kind === "agent") {
    const user = catalogue.users.find((one) => one.agent === item);
    return user === undefined ? null : { section: "users", item: user.id };
  }
  if (kind === "mailbox") return { section: "mailboxes", item };
  if (kind === "canned_reply") return { section: "canned", item };
  const found = (Object.keys(kinds) as Configured[]).find((section) => kinds[section] === kind);
  return found === undefined ? null : { section: found, item };
}

export interface Item {
  readonly id: string;
  readonly name: string;
  readonly value: object;
}

function nameOf(section: Listed, value: object): string {
  if (section === "canned") return (value as Reply).title;
  if (section === "mailboxes") return (value as Mailbox).address;
  return (value as { name: string }).name;
}

/** All entries of a section by name. */
export function itemsOf(section: Listed): readonly Item[] {
  const config = catalogue.config;
  if (config === null) return [];
  const values: readonly { id: string }[] =
    section === "users" ? catalogue.users : section === "canned" ? catalogue.replies : section === "mailboxes" ? catalogue.mailboxes : shelves[section](config);
  const collator = new Intl.Collator(locale.current, { numeric: true, sensitivity: "base" });
  return values.map((value) => ({ id: value.id, name: nameOf(section, value), value })).sort((a, b) => collator.compare(a.name, b.name));
}

export function takenIds(section: Listed): readonly string[] {
  return itemsOf(section).map((item) => item.id);
}

function freshAgent(id: string): Agent {
  return { id, team: null, skills: {}, capacity: { slots: { voice: 1, callback: 1, chat: 3, email: 2, message: 3 }, total: 4, weights: { voice: 4, callback: 4 } }, scores: {}, in_training: false, groups: {} };
}

/** What a new entry of the section begins as. */
export function freshOf(section: Listed): object {
  const first = catalogue.config?.queues[0]?.id ?? "";
  const zone = catalogue.config?.calendars[0]?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const everyDay = { monday: day(), tuesday: day(), wednesday: day(), thursday: day(), friday: day() };
  switch (section) {
    case "users": return { user: { id: "", name: "", login: "", email: null, roles: ["agent"], agent: null, locale: locale.current, theme: "system", active: true, teams: [], queues: [] }, agent: freshAgent(""), password: "" } satisfies Person;
    case "teams": return { id: "", name: "" } satisfies Team;
    case "skills": return { id: "", name: "", language: false } satisfies Skill;
    case "queues": return {
      id: "", name: "", rings: [{ needs: [], any_of: [], agents: [], language_level: 1, after_ms: 0 }], target: { within_ms: 20_000, share_pct: 80, in_business_hours: false },
      calendar: catalogue.config?.calendars[0]?.id ?? null, wrap_up: { mode: "required", limit_ms: 120_000, automatic: null },
      when_closed: "refuse", when_unstaffed: "wait", overflow_to: null, overflow_after_ms: 0, overflow_waiting: 0, words: {}, preferred_ms: 20_000,
    } satisfies Queue;
    case "hours": return { id: "", name: "", zone, week: everyDay, exceptions: {} } satisfies Calendar;
    case "segments": return { id: "", name: "", head_start_ms: 0, value: 1, target: null } satisfies Segment;
    case "inboxes": return { id: "", name: "", medium: "chat", queue: first, by_reason: {}, reason_labels: {}, by_language: {}, origins: [], offline_inbox: null } satisfies Inbox;
    case "mailboxes": return { id: "", inbox: catalogue.config?.inboxes.find((one) => one.medium === "email")?.id ?? "", address: "", name: "", language: null, active: true, reply_tokens: true, auto_reply: {}, imap: null } satisfies Mailbox;
    case "dispositions": return { id: "", name: "", queues: [] } satisfies Disposition;
    case "reasons": return { id: "", name: "", presence: "break" } satisfies Reason;
    case "canned": return { id: "", shortcut: "", title: "", text: "", language: locale.current, queues: [] } satisfies Reply;
  }
}

function day(): { opens: number; closes: number }[] {
  return [{ opens: 9 * 60, closes: 17 * 60 }];
}

/** An entry as its form edits it; null when there is none with this id. */
export function editable(section: Listed, id: string): object | null {
  const found = itemsOf(section).find((item) => item.id === id)?.value;
  if (found === undefined) return null;
  if (section === "users") {
    const user = found as User;
    const known = catalogue.config?.agents.find((agent) => agent.id === user.agent);
    const { name: _, ...agent } = known ?? { ...freshAgent(user.agent ?? ""), name: null };
    return { user, agent, password: "" } satisfies Person;
  }
  if (section === "mailboxes") {
    const { state: _1, error: _2, seen_at: _3, refused: _4, ...box } = found as Mailbox & { state: unknown; error: unknown; seen_at: unknown; refused: unknown };
    return box;
  }
  if (section === "canned") {
    const { id: own, shortcut, title, text, language, queues } = found as Reply;
    return { id: own, shortcut, title, text, language, queues } satisfies Reply;
  }
  return found;
}

/** The faults that we can see ourselves. */
export function checkOf(section: Listed, value: object, isNew: boolean): Faults {
  const taken = isNew ? takenIds(section) : null;
  switch (section) {
    case "users": return checkPerson(value as Person);
    case "queues": return checkQueue(value as Queue, taken);
    case "hours": return checkCalendar(value as Calendar, taken);
    case "inboxes": return checkInbox(value as Inbox, taken);
    case "mailboxes": return checkMailbox(value as Mailbox);
    case "canned": return checkReply(value as Reply);
    default: return checkNamed(value as { id: string; name: string }, taken);
  }
}

/** Stores an entry; answers its id. */
export async function keep(section: Listed, draft: Draft<object>, before: object | null): Promise<string> {
  const value = draft.plain;
  switch (section) {
    case "users": {
      const person = value as Person;
      const changed = before === null || plainText(person.agent) !== plainText((before as Person).agent);
      return await catalogue.keepPerson(person, draft.isNew, changed);
    }
    case "canned": return await catalogue.keepReply(value as Reply, draft.isNew);
    case "mailboxes": return await catalogue.keepMailbox(value as Mailbox, draft.isNew);
    case "inboxes": {
      const inbox = value as Inbox;
      const origins = inbox.origins.map((origin) => origin.trim()).filter((origin) => origin !== "");
      return await catalogue.define("inbox", inbox.id, { ...inbox, origins });
    }
    default: return await catalogue.define(kinds[section], (value as { id: string }).id, value);
  }
}

export async function removeOf(section: Listed, id: string): Promise<void> {
  const path = section === "users" ? "/users" : section === "canned" ? "/canned" : section === "mailboxes" ? "/mailboxes" : `/config/${kinds[section]}`;
  await catalogue.remove(path, id);
}

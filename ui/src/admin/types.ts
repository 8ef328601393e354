/** The settings of a center as the API reads and writes them; names are the core's own. */
import type { Medium } from "../parts/states";
import type { Role } from "../session.svelte";
import type { Score, Trait } from "../state/live";

export type { Medium, Score, Trait };
export const traits: readonly Trait[] = ["quality", "productivity", "sales", "interpersonal"];

export interface Skill { id: string; name: string; language: boolean }
export interface Need { skill: string; level: number }
/** Who may be asked: all of `needs`, one of `any_of`; with `agents` named, nobody else. */
export interface Ring { needs: Need[]; any_of: Need[]; agents: string[]; language_level: number; after_ms: number }
export interface Target { within_ms: number; share_pct: number; in_business_hours: boolean }
export interface WrapUpRule { mode: "none" | "optional" | "required"; limit_ms: number; automatic: string | null }
export type Otherwise = "refuse" | "wait" | "overflow";
export const situations = ["closed", "unstaffed", "busy"] as const;
export type Situation = (typeof situations)[number];
/** What customers are told, by situation and language. */
export type QueueWords = Partial<Record<Situation, Record<string, string>>>;
/** The most characters of one text. */
export const wordsLimit = 500;

export interface Queue {
  id: string;
  name: string;
  rings: Ring[];
  target: Target;
  calendar: string | null;
  wrap_up: WrapUpRule;
  when_closed: Otherwise;
  when_unstaffed: Otherwise;
  overflow_to: string | null;
  /** 0 is never by time. */
  overflow_after_ms: number;
  /** 0 is never by how many wait. */
  overflow_waiting: number;
  words: QueueWords;
  /** 0 is not at all. */
  preferred_ms: number;
}

export interface Capacity { slots: Partial<Record<Medium, number>>; total: number; weights: Partial<Record<Medium, number>> }
export type Scores = Partial<Record<Trait, Score>>;
export interface Agent { id: string; team: string | null; skills: Record<string, number>; capacity: Capacity; scores: Scores; in_training: boolean; groups: Record<string, string> }
export interface Team { id: string; name: string }

export type Weekday = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";

/** Minutes after local midnight, 0 to 1440. */
export interface Interval { opens: number; closes: number }
export interface Calendar {
  id: string;
  name: string;
  zone: string;
  /** A day that is left out is closed. */
  week: Partial<Record<Weekday, Interval[]>>;
  /** By local date, "2026-12-24"; empty is closed all day. */
  exceptions: Record<string, Interval[]>;
}

export interface Inbox {
  id: string;
  name: string;
  medium: Medium;
  queue: string;
  by_reason: Record<string, string>;
  /** What a reason is called, by reason and language. */
  reason_labels: Record<string, Record<string, string>>;
  by_language: Record<string, string>;
  origins: string[];
  offline_inbox: string | null;
}

export interface Disposition { id: string; name: string; queues: string[] }
export type Absence = "busy" | "break" | "meal" | "meeting" | "training";
export interface Reason { id: string; name: string; presence: Absence }
export interface Segment { id: string; name: string; head_start_ms: number; value: number; target: Target | null }

/** What the forms here ask of the policy; it is edited in its own room. */
export interface Policy {
  readonly version: number;
  readonly affinities: readonly { readonly trait: string }[];
}

export interface Config {
  readonly skills: readonly Skill[];
  readonly queues: readonly Queue[];
  readonly agents: readonly (Agent & { readonly name?: string | null })[];
  readonly teams: readonly Team[];
  readonly calendars: readonly Calendar[];
  readonly inboxes: readonly Inbox[];
  readonly dispositions: readonly Disposition[];
  readonly reasons: readonly Reason[];
  readonly segments: readonly Segment[];
  readonly policy: Policy;
}

export interface User {
  id: string;
  name: string;
  login: string;
  email: string | null;
  roles: Role[];
  agent: string | null;
  locale: string;
  theme: string;
  active: boolean;
  /** Whom a supervisor supervises; nothing named is everybody. */
  teams: string[];
  queues: string[];
}

/** A person as the form edits them: the user, the agent that they are, and a new password if one is typed. */
export interface Person { user: User; agent: Agent; password: string }

export interface Reply { id: string; shortcut: string; title: string; text: string; language: string; queues: string[] }

export interface Imap { host: string; port: number; tls: "implicit" | "none"; user: string; folder: string; password_set?: boolean; password?: string }
export interface Mailbox {
  id: string;
  inbox: string;
  address: string;
  name: string;
  language: string | null;
  active: boolean;
  reply_tokens: boolean;
  auto_reply: Record<string, string>;
  imap: Imap | null;
}

/** As it is read: with how it goes. */
export interface KeptMailbox extends Mailbox {
  readonly state: "waiting" | "ok" | "error" | "off";
  readonly error: string | null;
  readonly seen_at: number | null;
  readonly refused: number;
}

export interface WaitingMail {
  readonly id: string;
  readonly interaction: string | null;
  readonly state: string;
  readonly attempts: number;
  readonly since: number;
  readonly next_at: number;
  readonly error: string | null;
}
export interface Outbox { readonly relay: boolean; readonly counts: Readonly<Record<string, number>>; readonly mails: readonly WaitingMail[] }
export interface Checked { readonly ok: boolean; readonly detail: string }

export interface AuditRow {
  readonly id: string;
  readonly at: number;
  readonly user: string | null;
  readonly action: string;
  readonly kind: string;
  readonly item: string;
  readonly fields: readonly string[];
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}
export interface AuditPage { readonly rows: readonly AuditRow[]; readonly next: string | null }

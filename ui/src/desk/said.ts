/** What the center answers about conversations, as the desk reads it, and the pure rules on it. */
import type { Medium, Phase } from "../parts/states";

export interface Attached {
  readonly id: string;
  readonly name: string;
  readonly media_type: string;
  readonly size: number;
  /** By what a mail's HTML names this picture. */
  readonly content_id?: string | null;
}

export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly reply_to?: readonly string[];
  readonly subject: string;
  readonly remote_images: boolean;
  readonly quoted: boolean;
  /** Whether the addresses of others are hidden from this reader. */
  readonly masked?: boolean;
}

export type MessageState = "queued" | "sent" | "delivered" | "read" | "failed" | "unsent";

export interface Said {
  readonly seq: number;
  readonly id: string;
  readonly at: number;
  readonly author: "customer" | "agent" | "system" | "note";
  readonly agent: string | null;
  readonly user: string | null;
  readonly name: string | null;
  readonly text: string;
  readonly html: string | null;
  readonly state: MessageState;
  readonly error: string | null;
  /** Until when a mail waits and can be taken back. */
  readonly send_after: number | null;
  readonly files: readonly Attached[];
  readonly email: Envelope | null;
}

export interface Head {
  readonly interaction: string;
  readonly medium: Medium;
  readonly inbox: string;
  readonly queue: string | null;
  readonly customer: string | null;
  readonly customer_name?: string | null;
  /** Whether names and addresses are hidden from this reader. */
  readonly masked?: boolean;
  readonly verification: "unknown" | "claimed" | "matched" | "verified";
  readonly segment: string | null;
  readonly agent: string | null;
  readonly agent_name?: string | null;
  readonly subject: string | null;
  readonly language: string | null;
  readonly reason: string | null;
  readonly phase: Phase;
  readonly started_at: number;
  readonly first_answer_at: number | null;
  readonly ended_at: number | null;
  readonly ended_by: string | null;
  readonly closed_at: number | null;
  readonly disposition: string | null;
  readonly rating: number | null;
  readonly rating_comment?: string | null;
  readonly follows: string | null;
  readonly last_message_at: number | null;
  readonly thread?: readonly Earlier[];
  /** What happened beside the words, as the center kept it. */
  readonly happenings?: readonly KeptHappening[];
  /** When its words were erased. */
  readonly erased_at?: number | null;
}

export interface KeptHappening {
  readonly what: "held" | "resumed" | "customer_left" | "customer_returned" | "consult_asked" | "consult_joined" | "consult_left" | "begun" | "hung_up";
  readonly at: number;
  readonly agent: string | null;
  readonly cause: string | null;
}

export interface Earlier {
  readonly interaction: string;
  readonly subject: string | null;
  readonly phase: Phase;
  readonly started_at: number;
  readonly closed_at: number | null;
}

/** Whether a conversation can go on. */
export function isOpen(phase: Phase): boolean {
  return phase !== "closed" && phase !== "abandoned";
}

/** How many messages of the customer nobody of us has read. */
export function unread(messages: readonly Said[]): number {
  return messages.filter((message) => message.author === "customer" && message.state !== "read").length;
}

/** The newest message of either side, for a glimpse in lists. */
export function lastWords(messages: readonly Said[]): Said | null {
  return messages.findLast((message) => message.author === "customer" || (message.author === "agent" && message.state !== "unsent")) ?? null;
}

/** `known` with `fresh` in it: each message once, the fresh one's state, in order. */
export function merged(known: readonly Said[], fresh: readonly Said[]): Said[] {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of fresh) byId.set(message.id, message);
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

const order: readonly MessageState[] = ["queued", "sent", "delivered", "read"];

/** `messages` after all up to `id` by the other side of `reader` were read. */
export function readUpTo(messages: readonly Said[], id: string, reader: "customer" | "agent"): Said[] {
  const at = messages.find((message) => message.id === id)?.seq ?? -1;
  return messages.map((message) => {
    const theirs = reader === "agent" ? message.author === "customer" : message.author === "agent" || message.author === "system";
    return theirs && message.seq <= at && order.includes(message.state) && message.state !== "queued" ? { ...message, state: "read" as const } : message;
  });
}

/** `messages` with one message's state moved on; a state never goes back. */
export function movedTo(messages: readonly Said[], id: string, state: MessageState, error: string | null = null): Said[] {
  return messages.map((message) => {
    if (message.id !== id) return message;
    if (state === "delivered" && message.state === "read") return message;
    return { ...message, state, error: error ?? message.error };
  });
}

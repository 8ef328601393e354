/** A chat as the widget knows it, and how each frame of the center changes it; a repeated frame changes nothing. */

export type Delivery = "queued" | "sent" | "delivered" | "read" | "failed" | "unsent";
export type Author = "customer" | "agent" | "system";

export interface SharedFile {
  id: string;
  name: string;
  media_type: string;
  size: number;
}

export interface Message {
  seq: number;
  id: string;
  at: number;
  author: Author;
  name: string | null;
  text: string;
  files: SharedFile[];
  state: Delivery;
}

/** Somebody came to the chat after the message numbered `after`. */
export interface Joined {
  name: string;
  at: number;
  after: number;
  waited_ms: number | null;
}

/** Four of five wait between the two. */
export interface Expected {
  low_ms: number;
  high_ms: number;
}

export interface Chat {
  phase: string;
  position: number | null;
  expected: Expected | null;
  /** What the queue says to one for whom nobody is free. */
  words: string | null;
  agent: { name: string } | null;
  messages: Message[];
  last_seq: number;
  ended: boolean;
  ended_by: Author | null;
  rated: boolean;
  typing_until: number;
  joined: Joined[];
  started_at: number;
  /** False until the first hello: what is shown before is only hoped for. */
  known: boolean;
}

interface Place {
  phase: string;
  position?: number | null;
  expected?: Expected | null;
  words?: string | null;
  agent?: { name: string } | null;
}

export type Frame =
  | ({
      type: "hello";
      now: number;
      messages: Message[];
      last_seq: number;
      ended: boolean;
      rated: boolean;
      /** There is more after these messages. */
      more?: boolean;
    } & Place)
  | { type: "message"; message: Message }
  | { type: "receipt"; message: string; state: Delivery }
  | ({ type: "state" } & Place)
  | { type: "rated" }
  | { type: "typing"; on: boolean }
  | { type: "ended"; by: Author }
  | { type: "error"; code: string; detail: string; words?: string; id?: string | null; retry_after_s?: number }
  | { type: "pong" };

const typingLastsMs = 8_000;
const alive = new Set(["treating", "queued", "offered", "connected", "held"]);
const order: Delivery[] = ["queued", "sent", "delivered", "read"];

export function newChat(startedAt: number, joined: Joined[] = []): Chat {
  return {
    phase: "queued",
    position: null,
    expected: null,
    words: null,
    agent: null,
    messages: [],
    last_seq: 0,
    ended: false,
    ended_by: null,
    rated: false,
    typing_until: 0,
    joined,
    started_at: startedAt,
    known: false,
  };
}

function put(chat: Chat, message: Message): void {
  const at = chat.messages.findIndex((known) => known.id === message.id);
  const known = chat.messages[at];
  if (known) chat.messages[at] = { ...message, state: later(known.state, message.state) };
  else chat.messages.push(message);
  chat.messages.sort((one, other) => one.seq - other.seq);
  chat.last_seq = Math.max(chat.last_seq, message.seq);
  if (!known && message.author === "agent") chat.typing_until = 0;
}

/** Receipts may overtake each other: a read message never becomes merely delivered. */
function later(one: Delivery, other: Delivery): Delivery {
  return order.indexOf(one) > order.indexOf(other) && order.includes(other) ? one : other;
}

/** Words after the end begin anew: the center goes on with the same chat. */
function begunAgain(chat: Chat): void {
  chat.ended = false;
  chat.ended_by = null;
  chat.rated = false;
}

function place(chat: Chat, now: number, next: Place, live: boolean): void {
  chat.phase = next.phase;
  if (next.position !== undefined) chat.position = next.position;
  if (next.expected !== undefined) chat.expected = next.expected;
  chat.words = next.words ?? null;
  if (next.agent === undefined) return;
  const name = next.agent?.name;
  const first = chat.joined.length === 0;
  if (live && name && name !== chat.joined.at(-1)?.name) {
    chat.joined.push({ name, at: now, after: chat.last_seq, waited_ms: first ? now - chat.started_at : null });
  }
  if (!next.agent) chat.typing_until = 0;
  chat.agent = next.agent;
}

/** Changes `chat` as the frame says; `now` is this browser's time in ms. */
export function apply(chat: Chat, frame: Frame, now: number): void {
  switch (frame.type) {
    case "hello":
      for (const message of frame.messages) put(chat, message);
      chat.last_seq = Math.max(chat.last_seq, frame.last_seq);
      chat.rated ||= frame.rated;
      chat.ended = frame.ended;
      place(chat, now, frame, chat.known);
      chat.known = true;
      break;
    case "message":
      put(chat, frame.message);
      break;
    case "receipt":
      for (const message of chat.messages) {
        if (message.id === frame.message) message.state = later(message.state, frame.state);
      }
      break;
    case "rated":
      chat.rated = true;
      break;
    case "state":
      if (chat.ended && alive.has(frame.phase)) begunAgain(chat);
      place(chat, now, frame, true);
      break;
    case "typing":
      chat.typing_until = frame.on ? now + typingLastsMs : 0;
      break;
    case "ended":
      chat.ended = true;
      chat.ended_by = frame.by;
      chat.typing_until = 0;
      break;
    case "error":
    case "pong":
      break;
    default:
      frame satisfies never;
  }
}

/** From where to ask again: before the first own message that is not read yet, so its mark is brought up to date. */
export function resumeAfter(chat: Chat): number {
  const open = chat.messages.find((message) => message.author === "customer" && message.state !== "read");
  return open ? Math.min(open.seq - 1, chat.last_seq) : chat.last_seq;
}

/** The messages of the other side after the one numbered `seen`. */
export function unread(chat: Chat, seen: number): Message[] {
  return chat.messages.filter((message) => message.author === "agent" && message.seq > seen);
}

/** Frames change a chat once, in whatever order and how often they come. */
import { describe, expect, test } from "vitest";
import { apply, newChat, resumeAfter, unread, type Chat, type Delivery, type Frame, type Message } from "../src/fold";

function said(seq: number, author: Message["author"] = "agent", state: Delivery = "sent"): Message {
  return { seq, id: `m${seq}`, at: 1_000 * seq, author, name: author === "agent" ? "Anna" : null, text: `${seq}`, files: [], state };
}

function hello(messages: Message[], more: Partial<Extract<Frame, { type: "hello" }>> = {}): Frame {
  const last_seq = messages.at(-1)?.seq ?? 0;
  return { type: "hello", now: 0, phase: "queued", position: 2, expected: null, agent: null, messages, last_seq, ended: false, rated: false, ...more };
}

function after(...frames: Frame[]): Chat {
  const chat = newChat(0);
  for (const frame of frames) apply(chat, frame, 5_000);
  return chat;
}

const connected: Frame = { type: "state", phase: "connected", position: null, agent: { name: "Anna" } };

describe("messages", () => {
  test("a repeated frame changes nothing", () => {
    const frames = [hello([said(1, "customer")]), { type: "message", message: said(2) } as const];
    expect(after(...frames, ...frames)).toEqual(after(...frames));
  });
  test("stand in the center's order, not in that of arrival", () => {
    const chat = after(hello([]), { type: "message", message: said(3) }, { type: "message", message: said(2) });
    expect(chat.messages.map((message) => message.seq)).toEqual([2, 3]);
    expect(chat.last_seq).toBe(3);
  });
  test("a hello after a lost line adds only what is new", () => {
    const chat = after(hello([said(1), said(2)]), hello([said(2), said(3)]));
    expect(chat.messages.map((message) => message.id)).toEqual(["m1", "m2", "m3"]);
  });
});

describe("marks", () => {
  test("never go back", () => {
    const chat = after(
      hello([said(1, "customer", "sent")]),
      { type: "receipt", message: "m1", state: "read" },
      { type: "receipt", message: "m1", state: "delivered" },
      { type: "message", message: said(1, "customer", "sent") },
    );
    expect(chat.messages[0]?.state).toBe("read");
  });
  test("a failed message is failed, whatever was before", () => {
    const chat = after(hello([said(1, "customer", "sent")]), { type: "receipt", message: "m1", state: "failed" });
    expect(chat.messages[0]?.state).toBe("failed");
  });
  test("a receipt for a message that we do not know is no message", () => {
    expect(after(hello([]), { type: "receipt", message: "m9", state: "read" }).messages).toEqual([]);
  });
  test("unread are the other side's words after the last seen one", () => {
    const chat = after(hello([said(1, "customer"), said(2), said(3, "system"), said(4)]));
    expect(unread(chat, 2).map((message) => message.id)).toEqual(["m4"]);
  });
});

describe("who is there", () => {
  test("somebody who joins is noted with the wait, once", () => {
    const chat = after(hello([said(1, "customer")]), connected, connected);
    expect(chat.joined).toEqual([{ name: "Anna", at: 5_000, after: 1, waited_ms: 5_000 }]);
  });
  test("a colleague who takes over is noted without a wait", () => {
    const next: Frame = { type: "state", phase: "connected", position: null, agent: { name: "Pavel" } };
    expect(after(hello([]), connected, next).joined.map((each) => [each.name, each.waited_ms])).toEqual([["Anna", 5_000], ["Pavel", null]]);
  });
  test("nobody joins by a reload", () => {
    expect(after(hello([], { phase: "connected", agent: { name: "Anna" } })).joined).toEqual([]);
  });
  test("a place in the line is kept when a frame does not speak of it", () => {
    const chat = after(hello([]), { type: "state", phase: "offered" });
    expect([chat.phase, chat.position]).toEqual(["offered", 2]);
  });
  test("typing stops with the message and by itself", () => {
    const chat = after(hello([]), connected, { type: "typing", on: true });
    expect(chat.typing_until).toBe(13_000);
    apply(chat, { type: "message", message: said(1) }, 6_000);
    expect(chat.typing_until).toBe(0);
  });
});

describe("the end", () => {
  test("says by whom", () => {
    const chat = after(hello([]), connected, { type: "ended", by: "agent" });
    expect([chat.ended, chat.ended_by]).toEqual([true, "agent"]);
  });
  test("words after it begin anew, unrated", () => {
    const chat = after(hello([]), { type: "ended", by: "agent" }, { type: "rated" }, { type: "state", phase: "queued", position: 1 });
    expect([chat.ended, chat.rated, chat.ended_by]).toEqual([false, false, null]);
  });
  test("wrapping up is no new beginning", () => {
    const chat = after(hello([]), { type: "ended", by: "agent" }, { type: "state", phase: "wrapping" });
    expect(chat.ended).toBe(true);
  });
});

describe("going on after a lost line", () => {
  test("asks from the last number", () => {
    expect(resumeAfter(after(hello([said(1, "customer", "read"), said(2)])))).toBe(2);
  });
  test("asks again for own messages whose mark may have changed", () => {
    expect(resumeAfter(after(hello([said(1, "customer", "read"), said(2, "customer", "delivered"), said(3)])))).toBe(1);
  });
});

test("the queue's own words stand while they are said, and go with the next place that has none", () => {
  const waits: Frame = { type: "state", phase: "queued", position: 1, words: "All are talking." };
  expect(after(hello([]), waits).words).toBe("All are talking.");
  expect(after(hello([]), waits, connected).words).toBeNull();
});

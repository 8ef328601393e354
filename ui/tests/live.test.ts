/** The live socket: resumes by number, comes back after a cut, notices a dead line, stops where trying is of no use. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { clock } from "../src/clock.svelte";
import { connection } from "../src/shell/connection.svelte";
import type { Frame, LiveState } from "../src/state/live";
import { Live, pingAfter_ms, pongWithin_ms, type Line } from "../src/state/live.svelte";

class ScriptedLine implements Line {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((end: { code: number }) => void) | null = null;
  readonly sent: unknown[] = [];
  closed = false;

  constructor(readonly path: string) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.closed = true;
  }

  says(frame: Frame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  breaks(code = 1006): void {
    this.onclose?.({ code });
  }
}

const empty = { me: "anna", agents: {}, interactions: {}, config: { queues: {} } } as unknown as LiveState;
const snapshot = (seq: number, now = 1_000_000): Frame => ({ type: "snapshot", seq, now, scope: "own", state: empty });
const event = (seq: number): Frame => ({ type: "event", seq, now: 1_000_500, event: { name: "CustomerLeft", at: 1, interaction: "i1" } });

let lines: ScriptedLine[] = [];
let live: Live;
let close: () => void;
const last = (): ScriptedLine => {
  const line = lines.at(-1);
  if (line === undefined) throw new Error("Nobody dialled.");
  return line;
};

beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  live = new Live((path) => {
    const line = new ScriptedLine(path);
    lines.push(line);
    return line;
  });
  close = live.open();
});

afterEach(() => {
  close();
  vi.useRealTimers();
});

describe("the live socket", () => {
  test("begins with a snapshot, sets the clock, and tells events with their numbers", () => {
    const heard: number[] = [];
    live.onEvent((_, seq) => heard.push(seq));
    expect(last().path).toBe("/ws/live");
    last().says(snapshot(7, 5_000_000));
    expect([live.state?.me, live.scope, live.seq, connection.on]).toEqual(["anna", "own", 7, true]);
    expect(Math.abs(clock.exact - 5_000_000)).toBeLessThan(1000);
    last().says(event(8));
    expect([heard, live.seq]).toEqual([[8], 8]);
  });

  test("goes on after the last event it has seen, and keeps what it shows meanwhile", () => {
    last().says(snapshot(7));
    last().says({ type: "enter", seq: 9, now: 1_000_600, interaction: { id: "i9" } as never });
    last().breaks();
    expect([connection.on, live.state?.me]).toEqual([false, "anna"]);
    vi.advanceTimersByTime(300);
    // The event of number 9 itself had not come: it is asked for again.
    expect([lines.length, last().path]).toEqual([2, "/ws/live?since=7"]);
    last().says(event(9));
    expect([live.seq, connection.on]).toEqual([9, true]);
  });

  test("tries again with longer pauses, and at once when the network is back", () => {
    last().breaks();
    vi.advanceTimersByTime(300);
    expect(lines).toHaveLength(2);
    for (let n = 0; n < 6; n += 1) {
      last().breaks();
      vi.advanceTimersByTime(11_000);
    }
    expect(lines).toHaveLength(8);
    last().breaks();
    vi.advanceTimersByTime(100);
    expect(lines).toHaveLength(8);
    window.dispatchEvent(new Event("online"));
    expect(lines).toHaveLength(9);
  });

  test("asks a silent line whether it lives, and leaves a dead one", () => {
    last().says(snapshot(1));
    vi.advanceTimersByTime(pingAfter_ms);
    expect(last().sent).toEqual([{ type: "ping" }]);
    last().says({ type: "pong", now: 1_000_900 });
    vi.advanceTimersByTime(pingAfter_ms + pongWithin_ms - 1);
    expect(lines).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect([lines[0]?.closed, connection.on]).toEqual([true, false]);
    vi.advanceTimersByTime(300);
    expect(last().path).toBe("/ws/live?since=1");
  });

  test("stops when the center will not let it in", () => {
    last().breaks(4401);
    vi.advanceTimersByTime(60_000);
    expect([lines.length, live.refused]).toEqual([1, "signed_out"]);
  });

  test("is one line for all parts of a page, closed with the last", () => {
    const second = live.open();
    expect(lines).toHaveLength(1);
    second();
    expect(last().closed).toBe(false);
    close();
    expect([last().closed, live.state]).toEqual([true, null]);
  });

  test("passes on signals with their facts, and tells typing", () => {
    const facts: unknown[] = [];
    live.onSignal((signal) => facts.push(signal));
    last().says({ type: "signal", name: "typing", interaction: "i1", party: "customer", on: true } as Frame);
    expect(facts).toEqual([{ name: "typing", interaction: "i1", facts: { party: "customer", on: true } }]);
    live.typing("i1", true);
    expect(last().sent).toEqual([{ type: "typing", interaction: "i1", on: true }]);
  });
});

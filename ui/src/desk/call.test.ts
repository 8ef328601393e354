import { describe, expect, it } from "vitest";
import { type Call, type Leg, type Recording, recordingState, shown, standing } from "./call";

const leg: Leg = { leg: "l", role: "agent", agent: "anna", at: 1, answered_at: null, ended_at: null, cause: null, by: null, place: null, mode: null, quality: null };
const tape: Recording = { id: "r", agent: "anna", started_at: 1, ended_at: null, duration_ms: null, paused_at: null, goes_on_at: null, ready: false, failed: null };
const call: Call = { interaction: "i", network: "loopback", up: true, live: true, abilities: [], legs: [], recordings: [] };

describe("a leg", () => {
  it("stands as it is", () => {
    expect(standing(leg)).toBe("rings");
    expect(standing({ ...leg, answered_at: 2 })).toBe("joins");
    expect(standing({ ...leg, answered_at: 2, place: "waiting" })).toBe("waits");
    expect(standing({ ...leg, answered_at: 2, place: "i" })).toBe("talks");
    expect(standing({ ...leg, ended_at: 3 })).toBe("unanswered");
    expect(standing({ ...leg, answered_at: 2, ended_at: 3, cause: "normal" })).toBe("over");
    expect(standing({ ...leg, answered_at: 2, ended_at: 3, cause: "lost" })).toBe("lost");
  });

  it("is shown while it is there, and later when it talked", () => {
    const gone = { ...leg, ended_at: 3 };
    const talked = { ...leg, answered_at: 2, ended_at: 3 };
    expect(shown({ ...call, legs: [leg, gone, talked] })).toEqual([leg]);
    expect(shown({ ...call, live: false, legs: [gone, talked] })).toEqual([talked]);
  });
});

describe("a recording", () => {
  it("goes on, is paused, is kept, and is let go", () => {
    expect(recordingState(tape)).toBe("recorded");
    expect(recordingState({ ...tape, paused_at: 5 })).toBe("paused");
    expect(recordingState({ ...tape, ended_at: 9 })).toBe("coming");
    expect(recordingState({ ...tape, ended_at: 9, duration_ms: 8, ready: true })).toBe("ready");
    expect(recordingState({ ...tape, ended_at: 9, duration_ms: 8 })).toBe("erased");
    expect(recordingState({ ...tape, ended_at: 9, failed: "lost" })).toBe("failed");
  });
});

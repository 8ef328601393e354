/** The fold arrives where a fresh snapshot is: the golden files are the ones the server's fold passes. */
import { describe, expect, it } from "vitest";
import { fold } from "./fold";
import type { Frame, LiveState, SnapshotFrame } from "./live";

interface Golden {
  snapshot: SnapshotFrame;
  frames: Frame[];
  after: LiveState;
}

const files = import.meta.glob<Golden>("../../../tests/golden/live/*.json", {
  eager: true,
  import: "default",
});

describe("the fold of live frames", () => {
  it("has golden files to prove itself on", () => {
    expect(Object.keys(files).length).toBeGreaterThan(8);
  });

  it.each(Object.entries(files))("arrives at a fresh snapshot: %s", (_, golden) => {
    let state = fold(null, structuredClone(golden.snapshot));
    for (const frame of structuredClone(golden.frames)) state = fold(state, frame);
    expect(state).toEqual(golden.after);
  });

  it.each(Object.entries(files))("bears a change of view that comes twice: %s", (_, golden) => {
    let state = fold(null, structuredClone(golden.snapshot));
    for (const frame of golden.frames) {
      state = fold(state, structuredClone(frame));
      if (frame.type !== "event") state = fold(state, structuredClone(frame));
    }
    expect(state).toEqual(golden.after);
  });

  it("shows nothing before the first snapshot, and passes over what only passes", () => {
    expect(fold(null, { type: "pong", now: 1 })).toBeNull();
    const state = structuredClone(Object.values(files).map((golden) => golden.snapshot.state)[0]);
    if (!state) throw new Error("no golden file");
    const before = structuredClone(state);
    fold(state, { type: "signal", name: "typing", interaction: "i1", on: true });
    fold(state, { type: "leave", seq: 1, interaction: "unknown" });
    expect(state).toEqual(before);
  });
});

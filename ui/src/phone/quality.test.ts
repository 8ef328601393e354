/** How what a browser counted becomes a figure that people know. */
import { describe, expect, it } from "vitest";
import { counted, mos, quality, verdict } from "./quality";

const perfect = { lost: 0, received: 100, jitter_ms: 2, round_trip_ms: 20 };

describe("quality", () => {
  it("is near the best on a clean line and falls with loss and delay", () => {
    const clean = mos(0, 2, 20);
    expect(clean).toBeGreaterThan(4.3);
    expect(mos(0.05, 2, 20)).toBeLessThan(clean);
    expect(mos(0, 2, 900)).toBeLessThan(mos(0, 2, 300));
    expect(mos(1, 500, 5000)).toBe(1);
  });

  it("looks only at what came since it was asked last", () => {
    const later = { lost: 10, received: 190, jitter_ms: 2, round_trip_ms: 20 };
    expect(quality(perfect, later)?.loss).toBeCloseTo(0.1);
    expect(quality(later, later)).toBeNull();
  });

  it("reads the browser's report, and nothing where nothing comes in", () => {
    const report = [
      { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.04 },
      { type: "inbound-rtp", kind: "audio", packetsLost: 3, packetsReceived: 97, jitter: 0.005 },
    ];
    expect(counted(report)).toEqual({ lost: 3, received: 97, jitter_ms: 5, round_trip_ms: 40 });
    expect(counted([report[0] as Record<string, unknown>])).toBeNull();
  });

  it("says it in a word", () => {
    expect([4.4, 3.5, 2].map(verdict)).toEqual(["good", "fair", "poor"]);
  });
});

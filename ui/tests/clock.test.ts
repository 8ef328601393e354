/** The clock: server time carried on by the page's own clock, one interval however many look at it. */
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Clock } from "../src/clock.svelte";
import { effect } from "./effects.svelte";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watched(clock: Clock, seen: number[]): () => void {
  return effect(() => {
    seen.push(clock.now);
  });
}

test("counts on from the server's time, whatever the wall clock does", () => {
  let page = 5000;
  const clock = new Clock(() => page, () => 1_000_000);
  expect(clock.exact).toBe(1_000_000);
  clock.set(2_000_000);
  page += 1500;
  expect(clock.exact).toBe(2_001_500);
});

test("tells everybody once a second, with a single interval", () => {
  let page = 0;
  const clock = new Clock(() => page, () => 0);
  const first: number[] = [];
  const second: number[] = [];
  const ends = [watched(clock, first), watched(clock, second)];
  flushSync();
  expect(vi.getTimerCount()).toBe(1);
  page = 1000;
  vi.advanceTimersByTime(1000);
  flushSync();
  expect(first).toEqual([0, 1000]);
  expect(second).toEqual([0, 1000]);
  for (const end of ends) end();
});

test("shows a corrected time at once", () => {
  const clock = new Clock(() => 0, () => 0);
  const seen: number[] = [];
  const end = watched(clock, seen);
  flushSync();
  clock.set(7000);
  flushSync();
  expect(seen).toEqual([0, 7000]);
  end();
});

test("stops when nobody looks", async () => {
  const clock = new Clock(() => 0, () => 0);
  const end = watched(clock, []);
  flushSync();
  expect(vi.getTimerCount()).toBe(1);
  end();
  await Promise.resolve();
  await Promise.resolve();
  expect(vi.getTimerCount()).toBe(0);
});

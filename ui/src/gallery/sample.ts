/** Invented people and figures for the gallery. */
import Calendar from "@lucide/svelte/icons/calendar";
import Gauge from "@lucide/svelte/icons/gauge";
import Headset from "@lucide/svelte/icons/headset";
import type { Room } from "../rooms";
import type { User } from "../session.svelte";

export const user: User = { id: "u1", name: "Anna Kowal", login: "anna", roles: ["agent", "supervisor"], agent: "a1", locale: null };

export const rooms: readonly Room[] = [
  { name: "room.desk", path: "/desk", order: 1, icon: Headset, routes: [] },
  { name: "room.floor", path: "/floor", order: 2, icon: Gauge, routes: [] },
  { name: "room.customers", path: "/customers", order: 3, routes: [] },
  { name: "room.knowledge", path: "/knowledge", order: 4, routes: [] },
  { name: "room.day", path: "/day", order: 5, icon: Calendar, routes: [] },
];

export interface QueueRow {
  readonly id: string;
  readonly name: string;
  readonly level: "ok" | "watch" | "late";
  readonly waiting: number;
  readonly longest_ms: number | null;
  readonly share: number;
  readonly trend: readonly number[];
}

const names = ["Polish, orders", "English, orders", "Russian, orders", "Returns and damage", "Payments", "Messengers", "E-mail"];

export const queues: readonly QueueRow[] = names.map((name, at) => ({
  id: `q${at}`,
  name,
  level: at === 0 ? "late" : at === 3 ? "watch" : "ok",
  waiting: [5, 0, 1, 2, 0, 1, 17][at] ?? 0,
  longest_ms: [168_000, null, 14_000, 47_000, null, 22_000, 2_460_000][at] ?? null,
  share: [0.41, 0.86, 0.81, 0.76, 0.92, 0.94, 0.97][at] ?? 0,
  trend: [0.84, 0.85, 0.83, 0.8, 0.78 - (at === 0 ? 0.1 : 0), at === 0 ? 0.41 : 0.86 + at / 100],
}));

export const many: readonly QueueRow[] = Array.from({ length: 1000 }, (_, at) => ({
  id: `m${at}`,
  name: `Queue ${at + 1}`,
  level: "ok",
  waiting: (at * 7) % 23,
  longest_ms: at * 1000,
  share: ((at * 13) % 100) / 100,
  trend: [],
}));

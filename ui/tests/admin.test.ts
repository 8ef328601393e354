/** The administration's rules: ids from names, hours as typed, drafts that know when they differ, faults at their fields. */
import { describe, expect, test } from "vitest";
import { Problem } from "../src/api";
import { fieldWord } from "../src/admin/audit";
import { checkCalendar, checkNamed, checkPerson, checkQueue, checkReply } from "../src/admin/checks";
import { Draft, plainText } from "../src/admin/draft.svelte";
import { unitFor } from "../src/admin/duration";
import { clockOf, intervalFault, intervalsText, minutesOf, monthWeeks, nextInterval, weekHours } from "../src/admin/hours";
import { idFor, idPattern } from "../src/admin/ids";
import { withText, wordsLanguages } from "../src/admin/queueWords";
import { wider } from "../src/admin/rings";
import { steps } from "../src/admin/steps";
import { locales } from "../src/i18n/locale.svelte";
import { router } from "../src/shell/router.svelte";
import type { Calendar, Config, Inbox, Person, Queue, User } from "../src/admin/types";

describe("ids", () => {
  test("are made of the name in Latin letters, and never twice", () => {
    expect(idFor("Заказы, RU", new Set())).toBe("zakazy-ru");
    expect(idFor("Łódź – zwroty", new Set())).toBe("lodz-zwroty");
    expect(idFor("Orders", new Set(["orders", "orders-2"]))).toBe("orders-3");
    expect(idFor("日本", new Set())).toBe("item");
  });

  test("are always such as the center takes", () => {
    for (const name of ["Щётки & Co.", "-- x --", "a".repeat(90), "Ёж 7"]) expect(idFor(name, new Set())).toMatch(idPattern);
  });
});

describe("hours", () => {
  test("are read as people type them", () => {
    expect(["09:30", "9.30", "0930", "9", " 24:00 "].map((text) => minutesOf(text, true))).toEqual([570, 570, 570, 540, 1440]);
    expect(["24:00", "25:00", "9:75", "soon", ""].map((text) => minutesOf(text, false))).toEqual([null, null, null, null, null]);
    expect(minutesOf("00:00", true)).toBe(1440);
    expect(minutesOf("00:00", false)).toBe(0);
  });

  test("are written with the end of the day as 24:00", () => {
    expect([0, 570, 1440].map(clockOf)).toEqual(["00:00", "09:30", "24:00"]);
    expect(intervalsText([{ opens: 540, closes: 720 }, { opens: 780, closes: 1440 }])).toBe("09:00–12:00, 13:00–24:00");
    expect(intervalsText([])).toBeNull();
  });

  test("must not end before they begin, nor overlap", () => {
    expect(intervalFault([{ opens: 600, closes: 540 }])).toBe("order");
    expect(intervalFault([{ opens: 700, closes: 800 }, { opens: 540, closes: 720 }])).toBe("overlap");
    expect(intervalFault([{ opens: 720, closes: 800 }, { opens: 540, closes: 720 }])).toBeNull();
  });

  test("the next interval comes after the last, while there is room", () => {
    expect(nextInterval([])).toEqual({ opens: 540, closes: 1020 });
    expect(nextInterval([{ opens: 540, closes: 720 }])).toEqual({ opens: 780, closes: 1020 });
    expect(nextInterval([{ opens: 0, closes: 1440 }])).toBeNull();
  });

  test("a month is weeks from Monday with every day once", () => {
    const weeks = monthWeeks(2026, 1);
    expect(weeks[0]).toEqual([null, null, null, null, null, null, "2026-02-01"]);
    expect(weeks.flat().filter((day) => day !== null)).toHaveLength(28);
    expect(monthWeeks(2028, 1).flat().filter((day) => day !== null)).toHaveLength(29);
  });

  test("a week has the hours of all its intervals", () => {
    expect(weekHours({ id: "a", name: "A", zone: "UTC", week: { monday: [{ opens: 540, closes: 720 }, { opens: 780, closes: 795 }] }, exceptions: {} })).toBe(3.3);
  });
});

describe("drafts", () => {
  test("differ only when the value does, whatever the order of keys", () => {
    const draft = new Draft({ a: { x: 1, y: 2 } as Record<string, number>, b: ["1"] }, false);
    expect(draft.dirty).toBe(false);
    draft.value.a = { y: 2, x: 1 };
    expect(draft.dirty).toBe(false);
    draft.value.b.push("2");
    expect(draft.dirty).toBe(true);
    draft.value.b.pop();
    expect(draft.dirty).toBe(false);
  });

  test("keep the stored value untouched", () => {
    const stored = { list: [1] };
    const draft = new Draft(stored, false);
    draft.value.list.push(2);
    expect(stored.list).toEqual([1]);
    expect(draft.plain.list).toEqual([1, 2]);
  });

  test("send nothing while our own check finds faults", async () => {
    const draft = new Draft({ id: "", name: "" }, true);
    let sent = 0;
    const kept = await draft.save(() => { sent += 1; return Promise.resolve("x"); }, (value) => checkNamed(value, []));
    expect([kept, sent]).toEqual([null, 0]);
    expect([...draft.faults.keys()]).toEqual(["name", "id"]);
  });

  test("show the center's faults at the fields that they name", async () => {
    const draft = new Draft({ id: "a", name: "A" }, false);
    const refused = new Problem(400, "Bad Request", "not right", "malformed", { errors: [{ field: "rings.0.after_ms", detail: "too long" }, { field: "target.within_ms", detail: "too short" }] });
    expect(await draft.save(() => Promise.reject(refused), () => new Map())).toBeNull();
    expect([draft.fault("rings"), draft.fault("within_ms"), draft.fault("name")]).toEqual(["too long", "too short", undefined]);
    expect(draft.busy).toBe(false);
  });

  test("other errors are not swallowed", async () => {
    await expect(new Draft({ id: "a" }, false).save(() => Promise.reject(new TypeError("broken")), () => new Map())).rejects.toThrow("broken");
  });

  test("plain texts sort keys at every depth", () => {
    expect(plainText({ b: 1, a: { d: 1, c: [{ f: 1, e: 2 }] } })).toBe('{"a":{"c":[{"e":2,"f":1}],"d":1},"b":1}');
  });
});

describe("words of a queue", () => {
  test("are asked for in the languages of the screens, of the people, and that have some", () => {
    const skills = [{ id: "uk", name: "Ukrainian", language: true }, { id: "lamps", name: "Lamps", language: false }];
    expect(wordsLanguages(skills, { busy: { de: "Bald." }, closed: { ru: "Позже." } })).toEqual([...locales, "uk", "de"]);
  });

  test("lose what is emptied, and keep the rest", () => {
    const words = withText(withText({ closed: { en: "Shut." } }, "busy", "ru", "Все заняты."), "busy", "en", "All busy.");
    expect(words).toEqual({ closed: { en: "Shut." }, busy: { ru: "Все заняты.", en: "All busy." } });
    expect(withText(words, "closed", "en", "")).toEqual({ busy: { ru: "Все заняты.", en: "All busy." } });
    expect(words.closed).toEqual({ en: "Shut." });
  });
});

describe("rings", () => {
  test("one more begins as the last one and shares nothing with it", () => {
    const last = { needs: [{ skill: "ru", level: 2 }], any_of: [{ skill: "lamps", level: 1 }], agents: ["anna"], language_level: 3, after_ms: 0 };
    const next = wider(last);
    expect(next).toEqual({ ...last, after_ms: 20_000 });
    next.any_of.push({ skill: "desks", level: 1 });
    next.agents.pop();
    expect([last.any_of.length, last.agents.length]).toEqual([1, 1]);
  });
});

describe("checks", () => {
  const queue: Queue = {
    id: "q", name: "Q", rings: [{ needs: [], any_of: [], agents: [], language_level: 0, after_ms: 0 }], target: { within_ms: 1000, share_pct: 80, in_business_hours: false }, calendar: null,
    wrap_up: { mode: "none", limit_ms: 0, automatic: null }, when_closed: "wait", when_unstaffed: "wait", overflow_to: null, overflow_after_ms: 0, overflow_waiting: 0, words: {}, preferred_ms: 0,
  };

  test("an id is new, well formed and not taken", () => {
    const fault = (id: string): boolean => checkNamed({ id, name: "A" }, ["b"]).has("id");
    expect(["a", "b", "", "-a", "ä"].map(fault)).toEqual([false, true, true, true, true]);
    expect(checkNamed({ id: "b", name: "A" }, null).size).toBe(0);
  });

  test("overflow needs somewhere to go", () => {
    expect(checkQueue(queue, null).size).toBe(0);
    expect(checkQueue({ ...queue, when_closed: "overflow" }, null).has("overflow_to")).toBe(true);
    expect(checkQueue({ ...queue, overflow_after_ms: 1000, overflow_to: "r" }, null).size).toBe(0);
    expect(checkQueue({ ...queue, overflow_waiting: 5 }, null).has("overflow_to")).toBe(true);
  });

  test("what customers are told is a text of some length, and none too long", () => {
    const fault = (text: string): boolean => checkQueue({ ...queue, words: { busy: { ru: text } } }, null).has("words");
    expect(["Все заняты.", "x".repeat(500), " ", "x".repeat(501)].map(fault)).toEqual([false, false, true, true]);
  });

  test("hours have a zone and days without faults", () => {
    const hours: Calendar = { id: "h", name: "H", zone: "Europe/Warsaw", week: { monday: [{ opens: 600, closes: 540 }] }, exceptions: { "2026-12-24": [] } };
    expect([...checkCalendar(hours, null).keys()]).toEqual(["week.monday"]);
    expect([...checkCalendar({ ...hours, zone: "Mars/Base", week: {} }, null).keys()]).toEqual(["zone"]);
  });

  test("a person has a name, a login and a role", () => {
    const user: User = { id: "", name: "", login: "a", email: "x", roles: [], agent: null, locale: "en", theme: "system", active: true, teams: [], queues: [] };
    const person: Person = { user, agent: { id: "", team: null, skills: {}, capacity: { slots: {}, total: 1, weights: {} }, scores: { quality: { value: 0.5, n: 3, low: 0.6, high: 0.7, source: "manual" }, sales: { value: 0.5, n: 0, low: null, high: null, source: "manual" } }, in_training: false, groups: {} }, password: "short" };
    expect([...checkPerson(person).keys()]).toEqual(["name", "login", "email", "roles", "scores.quality", "password"]);
  });

  test("a shortcut may be typed with its stroke", () => {
    const reply = { id: "", title: "T", text: "X", language: "", queues: [] };
    expect(["/спасибо", "hello-1", "two words", ""].map((shortcut) => checkReply({ ...reply, shortcut }).has("shortcut"))).toEqual([false, false, true, true]);
  });
});

test("a duration is shown in the largest unit that fits", () => {
  expect([0, 1500, 20_000, 60_000, 5_400_000, 3_600_000, 172_800_000].map(unitFor)).toEqual(["s", "s", "s", "min", "min", "h", "d"]);
});

test("the first steps follow one another, and people count when one of them answers", () => {
  const config: Config = { skills: [], queues: [], agents: [], teams: [], calendars: [], inboxes: [], dispositions: [], reasons: [], segments: [], policy: {} as Config["policy"] };
  const admin: User = { id: "1", name: "Ada", login: "ada", email: null, roles: ["administrator"], agent: null, locale: "en", theme: "system", active: true, teams: [], queues: [] };
  const empty = steps(config, [admin], []);
  expect(empty.map((step) => step.section)).toEqual(["hours", "skills", "queues", "users", "inboxes", "mailboxes", "dispositions", "reasons"]);
  expect(empty.filter((step) => step.done)).toEqual([]);
  expect(empty.find((step) => step.section === "mailboxes")?.optional).toBe(true);
  const inbox: Inbox = { id: "m", name: "M", medium: "email", queue: "q", by_reason: {}, reason_labels: {}, by_language: {}, origins: [], offline_inbox: null };
  const later = steps({ ...config, inboxes: [inbox] }, [admin, { ...admin, id: "2", roles: ["agent"] }], []);
  expect(later.filter((step) => step.done).map((step) => step.section)).toEqual(["users", "inboxes"]);
  expect(later.find((step) => step.section === "mailboxes")?.optional).toBe(false);
});

test("while something is unsaved the page asks instead of going, by link and by the browser's own steps", () => {
  router.go("/settings/queues/a");
  const wanted: string[] = [];
  const end = router.hold((address) => wanted.push(address));
  router.go("/settings/teams?x=1");
  expect([wanted, router.path]).toEqual([["/settings/teams?x=1"], "/settings/queues/a"]);
  history.pushState(null, "", "/floor");
  window.dispatchEvent(new PopStateEvent("popstate"));
  expect([wanted.at(-1), router.path, location.pathname]).toEqual(["/floor", "/settings/queues/a", "/settings/queues/a"]);
  end();
  router.go("/settings/teams");
  expect(router.path).toBe("/settings/teams");
});

describe("the audit", () => {
  test("calls a field as the form and the policy do, and one without a name as it is", () => {
    expect(["locale", "in_training", "overflow_after_ms", "skills", "reveals_per_hour", "body_limit"].map(fieldWord)).toEqual([
      "Language of the screens", "Is still learning", "Move there after", "Skills", "reveals per hour", "body_limit",
    ]);
  });
});

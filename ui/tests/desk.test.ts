/** The desk's rules: the order of work, drafts, messages on their way, canned replies, mail, what happened. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fill, search, slashAt, type CannedReply } from "../src/desk/canned";
import { bars, besides, cutAfterName, type Decision } from "../src/desk/decisions";
import { dispositionsFor } from "../src/desk/dispositions";
import { debounce_ms, Draft } from "../src/desk/draft.svelte";
import { Files } from "../src/desk/files.svelte";
import { happenings, key, type Happening } from "../src/desk/happenings";
import { addresses, frameDocument, isAddress, ownAddresses, recipients, subjectFor } from "../src/desk/mail";
import { Outbox, pauses_ms, type Pending } from "../src/desk/outbox.svelte";
import { lastWords, merged, movedTo, readUpTo, unread, type Head, type Said } from "../src/desk/said";
import { segmentPips } from "../src/desk/segments";
import { answerDue, neighbour, nextWork, workOf } from "../src/desk/worklist";
import { Problem } from "../src/api";
import type { InteractionView } from "../src/state/live";

const minute = 60_000;
const aim = (): number => minute;

function view(id: string, change: Partial<InteractionView> = {}): InteractionView {
  return {
    id, medium: "chat", inbox: "shop", arrived_at: 1000, phase_at: 1000, phase: "connected", queue: "orders", customer: null, verification: "unknown", segment: null, language: null, reason: null,
    queued_at: 1000, due_at: 61_000, agent: "anna", offer: null, unanswered_since: null, unanswered_before: null, last_message_at: null, held_at: null, interrupted: false, wrap_until: null, customer_here: true,
    transfers: 0, follows: null, begun: false, from_agent: null, note: null, consults: {}, ...change,
  };
}

function said(seq: number, change: Partial<Said> = {}): Said {
  return { seq, id: `m${seq}`, at: seq * 1000, author: "customer", agent: null, user: null, name: null, text: `text ${seq}`, html: null, state: "sent", error: null, send_after: null, files: [], email: null, ...change };
}

/** The network as a list of what was asked; each answer is taken from `answers`, the last one stays. */
function network(...answers: readonly (() => Response)[]): { asked: { method: string; path: string; body: unknown }[] } {
  const asked: { method: string; path: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    asked.push({ method: init.method ?? "GET", path, body: typeof init.body === "string" ? JSON.parse(init.body) : null });
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (answer === undefined) return Promise.reject(new TypeError("no network"));
    try {
      return Promise.resolve(answer());
    } catch (fault) {
      return Promise.reject(fault as Error);
    }
  });
  return { asked };
}

const json = (body: unknown, status = 200) => (): Response => new Response(JSON.stringify(body), { status });
const nothing = (): Response => new Response(null, { status: 204 });
const cut = (): Response => {
  throw new TypeError("no network");
};

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the work list", () => {
  test("is ringing, in hand with who waits longest first, wrapping up, consultations", () => {
    const views = [
      view("asked", { agent: "bob", consults: { c: { agent: "bob", colleague: "anna", joined: true, lapses_at: 9000 } } }),
      view("wrapping", { phase: "wrapping", wrap_until: 5000 }),
      view("answered"),
      view("later", { unanswered_since: 20_000 }),
      view("sooner", { unanswered_since: 10_000 }),
      view("ringing", { agent: null, phase: "offered", offer: { id: "o", agent: "anna", lapses_at: 9000 } }),
      view("invited", { agent: "bob", arrived_at: 2000, consults: { c: { agent: "bob", colleague: "anna", joined: false, lapses_at: 9000 } } }),
      view("others", { agent: "bob" }),
    ];
    const work = workOf(views, "anna", aim);
    expect(work.map((one) => `${one.section} ${one.view.id}`)).toEqual(["ringing ringing", "ringing invited", "hand sooner", "hand later", "hand answered", "wrapping wrapping", "consults asked"]);
    expect(work.find((one) => one.view.id === "invited")?.consult).toBe("c");
  });

  test("knows until when an answer is wanted: the center's aim for the first, the queue's for the next", () => {
    expect(answerDue(view("a", { unanswered_since: 1000, queued_at: 1000, due_at: 90_000 }), aim)).toEqual({ since: 1000, until: 90_000 });
    expect(answerDue(view("a", { unanswered_since: 200_000 }), aim)).toEqual({ since: 200_000, until: 260_000 });
    expect(answerDue(view("a"), aim)).toBeNull();
    expect(answerDue(view("a", { phase: "wrapping", phase_at: 7000, wrap_until: 9000 }), aim)).toEqual({ since: 7000, until: 9000 });
  });

  test("goes on with who waits, else with what is in hand, never with what rings", () => {
    const work = workOf([view("done", { phase: "wrapping" }), view("quiet"), view("waits", { unanswered_since: 5 }), view("rings", { agent: null, offer: { id: "o", agent: "anna", lapses_at: 1 } })], "anna", aim);
    expect(nextWork(work, "done")?.view.id).toBe("waits");
    expect(nextWork(work.filter((one) => one.view.id !== "waits"), "done")?.view.id).toBe("quiet");
    expect(nextWork(work.filter((one) => one.section === "ringing"), "done")).toBeNull();
  });

  test("is walked by keys and stays at its ends", () => {
    const ids = ["a", "b", "c"];
    expect([neighbour(ids, "a", 1), neighbour(ids, "c", 1), neighbour(ids, "a", -1), neighbour(ids, null, 1), neighbour(ids, "gone", -1), neighbour([], null, 1)]).toEqual(["b", "c", "a", "a", "c", null]);
  });
});

describe("what was said", () => {
  test("has each message once, in order, with its newest state", () => {
    const fresh = merged([said(1), said(3)], [said(2), said(3, { state: "read" })]);
    expect(fresh.map((one) => [one.seq, one.state])).toEqual([[1, "sent"], [2, "sent"], [3, "read"]]);
  });

  test("counts what nobody read, and read marks reach back, never over one's own side", () => {
    const all = [said(1), said(2, { author: "agent", state: "delivered" }), said(3), said(4, { author: "note" })];
    expect(unread(all)).toBe(2);
    expect(unread(readUpTo(all, "m3", "agent"))).toBe(0);
    expect(readUpTo(all, "m3", "customer").map((one) => one.state)).toEqual(["sent", "read", "sent", "sent"]);
    expect(readUpTo([said(1, { author: "agent", state: "failed" })], "m1", "customer")[0]?.state).toBe("failed");
  });

  test("moves a state on, never back", () => {
    expect(movedTo([said(1, { state: "read" })], "m1", "delivered")[0]?.state).toBe("read");
    expect(movedTo([said(1)], "m1", "failed", "bounced")[0]).toMatchObject({ state: "failed", error: "bounced" });
  });

  test("shows the last words of either side, no notes and nothing taken back", () => {
    expect(lastWords([said(1), said(2, { author: "agent", state: "unsent" }), said(3, { author: "note" })])?.id).toBe("m1");
    expect(lastWords([])).toBeNull();
  });
});

describe("a message on its way", () => {
  const message = { kind: "message", text: "Hello", html: null, files: [], letter: null } as const satisfies Omit<Pending, "id" | "at" | "fault">;

  test("leaves the outbox when the center has it", async () => {
    const { asked } = network(json({ message: said(1) }, 201));
    const taken: string[] = [];
    const outbox = new Outbox("i1", (one) => taken.push(one.id));
    outbox.send(message);
    expect(outbox.waiting).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(outbox.waiting).toHaveLength(0);
    expect(taken).toEqual(["m1"]);
    expect(asked[0]).toMatchObject({ method: "POST", path: "/api/v1/conversations/i1/messages", body: { text: "Hello", attachments: [] } });
  });

  test("stays without a network, is tried again under the same id, and survives a refresh", async () => {
    const { asked } = network(cut, cut, json({ message: said(1) }, 201));
    const outbox = new Outbox("i2", () => {});
    outbox.send(message);
    await vi.advanceTimersByTimeAsync(0);
    expect(outbox.waiting[0]?.fault?.code).toBe("no_network");
    // The page is loaded anew: the message was kept, and goes at once.
    const again = new Outbox("i2", () => {});
    expect(again.waiting[0]?.text).toBe("Hello");
    await vi.advanceTimersByTimeAsync(pauses_ms[0]);
    expect(again.waiting).toHaveLength(0);
    const ids = new Set(asked.map((one) => (one.body as { id: string }).id));
    expect(ids.size).toBe(1);
  });

  test("is not tried again when the center refused it, but can be: by hand, or given back", async () => {
    const { asked } = network(json({ title: "No", detail: "too long", code: "malformed" }, 400), json({ message: said(1) }, 201));
    const outbox = new Outbox("i3", () => {});
    outbox.send(message);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
    expect(outbox.waiting[0]?.fault?.message).toBe("too long");
    outbox.retry(outbox.waiting[0]?.id ?? "");
    await vi.advanceTimersByTimeAsync(0);
    expect(outbox.waiting).toHaveLength(0);
    network(json({ title: "No", code: "malformed" }, 400));
    outbox.send(message);
    await vi.advanceTimersByTimeAsync(0);
    expect(outbox.withdraw(outbox.waiting[0]?.id ?? "")?.text).toBe("Hello");
    expect(outbox.waiting).toHaveLength(0);
  });

  test("goes by itself however long the network was away", async () => {
    const { asked } = network(...Array.from({ length: 9 }, () => cut), json({ message: said(1) }, 201));
    const outbox = new Outbox("i5", () => {});
    outbox.send(message);
    await vi.advanceTimersByTimeAsync(10 * minute);
    expect([asked.length, outbox.waiting.length]).toEqual([10, 0]);
  });

  test("waits as long as a busy center asks", async () => {
    const busy = (): Response => new Response("{}", { status: 429, headers: { "Retry-After": "20" } });
    const { asked } = network(busy, json({ message: said(1) }, 201));
    const outbox = new Outbox("i4", () => {});
    outbox.send(message);
    await vi.advanceTimersByTimeAsync(19_000);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(asked).toHaveLength(2);
  });
});

describe("a draft", () => {
  test("is kept in the tab with each letter, and at the center when nothing was typed for a while", async () => {
    const { asked } = network(nothing);
    const draft = new Draft("d1");
    draft.text = "Hel";
    draft.typed();
    await vi.advanceTimersByTimeAsync(debounce_ms - 1);
    draft.text = "Hello";
    draft.typed();
    expect(new Draft("d1").text).toBe("Hello");
    await vi.advanceTimersByTimeAsync(debounce_ms - 1);
    expect(asked).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toEqual([{ method: "PUT", path: "/api/v1/conversations/d1/draft", body: { text: "Hello", html: null, attachments: [] } }]);
    expect(draft.saved).toBe(true);
  });

  test("goes on trying without a network", async () => {
    const { asked } = network(cut, nothing);
    const draft = new Draft("d2");
    draft.text = "Hello";
    draft.typed();
    await vi.advanceTimersByTimeAsync(debounce_ms);
    expect(draft.saved).toBe(false);
    await vi.advanceTimersByTimeAsync(6000);
    expect([asked.length, draft.saved]).toEqual([2, true]);
  });

  test("takes the center's copy when that is newer, and keeps what was just typed", async () => {
    network(json({ text: "from another place", html: null, files: [], at: Date.now() + minute }));
    const fresh = new Draft("d3");
    await fresh.load();
    expect(fresh.text).toBe("from another place");
    const typing = new Draft("d4");
    typing.text = "mine";
    typing.typed();
    await typing.load();
    expect(typing.text).toBe("mine");
  });

  test("is empty after it was sent, also in the tab", () => {
    network(nothing);
    const draft = new Draft("d5");
    draft.text = "Hello";
    draft.typed();
    draft.sent();
    expect([draft.text, draft.empty, new Draft("d5").text]).toEqual(["", true, ""]);
  });

  test("keeps the note apart from the reply", () => {
    network(nothing);
    const draft = new Draft("d6");
    draft.note = "for us";
    draft.text = "for them";
    draft.typed();
    draft.sent();
    expect([draft.text, draft.note, new Draft("d6").note]).toEqual(["", "for us", "for us"]);
  });
});

describe("files", () => {
  const file = (name: string): File => new File(["x"], name);

  test("go up, tell how far they are, and those that failed can be tried again", async () => {
    const tries: string[] = [];
    const files = new Files(() => {}, (one, onshare) => {
      tries.push(one.name);
      onshare(0.5);
      return tries.length === 2 ? Promise.reject(new Problem(413, "Too large", "", "too_large")) : Promise.resolve({ id: `f-${one.name}`, name: one.name, media_type: "text/plain", size: 1 });
    });
    files.add([file("a.txt"), file("b.txt")]);
    expect([files.busy, files.list[0]?.share]).toEqual([true, 0.5]);
    await vi.advanceTimersByTimeAsync(0);
    expect([files.busy, files.ready.map((one) => one.id), files.list[1]?.fault?.status]).toEqual([false, ["f-a.txt"], 413]);
    files.retry(files.list[1]?.key ?? "");
    await vi.advanceTimersByTimeAsync(0);
    expect(files.ready.map((one) => one.id)).toEqual(["f-a.txt", "f-b.txt"]);
    files.remove(files.list[0]?.key ?? "");
    expect(files.ready).toHaveLength(1);
  });

  test("are ten at most; what is left out is counted", () => {
    const files = new Files(() => {}, () => new Promise(() => {}));
    expect(files.add(Array.from({ length: 12 }, (_, at) => file(`${at}`)))).toBe(2);
    expect(files.full).toBe(true);
  });
});

describe("canned replies", () => {
  const reply = (shortcut: string, language: string, queues: string[] = [], title = shortcut): CannedReply => ({ id: `${shortcut}-${language}`, shortcut, title, text: "…", language, queues });
  const all = [reply("hello", "en"), reply("hello", "ru"), reply("hello", "pl"), reply("refund", "", ["returns"]), reply("help", "", ["orders"], "Помощь")];

  test("show the customer's language first, and only those of the queue", () => {
    expect(search(all, { typed: "he", language: "ru", queue: "orders" }).map((one) => one.id)).toEqual(["hello-ru", "help-", "hello-en", "hello-pl"]);
    expect(search(all, { typed: "", language: null, queue: "returns" }).some((one) => one.shortcut === "help")).toBe(false);
    expect(search(all, { typed: "помо", language: "ru", queue: "orders" }).map((one) => one.id)).toEqual(["help-"]);
  });

  test("have their variables filled in; one without a value goes with its space", () => {
    expect(fill("Hello {{customer.name}}, case {{ case }}.", { case: "A-7" })).toBe("Hello, case A-7.");
    expect(fill("{{customer.name}}!", { "customer.name": "Елена" })).toBe("Елена!");
  });

  test("are asked for by a slash that begins a word before the caret", () => {
    expect(slashAt("Hello /so", 9)).toEqual({ at: 6, typed: "so" });
    expect(slashAt("/", 1)).toEqual({ at: 0, typed: "" });
    expect(slashAt("and/or", 6)).toBeNull();
    expect(slashAt("/so more", 8)).toBeNull();
    expect(slashAt("/при", 4)).toEqual({ at: 0, typed: "при" });
  });
});

describe("a mail", () => {
  const email = { from: "Helen <helen@example.org>", to: ["help@shop.example", "Bob <bob@example.org>"], cc: ["books@example.org"], reply_to: [], subject: "Re: RE: Odp: Lamp", remote_images: false, quoted: false };
  const mail = said(1, { email });

  test("is answered to who wrote it, to all of them, or to nobody yet", () => {
    const own = ownAddresses([mail]);
    expect(own).toEqual(["help@shop.example"]);
    expect(recipients(mail, "reply", own)).toEqual({ to: ["Helen <helen@example.org>"], cc: [] });
    expect(recipients(mail, "reply_all", own)).toEqual({ to: ["Helen <helen@example.org>"], cc: ["Bob <bob@example.org>", "books@example.org"] });
    expect(recipients(mail, "forward", own)).toEqual({ to: [], cc: [] });
    expect(recipients(said(1, { email: { ...email, reply_to: ["else@example.org"] } }), "reply", own).to).toEqual(["else@example.org"]);
    expect(recipients(said(2, { author: "agent", email: { ...email, to: ["helen@example.org"] } }), "reply", own).to).toEqual(["helen@example.org"]);
  });

  test("has its mark once", () => {
    expect([subjectFor(email, "reply"), subjectFor(email, "forward"), subjectFor(null, "reply")]).toEqual(["Re: Lamp", "Fwd: Lamp", "Re: "]);
  });

  test("takes addresses as people type them", () => {
    expect(addresses('a@b.c; "Marsh, Helen" <h@example.org>,\n x@y.z ')).toEqual(["a@b.c", '"Marsh, Helen" <h@example.org>', "x@y.z"]);
    expect([isAddress("Helen <h@example.org>"), isAddress("h@example"), isAddress("h example@a.b")]).toEqual([true, false, false]);
  });

  test("is shown with its own pictures, and with others only when asked for", () => {
    const html = '<img data-cid="p1"><img data-remote-src="https://far.example/x.png">';
    const options = { files: [{ id: "f1", name: "p.png", media_type: "image/png", size: 1, content_id: "p1" }], origin: "http://here" };
    const shut = frameDocument(html, { ...options, pictures: false });
    expect(shut).toContain('src="http://here/api/v1/files/f1"');
    expect(shut).not.toContain('<img src="https://far');
    expect(shut).toContain("img-src http://here data:;");
    const open = frameDocument(html, { ...options, pictures: true });
    expect(open).toContain('src="https://far.example/x.png"');
    expect(open).toContain("default-src 'none'");
  });
});

describe("a decision", () => {
  const scored = (agent: string, change: object = {}): Decision["winner"] => ({ agent, score_ms: 0, idle_ms: 0, match_ms: 0, handicap_ms: 0, ...change });
  const decision = (change: Partial<Decision>): Decision => ({ offer: "o", at: 1, agent: "anna", outcome: null, outcome_at: null, cause: "best", ring: 0, considered: 1, winner: scored("anna"), runners_up: [], excluded: {}, waited_ms: 0, policy: 1, ...change });

  test("is drawn as bars that have one measure, with what is taken away", () => {
    const drawn = bars(decision({
      winner: scored("anna", { score_ms: -618, idle_ms: 72, match_ms: 546 }),
      runners_up: [scored("bob", { score_ms: -500, idle_ms: 200, match_ms: 372, handicap_ms: 72 })],
    }));
    expect(drawn.map((bar) => [bar.agent, bar.score_ms, bar.behind_ms])).toEqual([["anna", 618, 0], ["bob", 500, 118]]);
    expect(drawn[0]?.idle).toBeCloseTo(72 / 618);
    expect(drawn[1]?.lost).toBeCloseTo(72 / 618);
  });

  test("has no bars with nobody to compare with, or a rule without time", () => {
    expect(bars(decision({}))).toEqual([]);
    expect(bars(decision({ rule: "round-robin", runners_up: [scored("bob")] }))).toEqual([]);
    expect(bars(decision({ rule: "round-robin", cause: "fallback", runners_up: [scored("bob")] }))).toHaveLength(2);
  });

  test("lets the name stand out, and does not say the scores twice", () => {
    expect(cutAfterName("Anna Kowal, because", "Anna Kowal")).toEqual(["Anna Kowal", ", because"]);
    expect(cutAfterName("Anna", undefined)).toEqual(["", "Anna"]);
    const line = (about: string): { about: string; text: string } => ({ about, text: about });
    expect(besides({ headline: "", lines: [line("score"), line("waited"), line("behind")], flips: [], note: null })).toEqual([line("waited")]);
  });

  test("stands among what happened, once, also when it was heard live", () => {
    const head = { started_at: 1, ended_at: 90, ended_by: "agent", closed_at: 100, phase: "closed", disposition: "info" } as unknown as Head;
    const lines = happenings(head, [decision({ outcome: "accepted", outcome_at: 20 }), decision({ outcome: "lapsed", outcome_at: 10 })], [
      { queue: "orders", cause: "arrival", queued_at: 2, agent: "anna", accepted_at: 20 },
      { queue: "orders", cause: "transfer", queued_at: 60, agent: "bob", accepted_at: 70 },
    ], [{ what: "accepted", at: 20, agent: "anna" }, { what: "held", at: 50 }, { what: "transferred", at: 60, from: "anna", to: null, queue: "orders" }]);
    expect(lines.map((one) => `${one.what} ${one.at}`)).toEqual(["arrived 1", "accepted 20", "held 50", "transferred 60", "ended 90", "closed 100"]);
  });

  test("what the center kept of holds and colleagues stands there after a reload, once", () => {
    const kept = [{ what: "held", at: 30, agent: "anna", cause: "interrupted" }, { what: "consult_left", at: 40, agent: "bob", cause: null }, { what: "consult_left", at: 40, agent: "eve", cause: null }];
    const head = { started_at: 1, ended_at: null, closed_at: null, phase: "connected", happenings: kept } as unknown as Head;
    const heard: Happening[] = [{ what: "consult_left", at: 40, agent: "bob" }, { what: "customer_left", at: 50 }];
    const lines = happenings(head, [], [], heard);
    expect(lines.map(key)).toEqual(["arrived 1 ", "held_by_interruption 30 ", "consult_left 40 bob", "consult_left 40 eve", "customer_left 50 "]);
    expect(new Set(lines.map(key)).size).toBe(lines.length);
  });
});

test("dispositions are the queue's own first, then everybody's, never another queue's", () => {
  const all = [{ id: "a", name: "Any", queues: [] }, { id: "o", name: "Parcel late", queues: ["orders"] }, { id: "r", name: "Refund", queues: ["returns"] }];
  expect(dispositionsFor(all, "orders", "").map((one) => one.id)).toEqual(["o", "a"]);
  expect(dispositionsFor(all, "orders", "late par").map((one) => one.id)).toEqual(["o"]);
});

test("a segment's pips follow its worth", () => {
  const segment = (id: string, value: number) => ({ id, name: id, value, head_start_ms: 0, target: null });
  const all = Object.fromEntries([segment("low", 1), segment("mid", 4), segment("top", 9)].map((one) => [one.id, one]));
  expect([segmentPips(all, "low")?.rank, segmentPips(all, "top")?.rank, segmentPips(all, "none")]).toEqual([1, 4, null]);
});

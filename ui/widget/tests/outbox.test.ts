/** What is not acknowledged stays, over a reload and in two tabs, under the same id. */
import { beforeEach, describe, expect, test } from "vitest";
import { Memory, shelf } from "../src/memory";
import { Outbox, triesAtMost } from "../src/outbox";

const open = (prefix = "warmline:center.example:shop:"): Outbox => new Outbox(new Memory(shelf("localStorage"), prefix));
const message = (id: string, at: number): { id: string; text: string; at: number } => ({ id, text: `text of ${id}`, at });
const ids = (outbox: Outbox): string[] => outbox.list().map((each) => each.id);

beforeEach(() => localStorage.clear());

describe("an outbox", () => {
  test("keeps messages over a reload, in order", () => {
    const before = open();
    before.add(message("b", 2));
    before.add(message("a", 1));
    expect(open().list()).toEqual([message("a", 1), message("b", 2)]);
  });
  test("is one for two tabs: neither overwrites the other's message", () => {
    const [one, other] = [open(), open()];
    one.add(message("a", 1));
    other.add(message("b", 2));
    one.settle("a");
    expect(ids(other)).toEqual(["b"]);
  });
  test("gives every unacknowledged message again, and none that is settled", () => {
    const outbox = open();
    outbox.add(message("a", 1));
    outbox.add(message("b", 2));
    expect(outbox.due().map((each) => each.id)).toEqual(["a", "b"]);
    outbox.settle("a");
    expect(outbox.due().map((each) => each.id)).toEqual(["b"]);
  });
  test("gives up after some tries, and not before", () => {
    const outbox = open();
    outbox.add(message("a", 1));
    for (let turn = 0; turn < triesAtMost; turn += 1) expect(outbox.due()).toHaveLength(1);
    expect(outbox.due()).toEqual([]);
    expect(outbox.failed("a")).toBe(true);
    expect(ids(outbox)).toEqual(["a"]);
  });
  test("tries again when the customer asks", () => {
    const outbox = open();
    outbox.add(message("a", 1));
    outbox.refuse("a");
    outbox.fresh();
    expect(outbox.due()).toEqual([]);
    outbox.retry("a");
    expect(outbox.due()).toHaveLength(1);
  });
  test("a new connection has all its tries", () => {
    const outbox = open();
    outbox.add(message("a", 1));
    for (let turn = 1; turn < triesAtMost; turn += 1) outbox.due();
    outbox.fresh();
    for (let turn = 0; turn < triesAtMost; turn += 1) expect(outbox.due()).toHaveLength(1);
  });
  test("belongs to one center and one inbox", () => {
    open().add(message("a", 1));
    expect(ids(open("warmline:center.example:service:"))).toEqual([]);
    open().clear();
    expect(localStorage.length).toBe(0);
  });
});

describe("memory", () => {
  test("takes what it cannot read for nothing", () => {
    localStorage.setItem("p:chat", "{broken");
    expect(new Memory(localStorage, "p:").get("chat")).toBeNull();
  });
});

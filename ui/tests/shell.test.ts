/** The shell: routes, cookies, problem documents, and when a page is stale. */
import { afterEach, describe, expect, test } from "vitest";
import { cookie, Problem, problemOf } from "../src/api";
import { clock } from "../src/clock.svelte";
import { connection, quietLimit_ms } from "../src/shell/connection.svelte";
import { matchRoute, type Route } from "../src/shell/router.svelte";

const load = (): Promise<{ default: unknown }> => Promise.resolve({ default: null });
const routes: Route[] = [
  { path: "/desk", load },
  { path: "/desk/new", load },
  { path: "/desk/:interaction", load },
];

describe("a path", () => {
  test("finds the first route that fits, with its parts", () => {
    expect(matchRoute(routes, "/desk/")?.route.path).toBe("/desk");
    expect(matchRoute(routes, "/desk/new")?.route.path).toBe("/desk/new");
    expect(matchRoute(routes, "/desk/a%2Fb")?.params).toEqual({ interaction: "a/b" });
  });

  test("that is unknown or broken finds none", () => {
    expect(matchRoute(routes, "/floor")).toBeNull();
    expect(matchRoute(routes, "/desk/%E0%A4%A")).toBeNull();
    expect(matchRoute(routes, "/desk/a/b")).toBeNull();
  });
});

test("a cookie is found by its whole name", () => {
  expect(cookie("csrf", "warmline_csrf=no; csrf=a%3Db=c")).toBe("a=b=c");
  expect(cookie("csrf", "warmline_csrf=no")).toBeNull();
});

describe("a problem", () => {
  test("keeps title, detail, code, facts and how long to wait", async () => {
    const body = JSON.stringify({ type: "about:blank", title: "Refused", status: 409, detail: "The offer has lapsed.", code: "offer_gone", offer: "o1" });
    const problem = await problemOf(new Response(body, { status: 409, headers: { "Retry-After": "7" } }));
    expect(problem).toBeInstanceOf(Problem);
    expect([problem.status, problem.title, problem.message, problem.code, problem.facts, problem.retryAfter_s]).toEqual([409, "Refused", "The offer has lapsed.", "offer_gone", { offer: "o1" }, 7]);
  });

  test("names the fields at fault", async () => {
    const body = JSON.stringify({ title: "Malformed", detail: "x", errors: [{ field: "login", detail: "must not be empty" }, { field: 7 }, null] });
    const problem = await problemOf(new Response(body, { status: 400 }));
    expect([...problem.fields]).toEqual([["login", "must not be empty"]]);
  });

  test("is made of any failed answer", async () => {
    const problem = await problemOf(new Response("<html>Bad gateway", { status: 502, statusText: "Bad Gateway" }));
    expect([problem.status, problem.message, problem.code, problem.retryAfter_s]).toEqual([502, "Bad Gateway", "", null]);
    expect((await problemOf(new Response("[1]", { status: 500 }))).facts).toEqual({});
  });
});

describe("live figures", () => {
  afterEach(() => {
    connection.close();
  });

  test("are called old five seconds after the feed was lost, with the time when they were true", () => {
    clock.set(1_000_000);
    connection.heard(1_000_000);
    expect(connection.stale).toBe(false);
    connection.lost();
    expect(connection.stale).toBe(false);
    clock.set(1_000_000 + quietLimit_ms + 500);
    expect(connection.stale).toBe(true);
    expect(connection.trueAt).toBe(1_000_000);
    connection.heard(1_010_000);
    expect(connection.stale).toBe(false);
  });

  test("are not missed on a page that has none", () => {
    clock.set(2_000_000);
    connection.open();
    connection.close();
    clock.set(2_100_000);
    expect(connection.stale).toBe(false);
  });
});

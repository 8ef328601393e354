/** A small router on the History API: one table of screens, each loaded when it is first needed. */
import type { Component } from "svelte";
import type { Role } from "../session.svelte";

/** A screen takes the parts of its path as props: "/desk/:interaction" gives `interaction`. */
export type ScreenComponent = Component<Record<string, string>>;

export interface Route {
  /** Like "/desk" or "/customers/:customer". */
  readonly path: string;
  readonly load: () => Promise<{ default: unknown }>;
  /** Who may see it; left out, everybody who is signed in. */
  readonly roles?: readonly Role[];
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** The first route whose path is `path`, with its parameters decoded; null when there is none. */
export function matchRoute(routes: readonly Route[], path: string): Match | null {
  const parts = split(path);
  for (const route of routes) {
    const wanted = split(route.path);
    if (wanted.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const fits = wanted.every((want, at) => {
      const part = parts[at] ?? "";
      if (!want.startsWith(":")) return want === part;
      const value = decoded(part);
      if (value === null) return false;
      params[want.slice(1)] = value;
      return true;
    });
    if (fits) return { route, params };
  }
  return null;
}

function split(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null; // a broken %-sequence names nothing of ours
  }
}

class Router {
  #path = $state(location.pathname);
  #query = $state(location.search);

  #asks: ((address: string) => void) | null = null;

  constructor() {
    window.addEventListener("popstate", () => {
      const asks = this.#asks;
      if (asks === null) {
        this.#read();
        return;
      }
      // The browser has gone already: come back, and ask.
      const wanted = location.pathname + location.search;
      history.pushState(null, "", this.#path + this.#query);
      asks(wanted);
    });
  }

  /** While something unsaved stands on the page: `asks` is told where one wanted to go, instead of going there. The result ends it. */
  hold(asks: (address: string) => void): () => void {
    this.#asks = asks;
    return () => {
      if (this.#asks === asks) this.#asks = null;
    };
  }

  get path(): string {
    return this.#path;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#query);
  }

  /** Shows `address` (path and query of our own); `replace` leaves no step back. */
  go(address: string, options: { replace?: boolean } = {}): void {
    if (this.#asks !== null && address !== location.pathname + location.search) {
      this.#asks(address);
      return;
    }
    if (options.replace === true) history.replaceState(null, "", address);
    else if (address !== location.pathname + location.search) history.pushState(null, "", address);
    this.#read();
  }

  /** Turns clicks on our own links into `go`; for the whole page. */
  follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || link.target !== "" || link.hasAttribute("download") || link.origin !== location.origin) return;
    // What the center itself serves, and places on this very page, are the browser's.
    if (/^\/(api|ws|widget|shop|help|openapi|metrics)/.test(link.pathname) || (link.hash !== "" && link.pathname === location.pathname)) return;
    if (link.getAttribute("href") === null) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }

  #read(): void {
    this.#path = location.pathname;
    this.#query = location.search;
  }
}

export const router = new Router();

/** The center's plain HTTP door for customers: one function per request, every refusal a `Refusal`. */
import type { Message } from "./fold";

export interface Prechat {
  name?: unknown;
  email?: unknown;
  reason?: unknown;
}

/** What the center says about an inbox before anybody writes. */
export interface InboxFacts {
  open: boolean;
  opens_at: number | string | null;
  /** What the queue says while it takes nobody. */
  words?: string | null;
  name: string;
  prechat: Prechat | null;
  file_limit_bytes: number;
  file_types: string[];
  online?: boolean | number;
  /** False when nobody takes notes outside the hours. */
  offline_form?: boolean;
}

export interface Opening {
  id: string;
  inbox: string;
  name?: string;
  email?: string;
  reason?: string;
  text?: string;
  language: string;
  identity?: string;
  agent?: string;
}

export interface OfflineNote {
  id: string;
  inbox: string;
  name: string;
  email: string;
  text: string;
  language: string;
}

/** The center said no, or could not be reached (status 0). */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly retryAfterS: number | null = null,
    /** The same in the queue's own words. */
    readonly words = "",
  ) {
    super(detail);
  }

  /** Nobody is let in now: outside the hours, or with nobody there. */
  get shut(): boolean {
    return this.code === "closed" || this.code === "unstaffed";
  }

  /** Trying the very same again may help. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

interface Problem {
  code?: unknown;
  detail?: unknown;
  title?: unknown;
  words?: unknown;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** A refusal out of a problem document; a body that is none is read as no words at all. */
export function refusal(status: number, body: string, retryAfter: string | null): Refusal {
  let problem: Problem = {};
  try {
    const read: unknown = JSON.parse(body);
    if (read && typeof read === "object") problem = read;
  } catch (broken) {
    if (!(broken instanceof SyntaxError)) throw broken;
  }
  const seconds = Number(retryAfter);
  return new Refusal(
    status,
    text(problem.code),
    text(problem.detail) || text(problem.title),
    retryAfter && seconds > 0 ? seconds : null,
    text(problem.words),
  );
}

const patienceMs = 20_000;

export class Door {
  constructor(
    readonly base: string,
    readonly token: () => string | null,
  ) {}

  private url(path: string): string {
    return `${this.base}api/v1/chat${path}`;
  }

  private async ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const token = this.token();
    const headers: Record<string, string> = {};
    if (token) headers["Authorization"] = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let answer: Response;
    let said: string;
    try {
      answer = await fetch(this.url(path), {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "strict-origin",
        signal: AbortSignal.timeout(patienceMs),
      });
      said = await answer.text();
    } catch (failed) {
      throw new Refusal(0, "unreachable", failed instanceof Error ? failed.message : "");
    }
    if (!answer.ok) throw refusal(answer.status, said, answer.headers.get("Retry-After"));
    return (said ? JSON.parse(said) : null) as Answer;
  }

  inbox(inbox: string, locale: string): Promise<InboxFacts> {
    return this.ask("GET", `/inboxes/${encodeURIComponent(inbox)}?locale=${locale}`);
  }

  /** Starts a chat; the same `id` again gives the chat that was started the first time. */
  start(opening: Opening): Promise<{ interaction: string; token: string }> {
    return this.ask("POST", "", opening);
  }

  /** A page of what was said after the number `after`; a token that is not known (any more) is refused. */
  messages(after: number): Promise<{ messages: Message[]; more?: boolean }> {
    return this.ask("GET", `/messages?after=${after}`);
  }

  /** The shop vouches for the customer of the chat that goes on. */
  identify(identity: string): Promise<unknown> {
    return this.ask("POST", "/identify", { identity });
  }

  end(): Promise<unknown> {
    return this.ask("POST", "/end", {});
  }

  rate(score: number, comment: string): Promise<unknown> {
    return this.ask("POST", "/rating", comment ? { score, comment } : { score });
  }

  /** The page that asks about the chat that ended, null when a rating is enough. */
  survey(): Promise<string | null> {
    return this.ask<{ page: string | null }>("GET", "/survey").then(
      ({ page }) => page && this.base + page.slice(1),
      () => null,
    );
  }

  transcript(email: string): Promise<unknown> {
    return this.ask("POST", "/transcript", { email });
  }

  offline(note: OfflineNote): Promise<unknown> {
    return this.ask("POST", "/offline", note);
  }

  fileUrl(id: string): string {
    return this.url(`/files/${encodeURIComponent(id)}?token=${encodeURIComponent(this.token() ?? "")}`);
  }

  socketUrl(after: number): string {
    const base = this.base.replace(/^http/, "ws");
    return `${base}ws/chat?token=${encodeURIComponent(this.token() ?? "")}&after=${after}`;
  }

  /** Sends a file under the id `id`; `progress` hears the share that is sent, 0 to 1. */
  upload(id: string, file: File, progress: (share: number) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const body = new FormData();
      body.append("id", id);
      body.append("file", file, file.name);
      request.open("POST", this.url("/files"));
      request.setRequestHeader("Authorization", `Bearer ${this.token() ?? ""}`);
      request.upload.onprogress = (event) => progress(event.total ? event.loaded / event.total : 0);
      request.onerror = () => reject(new Refusal(0, "unreachable", ""));
      request.onload = () => {
        const retry = request.getResponseHeader("Retry-After");
        if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText || "null"));
        else reject(refusal(request.status, request.responseText, retry));
      };
      request.send(body);
    });
  }
}

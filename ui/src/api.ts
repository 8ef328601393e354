/** The door to the center: JSON over fetch, the CSRF header, and problem documents (RFC 9457) as typed errors. */
import { sayFault } from "./i18n/faults";

const root = "/api/v1";

/** What the center answered instead of doing it; `detail` is a sentence for people, `code` a word for programs. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly code: string,
    /** All other members of the document: the field at fault, facts of a refusal. */
    readonly facts: Readonly<Record<string, unknown>> = {},
    /** How long to wait before trying again, from Retry-After. */
    readonly retryAfter_s: number | null = null,
  ) {
    super(detail === "" ? title : detail);
  }

  /** The faults by field of a malformed request, in the reader's language: "login" → "It must not be empty." */
  get fields(): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    const { field, errors } = this.facts;
    if (typeof field === "string") found.set(field, this.detail);
    if (Array.isArray(errors)) {
      for (const fault of errors as unknown[]) {
        if (!isRecord(fault) || typeof fault["field"] !== "string" || typeof fault["detail"] !== "string") continue;
        const { code, facts } = fault;
        found.set(fault["field"], sayFault({ field: fault["field"], detail: fault["detail"], code: typeof code === "string" ? code : undefined, facts: isRecord(facts) ? facts : undefined }));
      }
    }
    return found;
  }
}

export interface Request {
  readonly body?: unknown;
  /** Added to the address; what is undefined or null is left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

let onSignedOut: () => void = () => {};

/** What happens when the center no longer knows who we are; the shell goes to sign-in. */
export function whenSignedOut(run: () => void): void {
  onSignedOut = run;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of the cookie `name`, or null. */
export function cookie(name: string, all: string = document.cookie): string | null {
  for (const part of all.split("; ")) {
    const at = part.indexOf("=");
    if (part.slice(0, at) === name) return decodeURIComponent(part.slice(at + 1));
  }
  return null;
}

/** The problem that a failed answer is; also for answers that are no problem documents. */
export async function problemOf(answer: Response): Promise<Problem> {
  const waits = Number.parseInt(answer.headers.get("Retry-After") ?? "", 10);
  const retryAfter_s = Number.isFinite(waits) ? waits : null;
  const text = await answer.text();
  let document: unknown = null;
  try {
    document = JSON.parse(text);
  } catch {
    // A proxy's page, for example: the status says enough.
  }
  if (!isRecord(document)) return new Problem(answer.status, answer.statusText, "", "", {}, retryAfter_s);
  const { title, detail, code, type, status, ...facts } = document;
  const word = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);
  return new Problem(answer.status, word(title, answer.statusText), word(detail, ""), word(code, ""), facts, retryAfter_s);
}

function address(path: string, query: Request["query"]): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return root + path + (search === "" ? "" : `?${search}`);
}

async function ask(method: string, path: string, request: Request): Promise<unknown> {
  const headers = new Headers({ Accept: "application/json", ...request.headers });
  const csrf = cookie("warmline_csrf");
  if (method !== "GET" && csrf !== null) headers.set("X-CSRF-Token", csrf);
  const init: RequestInit = { method, headers, credentials: "same-origin", signal: request.signal ?? null };
  if (request.body instanceof FormData) init.body = request.body;
  else if (request.body instanceof Blob) {
    headers.set("Content-Type", "application/octet-stream");
    init.body = request.body;
  } else if (request.body !== undefined) {
    headers.set("Content-Type", "application/json");
    init.body = JSON.stringify(request.body);
  }
  let answer: Response;
  try {
    answer = await fetch(address(path, request.query), init);
  } catch (fault) {
    if (fault instanceof DOMException && fault.name === "AbortError") throw fault;
    throw new Problem(0, "", "", "no_network");
  }
  if (!answer.ok) {
    const problem = await problemOf(answer);
    if (problem.status === 401 && path !== "/session") onSignedOut();
    throw problem;
  }
  if (answer.status === 204) return undefined;
  try {
    return await answer.json();
  } catch {
    throw new Problem(answer.status, "", "", "unclear_answer");
  }
}

/** Paths are written without `/api/v1`. The type that the caller names is the contract's; it is not checked at run time. */
export const api = {
  get: async <Answer>(path: string, request: Request = {}): Promise<Answer> => (await ask("GET", path, request)) as Answer,
  post: async <Answer>(path: string, body?: unknown, request: Request = {}): Promise<Answer> => (await ask("POST", path, { ...request, body })) as Answer,
  put: async <Answer>(path: string, body?: unknown, request: Request = {}): Promise<Answer> => (await ask("PUT", path, { ...request, body })) as Answer,
  patch: async <Answer>(path: string, body?: unknown, request: Request = {}): Promise<Answer> => (await ask("PATCH", path, { ...request, body })) as Answer,
  delete: async <Answer>(path: string, request: Request = {}): Promise<Answer> => (await ask("DELETE", path, request)) as Answer,

  /** Gives one command of the center. The id makes a repeated try harmless. */
  command: async <Answer>(name: string, fields: Readonly<Record<string, unknown>>, id: string = crypto.randomUUID()): Promise<Answer> =>
    (await ask("POST", `/commands/${name}`, { body: { ...fields, id } })) as Answer,
};

/** Files on their way to the center: progress, faults, another try, and those that are ready to be sent. */
import { cookie, Problem, problemOf } from "../api";
import type { Attached } from "./said";

/** As many as one message may carry. */
export const filesAtMost = 10;

export interface Upload {
  readonly key: string;
  readonly name: string;
  readonly size: number;
  readonly file: File | null;
  /** 0 to 1. */
  readonly share: number;
  readonly done: Attached | null;
  readonly fault: Problem | null;
}

export function isAttached(value: unknown): value is Attached {
  if (typeof value !== "object" || value === null) return false;
  const one = value as Partial<Record<keyof Attached, unknown>>;
  return typeof one.id === "string" && typeof one.name === "string" && typeof one.media_type === "string" && typeof one.size === "number";
}

export type Carry = (file: File, onshare: (share: number) => void) => Promise<Attached>;

/** Sends one file; fetch cannot tell how far it is, so this is the older way. */
export function carry(file: File, onshare: (share: number) => void): Promise<Attached> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/files");
    const csrf = cookie("warmline_csrf");
    if (csrf !== null) request.setRequestHeader("X-CSRF-Token", csrf);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onshare(event.loaded / event.total);
    };
    request.onerror = () => { reject(new Problem(0, "", "", "no_network")); };
    request.onload = () => {
      if (request.status === 201) {
        const answer: unknown = JSON.parse(request.responseText);
        if (isAttached(answer)) resolve(answer);
        else reject(new Problem(request.status, "", "", "unclear_answer"));
        return;
      }
      void problemOf(new Response(request.responseText, { status: request.status, statusText: request.statusText })).then(reject);
    };
    const body = new FormData();
    body.append("file", file);
    request.send(body);
  });
}

export class Files {
  list = $state.raw<readonly Upload[]>([]);
  #next = 1;

  constructor(
    /** Called when the files that are ready changed. */
    readonly onchange: () => void,
    readonly bring: Carry = carry,
  ) {}

  get ready(): Attached[] {
    return this.list.map((upload) => upload.done).filter((file) => file !== null);
  }

  /** Whether something is still on its way. */
  get busy(): boolean {
    return this.list.some((upload) => upload.done === null && upload.fault === null);
  }

  get full(): boolean {
    return this.list.length >= filesAtMost;
  }

  /** Begins to send files; those over the number that a message may carry are left out and counted. */
  add(files: Iterable<File>): number {
    let left = 0;
    for (const file of files) {
      if (this.full) {
        left += 1;
        continue;
      }
      const key = `u${this.#next}`;
      this.#next += 1;
      this.list = [...this.list, { key, name: file.name, size: file.size, file, share: 0, done: null, fault: null }];
      void this.#send(key, file);
    }
    return left;
  }

  retry(key: string): void {
    const upload = this.list.find((one) => one.key === key);
    if (!upload?.file) return;
    this.#change(key, { fault: null, share: 0 });
    void this.#send(key, upload.file);
  }

  remove(key: string): void {
    this.list = this.list.filter((one) => one.key !== key);
    this.onchange();
  }

  clear(): void {
    this.list = [];
  }

  restore(files: readonly Attached[]): void {
    this.list = files.map((file) => ({ key: file.id, name: file.name, size: file.size, file: null, share: 1, done: file, fault: null }));
  }

  async #send(key: string, file: File): Promise<void> {
    try {
      const done = await this.bring(file, (share) => { this.#change(key, { share }); });
      this.#change(key, { done, share: 1 });
      this.onchange();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#change(key, { fault: problem });
    }
  }

  #change(key: string, change: Partial<Upload>): void {
    this.list = this.list.map((one) => (one.key === key ? { ...one, ...change } : one));
  }
}

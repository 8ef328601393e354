/** What is being written in one conversation: kept in the tab with each letter and at the center soon after, restored by either. */
import { api, Problem } from "../api";
import { clock } from "../clock.svelte";
import { Files, isAttached } from "./files.svelte";
import { keep, kept } from "./keep";
import type { Letter } from "./outbox.svelte";
import type { Attached } from "./said";

/** The center gets the draft when nothing was typed for this long, in milliseconds. */
export const debounce_ms = 800;
const again_ms = 5000;

interface Stored {
  readonly text: string;
  readonly html: string | null;
  readonly note: string;
  readonly mode: "reply" | "note";
  readonly letter?: Letter | null;
  readonly files: readonly Attached[];
  readonly at: number;
}

interface Answer {
  readonly text: string;
  readonly html: string | null;
  readonly files?: readonly Attached[];
  readonly at: number | null;
}

function isStored(value: unknown): value is Stored {
  if (typeof value !== "object" || value === null) return false;
  const one = value as Partial<Record<keyof Stored, unknown>>;
  return typeof one.text === "string" && typeof one.note === "string" && typeof one.at === "number" && Array.isArray(one.files) && one.files.every(isAttached);
}

export class Draft {
  mode = $state<"reply" | "note">("reply");
  text = $state("");
  html = $state<string | null>(null);
  note = $state("");
  /** To whom the mail goes, once somebody changed it; null follows what is answered. */
  letter = $state.raw<Letter | null>(null);
  readonly files: Files;
  /** Counts up when the text was set by something else than typing, so that an editor shows it. */
  set = $state(0);
  saved = $state(true);
  loaded = $state(false);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #at = 0;

  constructor(readonly interaction: string) {
    this.files = new Files(() => { this.typed(); });
    const found = kept(`draft.${interaction}`, isStored);
    if (found !== null) this.#show(found);
  }

  get path(): string {
    return `/conversations/${encodeURIComponent(this.interaction)}/draft`;
  }

  get empty(): boolean {
    return this.text.trim() === "" && this.files.ready.length === 0;
  }

  /** The center's copy, if it is newer than the tab's. */
  async load(): Promise<void> {
    const answer = await api.get<Answer>(this.path);
    if (answer.at !== null && answer.at > this.#at && this.saved) this.#show({ text: answer.text, html: answer.html, note: this.note, mode: this.mode, files: answer.files ?? [], at: answer.at });
    this.loaded = true;
  }

  /** Something was typed or attached. */
  typed(): void {
    this.#at = clock.exact;
    this.saved = false;
    this.#keep();
    this.#save(debounce_ms);
  }

  /** Puts a text into the composer, as a taken-back mail. */
  fill(text: string, html: string | null = null, files: readonly Attached[] = [], letter: Letter | null = null): void {
    this.mode = "reply";
    this.text = text;
    this.html = html;
    this.letter = letter;
    if (files.length > 0) this.files.restore(files);
    this.set += 1;
    this.typed();
  }

  /** The reply was handed over: the center forgets its copy by itself. */
  sent(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.text = "";
    this.html = null;
    this.letter = null;
    this.files.clear();
    this.set += 1;
    this.saved = true;
    this.#at = clock.exact;
    this.#keep();
  }

  noted(): void {
    this.note = "";
    this.#keep();
  }

  /** Saves at once what waits; for leaving the page. */
  flush(): void {
    if (!this.saved) void this.#put();
  }

  #show(found: Stored): void {
    this.text = found.text;
    this.html = found.html;
    this.note = found.note;
    this.mode = found.mode;
    this.letter = found.letter ?? null;
    this.files.restore(found.files);
    this.#at = found.at;
    this.set += 1;
  }

  #keep(): void {
    const nothing = this.text === "" && this.note === "" && this.files.ready.length === 0 && this.mode === "reply" && this.letter === null;
    const stored: Stored = { text: this.text, html: this.html, note: this.note, mode: this.mode, letter: this.letter, files: this.files.ready, at: this.#at };
    keep(`draft.${this.interaction}`, nothing ? null : stored);
  }

  #save(after_ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#put();
    }, after_ms);
  }

  async #put(): Promise<void> {
    const at = this.#at;
    try {
      await api.put(this.path, { text: this.text, html: this.text.trim() === "" ? null : this.html, attachments: this.files.ready.map((file) => file.id) });
      if (this.#at === at) this.saved = true;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      // Gone or forbidden is for good; all else is tried again, and the tab has its copy meanwhile.
      if (problem.status === 0 || problem.status >= 429) this.#save(again_ms);
    }
  }
}

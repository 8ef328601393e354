/** A text while it is typed: what is wrong with it, asked a moment after the last key. */
import { Problem } from "../api";
import type { Fault } from "../policies/types";

/** After the last key, before the center is asked, in milliseconds. */
const askAfter_ms = 350;

type Look = (text: string, signal: AbortSignal) => Promise<readonly Fault[]>;

export class TypedText {
  readonly #look: Look;
  #text = $state("");
  #faults = $state.raw<readonly Fault[]>([]);
  /** The text of which the faults are known. */
  #known = $state<string | null>(null);
  #asking = $state(false);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asked: AbortController | null = null;
  /** What was refused last: a look here, or what its owner does with the text. */
  problem = $state.raw<Problem | null>(null);

  constructor(look: Look) {
    this.#look = look;
  }

  get text(): string { return this.#text; }
  get faults(): readonly Fault[] { return this.#faults; }
  get errors(): number { return this.#faults.filter((fault) => fault.severity === "error").length; }
  /** Whether the faults are not yet those of the text. */
  get checking(): boolean { return this.#asking || this.#known !== this.#text; }

  /** Another text, as it was kept; without its faults they are asked for. */
  take(text: string, faults: readonly Fault[] | undefined): void {
    this.#text = text;
    if (faults === undefined) void this.check();
    else this.knows(text, faults);
  }

  /** What is wrong with a text was told; of an older one than is typed it is passed over. */
  knows(text: string, faults: readonly Fault[]): void {
    if (text !== this.#text) return;
    this.#faults = faults;
    this.#known = text;
  }

  write(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { void this.check(); }, askAfter_ms);
  }

  /** Asks what is wrong with the text as it stands. */
  async check(): Promise<void> {
    this.close();
    const asked = new AbortController();
    this.#asked = asked;
    const text = this.#text;
    this.#asking = true;
    try {
      this.#faults = await this.#look(text, asked.signal);
      this.#known = text;
      this.problem = null;
    } catch (fault) {
      if (asked.signal.aborted) return;
      if (!(fault instanceof Problem)) throw fault;
      this.problem = fault;
    } finally {
      if (this.#asked === asked) this.#asking = false;
    }
  }

  /** Nothing is asked any more. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#asked?.abort();
  }
}

/** Whether calls come to this page by an Asterisk too, and the telephone for it: as the center tells. */
import { api, Problem } from "../api";
import type { Line, Pass, Telephone } from "./telephone";
import type { LegFrame, Quality } from "./wire";

interface Answer {
  readonly telephones: boolean;
  readonly sip: Pass | null;
}

interface Ears {
  readonly line: (line: Line | "none") => void;
  readonly leg: (leg: LegFrame) => void;
  readonly ended: (leg: string) => void;
  readonly changed: () => void;
}

const again_ms = 5000;
/** After a restart the center knows no password any more. */
const renew_ms = 500;
/** A password is renewed after this share of its time. */
const renewed = 0.8;

export class Exchange {
  #telephone: Telephone | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #line: Line | "none" = "none";
  #over = false;
  #asking = false;
  #speaker: string | null = null;

  constructor(
    private readonly window: string,
    private readonly ears: Ears,
  ) {
    void this.#begin();
  }

  has(leg: string): boolean {
    return this.#telephone?.has(leg) ?? false;
  }

  get heard(): boolean {
    return this.#telephone?.heard ?? false;
  }

  get blocked(): boolean {
    return this.#telephone?.blocked ?? false;
  }

  /** The telephone that carries the call, to do something with it. */
  get telephone(): Telephone | null {
    return this.#telephone;
  }

  level(): number {
    return this.#telephone?.level() ?? 0;
  }

  async quality(): Promise<Quality | null> {
    return (await this.#telephone?.quality()) ?? null;
  }

  async listen(speaker: string | null): Promise<void> {
    this.#speaker = speaker;
    await this.#telephone?.listen(speaker);
  }

  /** The page is looked at: it takes the phone from another window where nobody talks. */
  front(): void {
    if (this.#line === "elsewhere") void this.#begin();
  }

  close(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#telephone?.close();
    this.#telephone = null;
  }

  // Inside

  async #begin(): Promise<void> {
    const pass = await this.#pass();
    if (pass === null || this.#over) return;
    this.#telephone?.close();
    const { Telephone } = await import("./telephone");
    if (this.#over) return; // closed meanwhile
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    // Another page each time: the center knows by it that a talk cannot have gone on here.
    const address = `${scheme}://${location.host}/ws/sip?window=${encodeURIComponent(this.window)}&page=${crypto.randomUUID()}`;
    const mine: Telephone = new Telephone(pass, address, this.window, {
      line: (line) => { if (this.#telephone === mine) this.#stands(line); },
      leg: this.ears.leg,
      ended: this.ears.ended,
      changed: this.ears.changed,
    });
    this.#telephone = mine;
    void mine.listen(this.#speaker);
    this.#later(pass);
  }

  /** What the page registers with; null when there is no Asterisk, or none yet. */
  async #pass(): Promise<Pass | null> {
    if (this.#asking) return null;
    this.#asking = true;
    clearTimeout(this.#timer);
    try {
      const { telephones, sip } = await api.post<Answer>("/phone");
      if (telephones && sip === null) this.#again();
      return sip;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status >= 500 || problem.status === 429 || problem.status === 0) this.#again();
      return null;
    } finally {
      this.#asking = false;
    }
  }

  #again(): void {
    if (this.#over) return;
    // One that may carry a talk is kept: it only needs another password.
    const gone = this.#telephone === null || this.#line === "elsewhere" || this.#line === "ended";
    this.#timer = setTimeout(() => void (gone ? this.#begin() : this.#renew()), again_ms);
  }

  #later(pass: Pass): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#renew(), renewed * Math.max(again_ms, pass.expires_at - Date.now()));
  }

  async #renew(): Promise<void> {
    if (this.#line === "elsewhere") return;
    const pass = await this.#pass();
    if (pass === null || this.#over) return;
    this.#telephone?.renew(pass);
    this.#later(pass);
  }

  #stands(line: Line): void {
    this.#line = line;
    if (line === "ended" || line === "elsewhere" || line === "unknown") clearTimeout(this.#timer);
    if (line === "unknown") this.#timer = setTimeout(() => void this.#renew(), renew_ms);
    this.ears.line(line);
  }
}

/** Imports as the center keeps them, and one of them followed while its page is open. */
import { api, Problem } from "../api";

export const kinds = ["orders", "customers"] as const;
export type Kind = (typeof kinds)[number];
export type ImportState = "ready" | "waiting" | "running" | "tried" | "done" | "cancelled" | "failed";

/** How a file is read. */
export interface Reading {
  readonly format: "csv" | "jsonl";
  readonly encoding: string;
  readonly separator: string;
  readonly quote: string;
  readonly header: boolean;
  readonly dates: "ymd" | "dmy" | "mdy" | "unix" | "unix_ms";
  readonly zone: string;
  readonly decimal: "." | ",";
  readonly currency: string;
  readonly region: string | null;
}

/** Which column says what: the field's name to the column's. */
export type Mapping = Readonly<Record<string, string>>;

export interface Import {
  readonly id: string;
  readonly kind: Kind;
  readonly name: string;
  readonly bytes: number;
  readonly reading: Reading & { readonly gzip: boolean; readonly sure: boolean };
  readonly mapping: Mapping;
  readonly state: ImportState;
  readonly dry: boolean;
  readonly position: number;
  /** In thousandths of the file. */
  readonly progress: number;
  readonly new: number;
  readonly changed: number;
  readonly same: number;
  readonly wrong: number;
  readonly detail: string | null;
  readonly created_at: number;
  readonly has_file: boolean;
}

export interface RowFault {
  readonly field: string;
  readonly code: string;
  readonly detail: string;
}

export interface Preview {
  readonly columns: readonly string[];
  readonly fields: readonly { readonly name: string; readonly required: boolean }[];
  readonly row_number: string;
  readonly problem: RowFault | null;
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[]; readonly fault: RowFault | null; readonly masked?: boolean }[];
}

export interface FaultRow extends RowFault {
  readonly line: number;
}

export interface SavedMapping {
  readonly kind: Kind;
  readonly name: string;
  readonly reading: Reading;
  readonly mapping: Mapping;
}

const undone: ReadonlySet<ImportState> = new Set(["waiting", "running"]);
const look_ms = 1000;

export function isOver(job: Import): boolean {
  return !undone.has(job.state);
}

/** The reading as the center takes it back: without what it found out itself. */
export function plainReading(reading: Reading & { gzip?: boolean; sure?: boolean }): Reading {
  const { gzip: _1, sure: _2, ...rest } = reading;
  return rest;
}

/** An amount in minor units as whole ones: how many digits the currency has, the browser knows. */
export function fromMinor(minor: number, currency: string): number {
  const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return minor / 10 ** digits;
}

/** One import: how it is read, its first rows, and how far it is. */
export class Followed {
  job = $state.raw<Import | null>(null);
  preview = $state.raw<Preview | null>(null);
  faults = $state.raw<readonly FaultRow[]>([]);
  problem = $state.raw<Problem | null>(null);
  saved = $state.raw<readonly SavedMapping[]>([]);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #gone = false;

  constructor(
    private readonly id: string,
    private readonly locale: string,
  ) {}

  get path(): string {
    return `/imports/${encodeURIComponent(this.id)}`;
  }

  /** Loads it and follows it while it runs; the result stops that. */
  open(): () => void {
    void this.#look(true);
    return () => {
      this.#gone = true;
      if (this.#timer !== null) clearTimeout(this.#timer);
    };
  }

  async #look(whole: boolean): Promise<void> {
    try {
      const job = await api.get<Import>(this.path);
      if (this.#gone) return;
      const ended = this.job !== null && !isOver(this.job) && isOver(job);
      this.job = job;
      this.problem = null;
      if (!isOver(job)) this.#timer = setTimeout(() => { void this.#look(false); }, look_ms);
      if (whole) await this.#details(job);
      if (whole || ended) await this.#wrong(job);
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      this.problem = fault;
      // The network or the center was away; what is gone for good is not asked again.
      if (!this.#gone && (fault.status === 0 || fault.status >= 500)) this.#timer = setTimeout(() => { void this.#look(whole); }, 2 * look_ms);
    }
  }

  async #details(job: Import): Promise<void> {
    if (!job.has_file) return;
    const [preview, saved] = await Promise.all([
      api.get<Preview>(`${this.path}/preview`, { query: { locale: this.locale } }),
      api.get<{ mappings: SavedMapping[] }>("/import-mappings", { query: { kind: job.kind } }),
    ]);
    this.preview = preview;
    this.saved = saved.mappings;
  }

  async #wrong(job: Import): Promise<void> {
    this.faults = job.wrong === 0 ? [] : (await api.get<{ faults: FaultRow[] }>(`${this.path}/faults`, { query: { locale: this.locale } })).faults;
  }

  async change(reading: Reading, mapping: Mapping): Promise<void> {
    this.job = await api.put<Import>(this.path, { reading: plainReading(reading), mapping });
    this.faults = [];
    await this.#details(this.job);
  }

  async run(dry: boolean): Promise<void> {
    this.job = await api.post<Import>(`${this.path}/run`, { dry });
    this.faults = [];
    await this.#look(false);
  }

  async cancel(): Promise<void> {
    this.job = await api.post<Import>(`${this.path}/cancel`, {});
  }

  async keepAs(name: string): Promise<void> {
    if (this.job === null) return;
    const { kind, reading, mapping } = this.job;
    await api.put(`/import-mappings/${encodeURIComponent(name)}`, { kind, reading: plainReading(reading), mapping });
    await this.#details(this.job);
  }
}

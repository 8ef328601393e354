/** What is written as text in versions, as the API tells of it: one version is in force, the others are drafts or past. */
import type { Fault } from "../policies/types";

export interface Person { readonly id: string; readonly name: string | null }

export interface Listed {
  readonly id: string;
  readonly name: string;
  /** The number that is in force now; null while none is. */
  readonly in_force: number | null;
  /** Ids of its versions, the newest first. */
  readonly versions: readonly string[];
}

export interface Version {
  readonly id: string;
  readonly number: number | null;
  readonly name: string;
  readonly state: "draft" | "published" | "past";
  readonly tag: string;
  readonly updated_at: number;
  readonly updated_by: Person | null;
  readonly published_at: number | null;
}

export interface OpenVersion extends Version { readonly text: string; readonly problems: readonly Fault[] }

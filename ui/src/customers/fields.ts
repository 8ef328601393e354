/** A center's own fields on its customers, as the API tells them. */
import { locale } from "../i18n/locale.svelte";

export type FieldKind = "text" | "number" | "date" | "yes_no" | "choice";
export type Labels = Readonly<Record<string, string>>;
export type Value = string | number | boolean | null;

export interface Definition {
  readonly id: string;
  readonly kind: FieldKind;
  readonly labels: Labels;
  readonly choices: readonly { readonly id: string; readonly labels: Labels }[] | null;
  readonly required: boolean;
  readonly personal: boolean;
  readonly place: number;
}
export interface FieldValue extends Definition {
  readonly value: Value;
  readonly masked: boolean;
  readonly missing: boolean;
}

/** What something is called in the reader's language, else in English. */
export function labelOf(labels: Labels): string {
  return labels[locale.current] ?? labels["en"] ?? "";
}

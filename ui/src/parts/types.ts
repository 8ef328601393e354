/** Types that several parts share. */
import type { LucideProps } from "@lucide/svelte";
import type { Component } from "svelte";

/** A Lucide icon, imported alone: `import Phone from "@lucide/svelte/icons/phone"`. */
export type IconOf = Component<LucideProps>;

/** Colour by meaning: `idle` is grey, `accent` is "yours" and never good or bad. */
export type Tone = "idle" | "good" | "busy" | "watch" | "late" | "note" | "accent";

/** Control heights: 24, 32, 40 px. */
export type Size = "s" | "m" | "l";

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
  readonly icon?: IconOf;
  readonly off?: boolean;
}

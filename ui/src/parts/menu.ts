/** What a menu holds: groups of items that do something or show which choice is on. */
import type { IconOf } from "./types";

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconOf | undefined;
  readonly hint?: string | undefined;
  readonly combo?: string | undefined;
  /** Set for a choice: whether it is the one that is on. */
  readonly chosen?: boolean | undefined;
  readonly off?: boolean | undefined;
  readonly run: () => void;
}

export interface MenuGroup {
  readonly label?: string | undefined;
  readonly items: readonly MenuItem[];
}

/** How the states of a text look, and what a list says of a text. */
import Archive from "@lucide/svelte/icons/archive";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import Eye from "@lucide/svelte/icons/eye";
import History from "@lucide/svelte/icons/history";
import PencilLine from "@lucide/svelte/icons/pencil-line";
import type { IconOf, Tone } from "../parts/types";
import type { TextState } from "./types";

export const looks: Readonly<Record<TextState, { readonly icon: IconOf; readonly tone: Tone }>> = {
  draft: { icon: PencilLine, tone: "idle" },
  review: { icon: Eye, tone: "watch" },
  published: { icon: CircleCheck, tone: "good" },
  replaced: { icon: History, tone: "idle" },
  retired: { icon: Archive, tone: "idle" },
};

/** What a contradiction is, what it is called, and where its texts are changed. */
import type { KeyOf } from "../i18n/room";
import { t } from "../i18n/knowledge_facts";

export interface Statement {
  readonly source: "article" | "canned" | "mail" | "queue";
  readonly id: string;
  readonly language: string;
  readonly title: string;
  readonly sentence: string;
  /** The value stands from here to `end` in the sentence, in code points. */
  readonly start: number;
  readonly end: number;
}

export interface Contradiction {
  readonly id: string;
  readonly why: "differs" | "outdated";
  readonly kind: string;
  readonly topic: string;
  readonly found_at: number;
  readonly one: Statement;
  readonly other: Statement | null;
  readonly dismissed: { readonly by: string; readonly by_name: string | null; readonly at: number; readonly note: string | null } | null;
}

export interface Found {
  readonly contradictions: readonly Contradiction[];
  readonly total: number;
  readonly open: number;
  readonly dismissed: number;
  readonly texts: number;
  readonly facts: number;
  readonly dropped: number;
  readonly checked_at: number | null;
}

type Key = KeyOf<typeof t>;
type PlainKey = Extract<Key, `kind.${string}` | `topic.${string}`>;

function isKey(key: string): key is PlainKey {
  return key in t.catalogue.en;
}

/** "Price: delivery"; only the kind where the texts themselves name the thing. */
export function sayFact(one: Contradiction): string {
  const [kind, topic] = [`kind.${one.kind}`, `topic.${one.topic}`];
  return [kind, topic].filter(isKey).map((key) => t(key)).join(": ");
}

/** Where a text is changed. */
export function editor(one: Statement): string {
  const id = encodeURIComponent(one.id);
  switch (one.source) {
    case "article": return `/knowledge/articles/${id}`;
    case "canned": return `/settings/canned/${id}`;
    case "mail": return `/settings/mailboxes/${id}`;
    case "queue": return `/settings/queues/${id}`;
  }
}

/** The sentence before, in and after its value. */
export function cut(one: Statement): readonly [string, string, string] {
  const signs = [...one.sentence];
  return [signs.slice(0, one.start).join(""), signs.slice(one.start, one.end).join(""), signs.slice(one.end).join("")];
}

/** What stands where in a policy's text, and how one value is written anew while every comment stays. */
import { parser } from "@lezer/yaml";

type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

/** A piece of the text to be replaced. */
export interface Edit { readonly from: number; readonly to: number; readonly insert: string }

interface Place { readonly node: SyntaxNode; readonly kind: "value" | "table" | "list" }

const unit_ms: Readonly<Record<string, number>> = { ms: 1, s: 1000, sec: 1000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration as it is written ("90 s", "1 h 30 min"); null for what is none. */
export function readDuration(text: string): number | null {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)\s*/g)];
  if (parts.length === 0) return text === "0" || text === "never" || text === "off" ? 0 : null;
  if (parts.map((part) => part[0]).join("") !== text) return null;
  let total = 0;
  for (const [, number = "", unit = ""] of parts) {
    const size = unit_ms[unit];
    if (size === undefined) return null;
    total += Number(number) * size;
  }
  return Math.round(total);
}

/** A duration in the largest unit that says it whole; `seconds` at most. */
export function writeDuration(ms: number, seconds = false): string {
  if (ms === 0) return "0 s";
  for (const unit of seconds ? ["s"] : ["h", "min", "s"]) {
    const size = unit_ms[unit] ?? 1;
    if (ms % size === 0) return `${ms / size} ${unit}`;
  }
  return `${ms} ms`;
}

/** A text that YAML reads back as it is. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

export class Outline {
  readonly #places = new Map<string, Place>();
  /** The keys of each table, in order. */
  readonly #keys = new Map<string, string[]>();
  readonly #lists = new Map<string, number>();

  constructor(readonly text: string) {
    const top = parser.parse(text).topNode.getChild("Document");
    const table = top === null ? null : childOf(top, ["BlockMapping", "FlowMapping"]);
    if (table !== null) this.#walk(table, "");
  }

  /** The value at a path like "segments.gold.head_start", without its quotes; null when there is none. */
  value(path: string): string | null {
    const place = this.#places.get(path);
    if (place?.kind !== "value") return null;
    const raw = this.text.slice(place.node.from, place.node.to).trim();
    if (place.node.name !== "QuotedLiteral") return raw;
    try {
      return raw.startsWith('"') ? (JSON.parse(raw) as string) : raw.slice(1, -1).replaceAll("''", "'");
    } catch {
      return raw.slice(1, -1);
    }
  }

  duration(path: string): number | null {
    const said = this.value(path);
    return said === null ? null : readDuration(said);
  }

  keys(path: string): readonly string[] {
    return this.#keys.get(path) ?? [];
  }

  /** How many items the list at `path` has; 0 when there is none. */
  length(path: string): number {
    return this.#lists.get(path) ?? 0;
  }

  /** The words of a list of plain values: `[en >= 3, billing]`. */
  list(path: string): readonly string[] {
    return Array.from({ length: this.length(path) }, (_, at) => this.value(`${path}.${at}`)).filter((one) => one !== null);
  }

  /** Where the value of `path` begins and ends, for showing it; null when it is not there. */
  span(path: string): { readonly from: number; readonly to: number } | null {
    const place = this.#places.get(path);
    return place === undefined ? null : { from: place.node.from, to: place.node.to };
  }

  /** The edit that makes `path` say `said`; missing keys are added, in front of their neighbours. */
  put(path: string, said: string): Edit {
    const place = this.#places.get(path);
    if (place?.kind === "value") return { from: place.node.from, to: place.node.to, insert: said };
    const cut = path.lastIndexOf(".");
    const [parent, key] = cut === -1 ? ["", path] : [path.slice(0, cut), path.slice(cut + 1)];
    const holder = this.#places.get(parent);
    if (holder?.kind !== "table") {
      if (parent !== "") return this.put(parent, `{${key}: ${said}}`);
      return { from: this.text.length, to: this.text.length, insert: `${this.text === "" || this.text.endsWith("\n") ? "" : "\n"}${key}: ${said}\n` };
    }
    const first = holder.node.getChild("Pair");
    if (holder.node.name === "FlowMapping") {
      const at = holder.node.from + 1;
      return { from: at, to: at, insert: `${key}: ${said}${first === null ? "" : ", "}` };
    }
    const at = first?.from ?? holder.node.from;
    const line = this.#lineOf(at);
    const indent = " ".repeat(at - line);
    const above = this.text.slice(line, at).trim() === "" ? this.#aboveComments(line) : line;
    // After a list's dash there is no line of its own to stand on.
    if (above === line) return { from: at, to: at, insert: `${key}: ${said}\n${indent}` };
    return { from: above, to: above, insert: `${indent}${key}: ${said}\n${indent === "" ? "\n" : ""}` };
  }

  #lineOf(at: number): number {
    return this.text.lastIndexOf("\n", at - 1) + 1;
  }

  /** The beginning of the comments right above a line: they belong to it, and nothing comes between. */
  #aboveComments(line: number): number {
    let above = line;
    while (above > 0) {
      const before = this.#lineOf(above - 1);
      if (!this.text.slice(before, above).trimStart().startsWith("#")) break;
      above = before;
    }
    return above;
  }

  #walk(table: SyntaxNode, path: string): void {
    this.#places.set(path, { node: table, kind: "table" });
    const keys: string[] = [];
    for (const pair of table.getChildren("Pair")) {
      const named = pair.getChild("Key");
      if (named === null) continue;
      const key = this.text.slice(named.from, named.to).trim().replace(/^["']|["']$/g, "");
      keys.push(key);
      const value = childOf(pair, valueKinds);
      if (value !== null) this.#place(value, path === "" ? key : `${path}.${key}`);
    }
    this.#keys.set(path, keys);
  }

  #place(node: SyntaxNode, path: string): void {
    if (node.name.endsWith("Mapping")) {
      this.#walk(node, path);
      return;
    }
    if (!node.name.endsWith("Sequence")) {
      this.#places.set(path, { node, kind: "value" });
      return;
    }
    this.#places.set(path, { node, kind: "list" });
    const items = node.getChildren("Item");
    this.#lists.set(path, items.length);
    items.forEach((item, at) => {
      const value = childOf(item, valueKinds);
      if (value !== null) this.#place(value, `${path}.${at}`);
    });
  }
}

const valueKinds: readonly string[] = ["Literal", "QuotedLiteral", "BlockLiteral", "BlockMapping", "FlowMapping", "BlockSequence", "FlowSequence"];

function childOf(node: SyntaxNode, kinds: readonly string[]): SyntaxNode | null {
  for (let child = node.firstChild; child !== null; child = child.nextSibling) if (kinds.includes(child.name)) return child;
  return null;
}

/** The text after an edit. */
export function applied(text: string, edit: Edit): string {
  return text.slice(0, edit.from) + edit.insert + text.slice(edit.to);
}

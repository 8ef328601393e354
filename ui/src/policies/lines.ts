/** The lines of two texts for showing what differs: one under the other or side by side, long equal parts folded away. */
import { diffLines, type DiffLine } from "../parts/diff";

/** This many equal lines stay around each change. */
const around = 3;

export interface Shown {
  readonly kind: DiffLine["kind"];
  readonly text: string;
  /** The line's number in the text before and after; null where it is not there. */
  readonly old: number | null;
  readonly fresh: number | null;
}

/** Equal lines that nobody needs to see. */
export interface Folded { readonly kind: "folded"; readonly n: number; readonly at: number }

export interface Pair { readonly kind: "pair"; readonly left: Shown | null; readonly right: Shown | null }

export function numbered(before: string, after: string): Shown[] {
  let old = 0;
  let fresh = 0;
  return diffLines(before, after).map((line) => {
    if (line.kind !== "new") old += 1;
    if (line.kind !== "gone") fresh += 1;
    return { ...line, old: line.kind === "new" ? null : old, fresh: line.kind === "gone" ? null : fresh };
  });
}

/** What differs with a few lines around it; nothing at all when the texts are equal. */
export function folded(lines: readonly Shown[]): (Shown | Folded)[] {
  const keep = lines.map((_, at) => lines.slice(Math.max(0, at - around), at + around + 1).some((near) => near.kind !== "same"));
  const out: (Shown | Folded)[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined) break;
    if (keep[at] === true) {
      out.push(line);
      continue;
    }
    const last = out.at(-1);
    if (last?.kind === "folded") out[out.length - 1] = { ...last, n: last.n + 1 };
    else out.push({ kind: "folded", n: 1, at });
  }
  return out.length === 1 && out[0]?.kind === "folded" ? [] : out;
}

/** The same for two columns: what went stands beside what came in its place. */
export function paired(lines: readonly (Shown | Folded)[]): (Pair | Folded)[] {
  const out: (Pair | Folded)[] = [];
  let gone: Shown[] = [];
  let came: Shown[] = [];
  const flush = (): void => {
    for (let at = 0; at < Math.max(gone.length, came.length); at += 1) out.push({ kind: "pair", left: gone[at] ?? null, right: came[at] ?? null });
    gone = [];
    came = [];
  };
  for (const line of lines) {
    if (line.kind === "gone") gone.push(line);
    else if (line.kind === "new") came.push(line);
    else {
      flush();
      out.push(line.kind === "folded" ? line : { kind: "pair", left: line, right: line });
    }
  }
  flush();
  return out;
}

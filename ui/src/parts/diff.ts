/** The shortest line-by-line difference of two texts. */

export interface DiffLine {
  readonly kind: "same" | "gone" | "new";
  readonly text: string;
}

/** Above this many compared pairs the texts are shown whole, old then new, instead of being compared. */
const pairLimit = 4_000_000;

/** The lines of both texts in reading order: what went stands before what came. */
export function diffLines(before: string, after: string): DiffLine[] {
  const old = before === "" ? [] : before.split("\n");
  const fresh = after === "" ? [] : after.split("\n");
  if (old.length * fresh.length > pairLimit) {
    return [...old.map((text): DiffLine => ({ kind: "gone", text })), ...fresh.map((text): DiffLine => ({ kind: "new", text }))];
  }
  const longest = commonLengths(old, fresh);
  const width = fresh.length + 1;
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < fresh.length) {
    const a = old[i];
    const b = fresh[j];
    if (a !== undefined && a === b) {
      lines.push({ kind: "same", text: a });
      i += 1;
      j += 1;
    } else if (a !== undefined && (b === undefined || (longest[(i + 1) * width + j] ?? 0) >= (longest[i * width + j + 1] ?? 0))) {
      lines.push({ kind: "gone", text: a });
      i += 1;
    } else if (b !== undefined) {
      lines.push({ kind: "new", text: b });
      j += 1;
    }
  }
  return lines;
}

/** For each pair of starts, how many lines the rests have in common, in order. */
function commonLengths(old: readonly string[], fresh: readonly string[]): Uint32Array {
  const width = fresh.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] =
        old[i] === fresh[j] ? (longest[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(longest[(i + 1) * width + j] ?? 0, longest[i * width + j + 1] ?? 0);
    }
  }
  return longest;
}

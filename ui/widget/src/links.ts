/** Finds web and mail addresses in a text; the caller makes safe links of them. */

export interface Piece {
  text: string;
  href: string | null;
}

const address = /\bhttps?:\/\/[^\s<>"']+|\bwww\.[^\s<>"']+\.[^\s<>"']+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/giu;
const opened: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

/** Takes off what ends the sentence and not the address: "(see https://a.b/c)." */
function trimmed(found: string): string {
  for (;;) {
    const last = found.at(-1) ?? "";
    const open = opened[last];
    const stray = open !== undefined && found.split(last).length > found.split(open).length;
    if (!/[.,;:!?…»”'*_]/u.test(last) && !stray) return found;
    found = found.slice(0, -1);
  }
}

function target(found: string): string | null {
  if (/^www\./i.test(found)) return target(`https://${found}`);
  if (!/^https?:/i.test(found)) return `mailto:${found}`;
  return URL.canParse(found) ? new URL(found).href : null;
}

/** The text cut into plain pieces and links; joined again they are the same text. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(address)) {
    const link = trimmed(match[0]);
    const href = target(link);
    if (!href) continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index), href: null });
    found.push({ text: link, href });
    from = match.index + link.length;
  }
  if (from < text.length) found.push({ text: text.slice(from), href: null });
  return found;
}

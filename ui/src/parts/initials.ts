/** The letters that stand for a person in an avatar. */

/** The first letters of the first and the last word of `name`, in capitals; "?" when there is no letter at all. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter((word) => /\p{L}/u.test(word));
  const first = words[0];
  if (first === undefined) return "?";
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  const letter = (word: string): string => /\p{L}/u.exec(word)?.[0] ?? "";
  return (letter(first) + (last === undefined ? "" : letter(last))).toLocaleUpperCase();
}

/** Ids made from names, as people would write them: "Заказы, RU" becomes "zakazy-ru". */

const cyrillic: Readonly<Record<string, string>> = {
  а: "a", б: "b", в: "v", г: "g", д: "d", е: "e", ё: "e", ж: "zh", з: "z", и: "i", й: "y", к: "k", л: "l", м: "m", н: "n", о: "o",
  п: "p", р: "r", с: "s", т: "t", у: "u", ф: "f", х: "kh", ц: "ts", ч: "ch", ш: "sh", щ: "shch", ъ: "", ы: "y", ь: "", э: "e", ю: "yu", я: "ya",
};

/** The center's rule for ids. */
export const idPattern = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/;

/** An id for `name` that is not in `taken`: letters, digits and hyphens, 40 at most; "item" when nothing is left of the name. */
export function idFor(name: string, taken: ReadonlySet<string>): string {
  const letters = [...name.toLowerCase().replaceAll("ł", "l")].map((letter) => cyrillic[letter] ?? letter).join("");
  const stem = letters.normalize("NFD").replace(/\p{M}/gu, "").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40) || "item";
  if (!taken.has(stem)) return stem;
  let n = 2;
  while (taken.has(`${stem}-${n}`)) n += 1;
  return `${stem}-${n}`;
}

/** Finding by typed words, the same in every list: accents, ł, ё and the order of words do not matter. */

/** `text` in small letters without marks: "Łódź" is "lodz", "Ёж" is "еж". */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll("ł", "l").normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC");
}

/** Whether every word of `typed` begins a word of `text`. */
export function found(typed: string, text: string): boolean {
  const words = fold(text).split(/[^\p{L}\p{N}]+/u);
  return fold(typed)
    .split(/[^\p{L}\p{N}]+/u)
    .every((part) => part === "" || words.some((word) => word.startsWith(part)));
}

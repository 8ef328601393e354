/** An accent colour given by the page, and what may be written upon it: contrast as WCAG 2 counts it. */

export type Rgb = readonly [number, number, number];

const white: Rgb = [255, 255, 255];
const black: Rgb = [0, 0, 0];
/** The widget's surface in light and dark, as 8-bit sRGB of the tokens. */
const sunken: Record<"light" | "dark", Rgb> = { light: [239, 234, 230], dark: [44, 39, 36] };
const surfaces: Record<"light" | "dark", Rgb> = { light: [253, 252, 250], dark: [30, 26, 24] };

/** Reads "#abc" or "#aabbcc"; anything else is null. */
export function readColor(text: string | null | undefined): Rgb | null {
  const match = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text?.trim() ?? "");
  const digits = match?.[1];
  if (!digits) return null;
  const full = digits.length === 3 ? [...digits].map((digit) => digit + digit).join("") : digits;
  const value = parseInt(full, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Relative luminance, 0 (black) to 1 (white). */
export function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((eight) => {
    const part = eight / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two colours, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function mix(one: Rgb, other: Rgb, share: number): Rgb {
  return one.map((part, at) => Math.round(part * (1 - share) + (other[at] ?? 0) * share)) as unknown as Rgb;
}

/** The nearest colour to `color`, moved towards `end`, that has at least `aim` against every ground. */
export function readable(color: Rgb, grounds: readonly Rgb[], end: Rgb, aim: number): Rgb {
  for (let share = 0; share < 1; share += 0.04) {
    const moved = mix(color, end, share);
    if (grounds.every((ground) => contrast(moved, ground) >= aim)) return moved;
  }
  return end;
}

const css = (color: Rgb): string => `rgb(${color.join(" ")})`;

/** The accent tokens for one theme, made from the page's colour; text on each has at least 4.5. */
export function accentTokens(color: Rgb, theme: "light" | "dark"): Record<string, string> {
  const surface = surfaces[theme];
  const end = theme === "light" ? black : white;
  const on = contrast(color, white) >= contrast(color, black) ? white : black;
  const soft = mix(surface, color, theme === "light" ? 0.08 : 0.18);
  const link = readable(color, [surface, sunken[theme], soft], end, 4.5);
  return {
    "--accent": css(color),
    "--on-accent": css(on),
    "--accent-hover": css(mix(color, on === white ? black : white, 0.12)),
    "--accent-text": css(link),
    "--accent-soft": css(soft),
    "--accent-line": css(mix(surface, color, 0.4)),
    "--accent-edge": css(readable(color, [surface], end, 3)),
  };
}

/** What the page asks for: the attributes of the script element, checked. */
import { readColor, type Rgb } from "./color";
import { chooseLocale, type Locale } from "./words";

export interface Options {
  /** Where the center is, with a slash at the end. */
  base: string;
  inbox: string;
  /** Whom the page's customer wishes to talk to. */
  agent: string | undefined;
  locale: Locale;
  side: "left" | "right";
  color: Rgb | null;
  theme: "light" | "dark" | "auto";
}

/** The options of one script element; null when it names no inbox or was not loaded from an address. */
export function readOptions(script: HTMLScriptElement, page: Document): Options | null {
  const { inbox, agent, locale, position, color, theme } = script.dataset;
  if (!inbox || !script.src) return null;
  return {
    base: new URL(".", script.src).href,
    inbox,
    agent,
    locale: chooseLocale([locale, page.documentElement.lang, ...navigator.languages]),
    side: position === "left" ? "left" : "right",
    color: readColor(color),
    theme: theme === "light" || theme === "dark" ? theme : "auto",
  };
}

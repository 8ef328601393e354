/** Light, dark, or as the system: the choice is kept in the browser; `/theme.js` reads it before the first paint. */

export const themes = ["light", "dark", "system"] as const;
export type Theme = (typeof themes)[number];

const storageKey = "warmline.theme";

function remembered(): Theme {
  try {
    const kept = localStorage.getItem(storageKey);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

class ThemeChoice {
  #choice = $state<Theme>(remembered());
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");

  constructor() {
    this.#dark.addEventListener("change", () => {
      this.#show();
    });
  }

  get choice(): Theme {
    return this.#choice;
  }

  choose(next: Theme): void {
    this.#choice = next;
    try {
      if (next === "system") localStorage.removeItem(storageKey);
      else localStorage.setItem(storageKey, next);
    } catch {
      // Not remembered, but shown.
    }
    this.#show();
  }

  #show(): void {
    const system = this.#dark.matches ? "dark" : "light";
    document.documentElement.dataset["theme"] = this.#choice === "system" ? system : this.#choice;
  }
}

export const theme = new ThemeChoice();

/** What a page may ask of the widget: warmline('open' | 'close' | 'identify' | 'on' | 'forget', …). */

export interface Person {
  name?: unknown;
  email?: unknown;
}

export type WidgetEvent = "ready" | "open" | "close" | "started" | "ended" | "unread";
export type Listener = (fact: Record<string, unknown>) => void;
export type Call =
  | ["open"]
  | ["close"]
  | ["forget"]
  | ["identify", Person, string?]
  | ["on", WidgetEvent, Listener];

export interface Commanded {
  open(): void;
  close(): void;
  forget(): void;
  identify(person: { name?: string; email?: string; jwt?: string }): void;
  on(event: WidgetEvent, listener: Listener): () => void;
}

const limit = 200;

function short(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() ? value.trim().slice(0, limit) : undefined;
}

function person(given: Person, jwt: unknown): { name?: string; email?: string; jwt?: string } {
  const name = short(given.name);
  const email = short(given.email);
  return {
    ...(name ? { name } : {}),
    ...(email ? { email } : {}),
    ...(typeof jwt === "string" && jwt ? { jwt } : {}),
  };
}

/** The function that pages call; `on` answers a function that stops listening, an unknown word throws. */
export function commands(widget: Commanded): (...call: Call) => unknown {
  return (...call) => {
    switch (call[0]) {
      case "open":
        return widget.open();
      case "close":
        return widget.close();
      case "forget":
        return widget.forget();
      case "identify":
        return widget.identify(person(call[1] ?? {}, call[2]));
      case "on":
        return widget.on(call[1], call[2]);
      default:
        throw new TypeError(`warmline: unknown command ${String(call[0])}`);
    }
  };
}

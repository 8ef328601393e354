/** The entry: finds its own script element, takes over the page's queued calls and shows the launcher. */
import { commands, type Call } from "./commands";
import { Memory, shelf } from "./memory";
import { readOptions } from "./options";
import { Widget } from "./view/widget";

interface Stub {
  (...call: Call): unknown;
  q?: ArrayLike<unknown>[];
}

declare global {
  interface Window {
    warmline?: Stub;
  }
}

function boot(script: HTMLScriptElement): void {
  const options = readOptions(script, document);
  if (!options || document.querySelector("warmline-chat")) return;
  const prefix = `warmline:${new URL(options.base).host}:${options.inbox}:`;
  const widget = new Widget(
    options,
    new Memory(shelf("localStorage"), prefix),
    new Memory(shelf("sessionStorage"), prefix),
  );
  const queued = window.warmline?.q ?? [];
  const run = commands(widget);
  window.warmline = run;
  widget.show();
  for (const call of queued) run(...(Array.from(call) as unknown as Call));
  widget.begin();
}

const own =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>("script[data-inbox][src*='widget.js']");

if (own) {
  if (document.body) boot(own);
  else document.addEventListener("DOMContentLoaded", () => boot(own), { once: true });
}

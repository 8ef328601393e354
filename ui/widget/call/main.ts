/** The entry of `/widget-call.js`: a "Call us" button for the inbox that its script element names. */
import { readOptions } from "../src/options";
import { CallWidget } from "./view";

function boot(script: HTMLScriptElement): void {
  const options = readOptions(script, document);
  if (options === null || document.querySelector("warmline-call") !== null) return;
  new CallWidget(options).show();
}

const own =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>("script[data-inbox][src*='widget-call.js']");

if (own !== null) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => { boot(own); }, { once: true });
  else boot(own);
}

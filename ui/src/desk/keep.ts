/** What a tab keeps for itself over a refresh: drafts and unsent messages, gone when the tab is closed or somebody else signs in. */

const prefix = "warmline.desk.";

function store(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null; // storage may be forbidden: then the center's copy of the draft serves alone
  }
}

export function keep(name: string, value: unknown): void {
  try {
    if (value === null) store()?.removeItem(prefix + name);
    else store()?.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // Full: what is typed still stands on the page, and the center has the draft.
  }
}

/** What was kept under `name`, if `fits` knows it again. */
export function kept<Value>(name: string, fits: (value: unknown) => value is Value): Value | null {
  try {
    const value: unknown = JSON.parse(store()?.getItem(prefix + name) ?? "null");
    return fits(value) ? value : null;
  } catch {
    return null;
  }
}

/** Forgets everything that was kept: somebody else may sit here next. */
export function forgetAll(): void {
  const all = store();
  if (all === null) return;
  for (const name of Object.keys(all).filter((key) => key.startsWith(prefix))) all.removeItem(name);
}

/** Where the focus goes when a sheet opens. */

/** The first thing to fill in, else the sheet itself: not the close button, whose tooltip would open and take Esc. */
export function focusFirst(event: Event, sheet: HTMLElement | undefined): void {
  event.preventDefault();
  const first = sheet?.querySelector<HTMLElement>("input:not([type=hidden]):not(:disabled), textarea:not(:disabled), [role=switch]:not(:disabled)");
  (first ?? sheet)?.focus();
}

/** What has the focus may go from the page by what it did; then nobody has it, and the keys are lost. */

/** Gives the focus to something near if nobody has it. */
export function keepFocus(near: HTMLElement | undefined): void {
  if (document.activeElement === null || document.activeElement === document.body) near?.focus({ preventScroll: true });
}

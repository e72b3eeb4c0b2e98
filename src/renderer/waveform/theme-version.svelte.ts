/** Canvases do not follow custom properties by themselves: reading this in an effect repaints when the theme changes. */
let version = $state(0);

new MutationObserver(() => version++).observe(document.documentElement, { attributeFilter: ['data-theme'] });

export function themeVersion(): number {
  return version;
}

/** Keys as they are written in the table of actions: `Mod+K`, `Shift+S`, `/`, `Space`, `ArrowUp`. */

/** What of a KeyboardEvent counts. */
export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/**
 * The press in the table's words. Letters are upper case; Shift is named for letters and named keys only, since `?`
 * and `/` stand on different keys of different keyboards. Mod is Cmd on a Mac and Ctrl elsewhere.
 */
export function keyName(press: Press, mac: boolean): string {
  const mod = mac ? press.metaKey : press.ctrlKey;
  const key = press.key === ' ' ? 'Space' : press.key.length === 1 ? press.key.toUpperCase() : press.key;
  const shifted = press.shiftKey && (key.length > 1 || /^\p{L}$/u.test(key));
  return [mod ? 'Mod' : null, press.altKey ? 'Alt' : null, shifted ? 'Shift' : null, key]
    .filter((part) => part !== null)
    .join('+');
}

const SIGNS: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

/** The same for people: `Ctrl K`, `⌘ K`, `⇧ S`, `↑`. */
export function keyLabel(key: string, mac: boolean): string {
  return key
    .split(/\+(?=.)/)
    .map((part) => (part === 'Mod' ? (mac ? '⌘' : 'Ctrl') : part === 'Shift' ? '⇧' : (SIGNS[part] ?? part)))
    .join(' ');
}

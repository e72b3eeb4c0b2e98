/** Keys pressed anywhere in the window, led to the actions of the table. */
import type { App } from '../stores/app.svelte.ts';
import { actionFor } from './actions.ts';
import { keyName } from './keys.ts';

export const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Elements that take keys of their own: Space presses a button, arrows move a slider. */
const OWN_KEYS: Record<string, readonly string[]> = {
  BUTTON: ['Space', 'Enter'],
  A: ['Enter'],
  SELECT: ['Space', 'Enter', 'ArrowUp', 'ArrowDown'],
  SUMMARY: ['Space', 'Enter'],
};

/** @returns to stop listening */
export function listenForShortcuts(app: App): () => void {
  const pressed = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const key = keyName(event, MAC);
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    const slider = target instanceof HTMLInputElement && target.type === 'range';
    const typing = (target instanceof HTMLInputElement && !slider) || target instanceof HTMLTextAreaElement;
    // There, on a Mac, it goes from word to word.
    if (MAC && typing && key.startsWith('Alt+')) return;
    if (app.overlay !== null && !key.startsWith('Mod+') && key !== '?') return;
    if (OWN_KEYS[target.tagName]?.includes(key) || (slider && key.startsWith('Arrow'))) return;
    if (key === 'Mod+C' && window.getSelection()?.isCollapsed === false) return;
    const action = actionFor(key, typing, app);
    if (action === null) return;
    event.preventDefault();
    action.run(app);
  };
  window.addEventListener('keydown', pressed);
  return () => window.removeEventListener('keydown', pressed);
}

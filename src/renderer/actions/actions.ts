/**
 * Everything the window can do by a key or by name, written once. Shortcuts, the command palette, the page of keys
 * and the desktop app's menu are all made of this table.
 */
import type { App } from '../stores/app.svelte.ts';
import type { Action } from './action.ts';
import { AUDITION_ACTIONS } from './audition-actions.ts';
import { CUT_ACTIONS } from './cut-actions.ts';
import { FIND_ACTIONS } from './find-actions.ts';
import { GO_ACTIONS } from './go-actions.ts';
import { LIBRARY_ACTIONS } from './library-actions.ts';
import { PLAY_ACTIONS } from './play-actions.ts';
import { WAVE_ACTIONS } from './wave-actions.ts';
import { MATCH_ACTIONS } from './match-actions.ts';
import { MARKER_ACTIONS } from './marker-actions.ts';
import { MARK_ACTIONS } from './mark-actions.ts';
import { MODEL_ACTIONS } from './model-actions.ts';
import { TAG_ACTIONS } from './tag-actions.ts';
import { WINDOW_ACTIONS } from './window-actions.ts';
import { WRITE_ACTIONS } from './write-actions.ts';

export const ACTIONS: readonly Action[] = [
  // First: on their screens their keys come before the same keys of others.
  ...TAG_ACTIONS,
  ...WRITE_ACTIONS,
  ...FIND_ACTIONS,
  // Before the arrows that seek.
  ...MATCH_ACTIONS,
  ...PLAY_ACTIONS,
  ...AUDITION_ACTIONS,
  ...WAVE_ACTIONS,
  ...MARK_ACTIONS,
  ...CUT_ACTIONS,
  ...MARKER_ACTIONS,
  ...GO_ACTIONS,
  ...LIBRARY_ACTIONS,
  ...MODEL_ACTIONS,
  ...WINDOW_ACTIONS,
];

/** The action of a key, if it makes sense now. @param typing the focus is in a text field */
export function actionFor(key: string, typing: boolean, app: App): Action | null {
  const plain = !/^(?:Mod\+|Alt\+Arrow)/.test(key);
  return (
    ACTIONS.find(
      (action) => action.keys.includes(key) && (!typing || (action.whileTyping === true && !plain)) && action.when(app),
    ) ?? null
  );
}

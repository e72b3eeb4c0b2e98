/** What the player's controls are called. */
import type { Loop } from './loop.ts';

export const LOOP_NAMES: Readonly<Record<Loop, string>> = {
  match: 'Loop match',
  selection: 'Loop selection',
  file: 'Loop file',
};

/** What an action is, and the questions that many of them ask before they make sense. */
import type { App } from '../stores/app.svelte.ts';

export const GROUPS = ['Find', 'Playback', 'Audition', 'Waveform', 'Organise', 'Tags', 'Go to', 'Window'] as const;
export type Group = (typeof GROUPS)[number];

export interface Action {
  /** Stable: menus of the desktop app call it by this. */
  id: string;
  name: string;
  group: Group;
  /** In the form of keys.ts; the first is the one shown. */
  keys: readonly string[];
  /** Listed under the keys, not offered by name: nobody looks for "next file" in a list. */
  keysOnly?: boolean;
  /** A key of one letter does nothing while text is typed; these work there too. */
  whileTyping?: boolean;
  /** Whether it makes sense now; actions that do not are neither run nor offered. */
  when: (app: App) => boolean;
  run: (app: App) => void;
}

export const always = () => true;
export const onSearch = (app: App) => app.screen === 'search';
export const somethingSelected = (app: App) => (onSearch(app) || app.screen === 'map') && app.selection.size > 0;
export const somethingPlaying = (app: App) => app.player.fileId !== null;

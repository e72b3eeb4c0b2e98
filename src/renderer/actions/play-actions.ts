/** Moving through a list and playing it. */
import type { App } from '../stores/app.svelte.ts';
import { onSearch, somethingPlaying, type Action } from './action.ts';

/** s */
const SEEK_STEP = 1;
const PAGE_ROWS = 12;

function walk(step: number): (app: App) => void {
  return ({ foldOut }) => foldOut.walk(step);
}

export const PLAY_ACTIONS: readonly Action[] = [
  {
    id: 'play.next',
    keysOnly: true,
    name: 'Next file',
    group: 'Playback',
    keys: ['ArrowDown'],
    when: onSearch,
    run: walk(1),
  },
  {
    id: 'play.previous',
    keysOnly: true,
    name: 'Previous file',
    group: 'Playback',
    keys: ['ArrowUp'],
    when: onSearch,
    run: walk(-1),
  },
  {
    id: 'play.page-down',
    keysOnly: true,
    name: 'Page down',
    group: 'Playback',
    keys: ['PageDown'],
    when: onSearch,
    run: walk(PAGE_ROWS),
  },
  {
    id: 'play.page-up',
    keysOnly: true,
    name: 'Page up',
    group: 'Playback',
    keys: ['PageUp'],
    when: onSearch,
    run: walk(-PAGE_ROWS),
  },
  {
    id: 'play.first',
    keysOnly: true,
    name: 'First file',
    group: 'Playback',
    keys: ['Home'],
    when: onSearch,
    run: walk(-Infinity),
  },
  {
    id: 'play.last',
    keysOnly: true,
    name: 'Last file',
    group: 'Playback',
    keys: ['End'],
    when: onSearch,
    run: walk(Infinity),
  },
  {
    id: 'play.toggle',
    name: 'Play or stop',
    group: 'Playback',
    keys: ['Space'],
    when: somethingPlaying,
    run: (app) => app.player.playOrStop(),
  },
  {
    id: 'play.back',
    keysOnly: true,
    name: 'Back 1 second',
    group: 'Playback',
    keys: ['ArrowLeft'],
    when: somethingPlaying,
    run: (app) => app.player.seek(app.player.position - SEEK_STEP),
  },
  {
    id: 'play.forward',
    keysOnly: true,
    name: 'Forward 1 second',
    group: 'Playback',
    keys: ['ArrowRight'],
    when: somethingPlaying,
    run: (app) => app.player.seek(app.player.position + SEEK_STEP),
  },
  {
    id: 'play.loop',
    name: 'Loop on or off',
    group: 'Playback',
    keys: ['L'],
    when: somethingPlaying,
    run: (app) => app.player.toggleLoop(),
  },
  {
    id: 'play.loop-what',
    name: 'Loop match, selection or file',
    group: 'Playback',
    keys: ['Shift+L'],
    when: somethingPlaying,
    run: (app) => app.player.chooseNextLoop(),
  },
  {
    id: 'play.span',
    name: 'Play the selection or match once',
    group: 'Playback',
    keys: ['P'],
    when: ({ player, timeSelection }) => timeSelection.span !== null || player.hit !== null,
    run: ({ player, timeSelection }) => player.playSpan((timeSelection.span ?? player.hit)!),
  },
  {
    id: 'play.from-start',
    name: 'Play from the start of the file',
    group: 'Playback',
    keys: ['Shift+P'],
    when: somethingPlaying,
    run: ({ player }) => player.playFrom(null),
  },
  {
    id: 'play.from-match',
    name: 'Play from the selection or match to the end',
    group: 'Playback',
    keys: ['Shift+Space'],
    when: ({ player, timeSelection }) => timeSelection.span !== null || player.hit !== null,
    run: ({ player, timeSelection }) => player.playFrom(timeSelection.span ?? player.hit),
  },
];

/** Walking through a list and hearing it. */
import type { App } from '../stores/app.svelte.ts';
import { onSearch, somethingPlaying, type Action } from './action.ts';

/** s */
const SEEK_STEP = 1;
const PAGE_ROWS = 12;

function walk(step: number, stretch = false): (app: App) => void {
  return (app) => {
    app.selection.move(step, stretch);
    if (stretch) app.detail.show(app.selection.fileId);
    else app.selected();
  };
}

export const LISTEN_ACTIONS: readonly Action[] = [
  {
    id: 'listen.next',
    keysOnly: true,
    name: 'Next sound',
    group: 'Listen',
    keys: ['ArrowDown'],
    when: onSearch,
    run: walk(1),
  },
  {
    id: 'listen.previous',
    keysOnly: true,
    name: 'Previous sound',
    group: 'Listen',
    keys: ['ArrowUp'],
    when: onSearch,
    run: walk(-1),
  },
  {
    id: 'listen.page-down',
    keysOnly: true,
    name: 'A page down',
    group: 'Listen',
    keys: ['PageDown'],
    when: onSearch,
    run: walk(PAGE_ROWS),
  },
  {
    id: 'listen.page-up',
    keysOnly: true,
    name: 'A page up',
    group: 'Listen',
    keys: ['PageUp'],
    when: onSearch,
    run: walk(-PAGE_ROWS),
  },
  {
    id: 'listen.first',
    keysOnly: true,
    name: 'First sound',
    group: 'Listen',
    keys: ['Home'],
    when: onSearch,
    run: walk(-Infinity),
  },
  {
    id: 'listen.last',
    keysOnly: true,
    name: 'Last sound',
    group: 'Listen',
    keys: ['End'],
    when: onSearch,
    run: walk(Infinity),
  },
  {
    id: 'listen.play',
    name: 'Play or stop',
    group: 'Listen',
    keys: ['Space'],
    when: somethingPlaying,
    run: (app) => app.player.playOrStop(),
  },
  {
    id: 'listen.back',
    keysOnly: true,
    name: 'Back a second',
    group: 'Listen',
    keys: ['ArrowLeft'],
    when: somethingPlaying,
    run: (app) => app.player.seek(app.player.position - SEEK_STEP),
  },
  {
    id: 'listen.forward',
    keysOnly: true,
    name: 'Forward a second',
    group: 'Listen',
    keys: ['ArrowRight'],
    when: somethingPlaying,
    run: (app) => app.player.seek(app.player.position + SEEK_STEP),
  },
  {
    id: 'listen.loop',
    name: 'Loop the match, or the file',
    group: 'Listen',
    keys: ['L'],
    when: somethingPlaying,
    run: (app) => app.player.toggleLoop(),
  },
];

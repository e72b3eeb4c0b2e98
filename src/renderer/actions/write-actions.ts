/** Looking through what would be written, by keys alone. */
import { writeOf } from '../screens/write/write.svelte.ts';
import type { App } from '../stores/app.svelte.ts';
import type { Action } from './action.ts';

const PAGE_ROWS = 12;

const walkable = (app: App) => app.screen === 'write' && writeOf(app).walked !== null;
const planned = (app: App) => app.screen === 'write' && writeOf(app).tab === 'tags' && writeOf(app).phase === 'planned';

function walk(id: string, name: string, key: string, step: number): Action {
  return {
    ...{ id: `write.${id}`, name, group: 'Tags', keys: [key], keysOnly: true },
    when: walkable,
    run: (app) => writeOf(app).walked?.move(step),
  };
}

export const WRITE_ACTIONS: readonly Action[] = [
  {
    id: 'write.leave-out',
    name: 'Exclude a file from the write, or include it again',
    group: 'Tags',
    keys: ['X'],
    when: (app) => planned(app) && writeOf(app).shown === 'change' && writeOf(app).current !== null,
    run: (app) => writeOf(app).toggleCurrent(),
  },
  {
    id: 'write.write',
    name: 'Write tags into the files…',
    group: 'Tags',
    keys: ['Mod+Enter'],
    when: (app) => planned(app) && writeOf(app).toWrite > 0,
    run: (app) => writeOf(app).askToWrite(),
  },
  walk('next', 'Next file of the plan', 'ArrowDown', 1),
  walk('previous', 'Previous file of the plan', 'ArrowUp', -1),
  walk('page-down', 'Page down in the plan', 'PageDown', PAGE_ROWS),
  walk('page-up', 'Page up in the plan', 'PageUp', -PAGE_ROWS),
  walk('first', 'First file of the plan', 'Home', -Infinity),
  walk('last', 'Last file of the plan', 'End', Infinity),
];

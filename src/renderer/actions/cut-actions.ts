/** Pieces of what was found, as files of their own. */
import { hasMatches, recordings, selectedMatches, selectedRange } from '../stores/exporting.svelte.ts';
import type { Action } from './action.ts';

export const CUT_ACTIONS: readonly Action[] = [
  {
    id: 'cut.piece',
    name: 'Export match or selection…',
    group: 'Organise',
    keys: ['E'],
    when: (app) => selectedRange(app).length > 0 || selectedMatches(app).length > 0,
    run: (app) => app.show('export-piece'),
  },
  {
    id: 'cut.all',
    name: 'Export all matches…',
    group: 'Organise',
    keys: ['Shift+E'],
    when: hasMatches,
    run: (app) => app.show('export-all'),
  },
  {
    id: 'cut.recording',
    name: 'Save recording…',
    group: 'Organise',
    keys: [],
    when: (app) => recordings(app).length > 0,
    run: (app) => app.show('export-recording'),
  },
];

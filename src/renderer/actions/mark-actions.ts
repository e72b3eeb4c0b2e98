/** What the user says about files, and taking it back. */
import type { App } from '../stores/app.svelte.ts';
import { onSearch, somethingSelected, type Action } from './action.ts';

function rate(stars: number): Action {
  return {
    id: `mark.stars-${stars}`,
    name: stars === 1 ? '1 star' : `${stars} stars`,
    group: 'Organise',
    keys: [String(stars)],
    when: somethingSelected,
    run: (app) => void app.marks.rate(app.selection.fileIds, stars).then(() => app.detail.refresh()),
  };
}

/** Out of the collection that is shown; the row behind them is selected then, so that the next can follow. */
async function takeFromOpen(app: App): Promise<void> {
  const { openCollection, selection } = app;
  if (openCollection === null) return;
  const { fileIds, ids, current } = selection;
  const left = (id: number) => !fileIds.includes(id);
  const next = ids.slice(Math.max(0, current)).find(left) ?? ids.findLast(left);
  await app.marks.takeFrom(openCollection, fileIds);
  await app.search.ask();
  const row = next === undefined || selection.size > 0 ? -1 : selection.ids.indexOf(next);
  if (row >= 0) selection.only(row);
  app.detail.show(selection.fileId);
}

export const MARK_ACTIONS: readonly Action[] = [
  {
    id: 'mark.favourite',
    name: 'Favourite',
    group: 'Organise',
    keys: ['F'],
    when: somethingSelected,
    run: (app) => void app.marks.toggleFavourite(app.selection.fileIds).then(() => app.detail.refresh()),
  },
  ...[1, 2, 3, 4, 5].map(rate),
  {
    id: 'mark.collect',
    name: 'Add to a collection…',
    group: 'Organise',
    keys: ['C'],
    when: somethingSelected,
    run: (app) => app.show('collections'),
  },
  {
    id: 'mark.take',
    name: 'Remove from this collection',
    group: 'Organise',
    keys: ['Delete', 'Backspace'],
    when: (app) => onSearch(app) && app.selection.size > 0 && app.openCollection !== null,
    run: (app) => void takeFromOpen(app),
  },
  {
    id: 'mark.undo',
    name: 'Undo',
    group: 'Organise',
    keys: ['Mod+Z'],
    when: (app) => !app.undo.empty,
    run: (app) => void app.undoLast(),
  },
  {
    id: 'select.all',
    name: 'Select all',
    group: 'Organise',
    keys: ['Mod+A'],
    when: onSearch,
    run: (app) => app.selection.all(),
  },
];

/** What the user says about sounds, and taking it back. */
import { onSearch, somethingSelected, type Action } from './action.ts';

function rate(stars: number): Action {
  return {
    id: `mark.stars-${stars}`,
    name: stars === 1 ? '1 star' : `${stars} stars`,
    group: 'Mark',
    keys: [String(stars)],
    when: somethingSelected,
    run: (app) => void app.marks.rate(app.selection.fileIds, stars).then(() => app.detail.refresh()),
  };
}

export const MARK_ACTIONS: readonly Action[] = [
  {
    id: 'mark.favourite',
    name: 'Favourite',
    group: 'Mark',
    keys: ['F'],
    when: somethingSelected,
    run: (app) => void app.marks.toggleFavourite(app.selection.fileIds).then(() => app.detail.refresh()),
  },
  ...[1, 2, 3, 4, 5].map(rate),
  {
    id: 'mark.collect',
    name: 'Add to a collection',
    group: 'Mark',
    keys: ['C'],
    when: somethingSelected,
    run: (app) => app.show('collections'),
  },
  {
    id: 'mark.undo',
    name: 'Undo',
    group: 'Mark',
    keys: ['Mod+Z'],
    when: (app) => !app.undo.empty,
    run: (app) => void app.undoLast(),
  },
  {
    id: 'select.all',
    name: 'Select all',
    group: 'Mark',
    keys: ['Mod+A'],
    when: onSearch,
    run: (app) => app.selection.all(),
  },
];

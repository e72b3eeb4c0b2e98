/** Deciding about tags: in the review row after row, elsewhere for the selected file. */
import { reviewOf } from '../screens/tags/review.svelte.ts';
import type { App } from '../stores/app.svelte.ts';
import { DETAIL_FLOOR, tagsOf } from '../stores/tags.svelte.ts';
import { somethingSelected, type Action } from './action.ts';

const PAGE_ROWS = 12;
/** A tag made from fewer examples would know next to nothing. */
export const LEAST_EXAMPLES = 3;

const reviewing = (app: App) => app.screen === 'tags' && reviewOf(app).open;
const reviewingRow = (app: App) => reviewing(app) && reviewOf(app).current !== null;
const reviewingByFile = (app: App) => reviewingRow(app) && reviewOf(app).tab === 'files';

/** The most probable suggestion of the selected file, once the panel shows it: before that, nobody can have seen it. */
function suggestionFor(app: App) {
  const fileId = app.detail.file?.fileId;
  if (fileId === undefined || fileId !== app.selection.fileId) return null;
  if (!somethingSelected(app) || !app.panelOpen) return null;
  const tag = tagsOf(app).suggestionsOf(fileId, DETAIL_FLOOR)?.[0];
  return tag === undefined ? null : { fileId, tag };
}

function decide(app: App, accepted: boolean): void {
  if (reviewing(app)) {
    reviewOf(app).decide(accepted);
    return;
  }
  const found = suggestionFor(app);
  if (found === null) return;
  const { fileId, tag } = found;
  void tagsOf(app).decide([{ fileId, tagId: tag.tagId, accepted }], `${accepted ? 'accept' : 'reject'} “${tag.name}”`);
}

const decidable = (app: App) => reviewingRow(app) || suggestionFor(app) !== null;

function walk(id: string, name: string, key: string, step: number): Action {
  return {
    ...{ id: `review.${id}`, name, group: 'Tags', keys: [key], keysOnly: true },
    when: reviewing,
    run: (app) => reviewOf(app).walk(step),
  };
}

export const TAG_ACTIONS: readonly Action[] = [
  {
    id: 'tags.accept',
    name: 'Accept the suggested tag',
    group: 'Tags',
    keys: ['A'],
    when: decidable,
    run: (app) => decide(app, true),
  },
  {
    id: 'tags.reject',
    name: 'Reject the suggested tag',
    group: 'Tags',
    keys: ['R'],
    when: decidable,
    run: (app) => decide(app, false),
  },
  {
    id: 'tags.take-back',
    name: 'Clear a decision',
    group: 'Tags',
    keys: ['Backspace', 'Delete'],
    when: reviewingRow,
    run: (app) => reviewOf(app).decide(null),
  },
  {
    id: 'tags.accept-all',
    name: 'Accept all suggestions above the threshold',
    group: 'Tags',
    keys: ['Shift+A'],
    when: (app) => reviewing(app) && (reviewOf(app).forecast?.suggestions ?? 0) > 0,
    run: (app) => app.show('accept-all'),
  },
  {
    id: 'tags.add',
    name: 'Add tag…',
    group: 'Tags',
    keys: ['T'],
    when: (app) => somethingSelected(app) || reviewingRow(app),
    run: (app) => app.show('tag'),
  },
  {
    id: 'tags.make',
    name: 'New tag from selected files',
    group: 'Tags',
    keys: [],
    when: (app) => somethingSelected(app) && app.selection.size >= LEAST_EXAMPLES,
    run: (app) => app.show('make-tag'),
  },
  {
    id: 'review.next-tag',
    name: 'Next tag',
    group: 'Tags',
    keys: ['Alt+ArrowDown'],
    keysOnly: true,
    when: (app) => reviewing(app) && reviewOf(app).tab === 'tags',
    run: (app) => reviewOf(app).walkTags(1),
  },
  {
    id: 'review.previous-tag',
    name: 'Previous tag',
    group: 'Tags',
    keys: ['Alt+ArrowUp'],
    keysOnly: true,
    when: (app) => reviewing(app) && reviewOf(app).tab === 'tags',
    run: (app) => reviewOf(app).walkTags(-1),
  },
  {
    id: 'review.next-chip',
    name: 'Next tag of the file',
    group: 'Tags',
    keys: ['ArrowRight'],
    keysOnly: true,
    when: reviewingByFile,
    run: (app) => reviewOf(app).walkChips(1),
  },
  {
    id: 'review.previous-chip',
    name: 'Previous tag of the file',
    group: 'Tags',
    keys: ['ArrowLeft'],
    keysOnly: true,
    when: reviewingByFile,
    run: (app) => reviewOf(app).walkChips(-1),
  },
  walk('next', 'Next file in the review', 'ArrowDown', 1),
  walk('previous', 'Previous file in the review', 'ArrowUp', -1),
  walk('page-down', 'Page down in the review', 'PageDown', PAGE_ROWS),
  walk('page-up', 'Page up in the review', 'PageUp', -PAGE_ROWS),
  walk('first', 'First file in the review', 'Home', -Infinity),
  walk('last', 'Last file in the review', 'End', Infinity),
  {
    id: 'review.select-all',
    name: 'Select all in the review',
    group: 'Tags',
    keys: ['Mod+A'],
    keysOnly: true,
    when: reviewing,
    run: (app) => reviewOf(app).selection.all(),
  },
];

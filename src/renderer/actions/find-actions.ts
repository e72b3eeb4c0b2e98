/** Looking for sounds, by words and by other sounds. */
import type { App } from '../stores/app.svelte.ts';
import { likeName } from '../stores/search.svelte.ts';
import { always, onSearch, somethingPlaying, somethingSelected, type Action } from './action.ts';

function likeSelected(app: App, fromThisMoment: boolean): void {
  // A new answer has nothing selected; what still plays is what is meant then.
  const fileId = app.selection.fileId ?? app.player.fileId;
  const path = fileId === null ? null : app.pathOf(fileId);
  if (fileId === null || path === null) return;
  const here = app.player.fileId === fileId ? app.player.position : (app.hitOf(fileId)?.startSeconds ?? 0);
  const like = { path, startSeconds: fromThisMoment ? here : null };
  app.search.likeSound(like);
  app.goTo('search');
  app.notices.say(`Sounds like “${likeName(like)}”. Words in the field count too.`);
}

const somethingMeant = (app: App) => somethingSelected(app) || (onSearch(app) && somethingPlaying(app));

/** The row that an arrow to the left closes: the selected one, or the one that it belongs to. */
function openRow({ rows, selection }: App): number | null {
  const { fileId } = selection;
  if (fileId === null) return null;
  return rows.isOpen(fileId) ? fileId : rows.leaderOf(fileId);
}

export const FIND_ACTIONS: readonly Action[] = [
  {
    id: 'find.open-group',
    keysOnly: true,
    name: 'Show copies and variants',
    group: 'Find',
    keys: ['ArrowRight'],
    when: ({ screen, rows, selection: { fileId } }) =>
      screen === 'search' && fileId !== null && rows.groupOf(fileId) !== null && !rows.isOpen(fileId),
    run: (app) => app.toggleGroup(app.selection.fileId!),
  },
  {
    id: 'find.close-group',
    keysOnly: true,
    name: 'Hide copies and variants',
    group: 'Find',
    keys: ['ArrowLeft'],
    when: (app) => onSearch(app) && openRow(app) !== null,
    run: (app) => app.toggleGroup(openRow(app)!),
  },
  {
    id: 'find.group',
    name: 'Group copies and variants, or show every sound',
    group: 'Find',
    keys: [],
    when: (app) => onSearch(app) && app.search.isAsking,
    run: (app) => app.groupResults(app.rows.flat),
  },
  {
    id: 'find.focus',
    name: 'Search',
    group: 'Find',
    keys: ['/', 'Mod+F'],
    whileTyping: true,
    when: always,
    run: (app) => app.focusSearch(),
  },
  {
    id: 'find.similar',
    name: 'Find sounds like this one',
    group: 'Find',
    keys: ['S'],
    when: somethingMeant,
    run: (app) => likeSelected(app, false),
  },
  {
    id: 'find.similar-moment',
    name: 'Find sounds like this moment',
    group: 'Find',
    keys: ['Shift+S'],
    when: somethingMeant,
    run: (app) => likeSelected(app, true),
  },
  {
    id: 'find.clear',
    name: 'Show the whole library',
    group: 'Find',
    keys: [],
    when: (app) => onSearch(app) && (app.search.isAsking || app.search.given !== null),
    run: (app) => app.search.open({}),
  },
  {
    id: 'find.save',
    name: 'Save this search',
    group: 'Find',
    keys: ['Mod+S'],
    whileTyping: true,
    when: (app) => onSearch(app) && app.search.isAsking,
    run: (app) => app.show('save-search'),
  },
];

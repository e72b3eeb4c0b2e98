/** Looking for files, by words and by other files. */
import type { App } from '../stores/app.svelte.ts';
import { recorderOf } from '../recording/recorder.svelte.ts';
import type { Search } from '../stores/search.svelte.ts';
import { asQuery, NO_SOUNDS, type LikeSound } from '../query/like-sound.ts';
import { MOST_REFERENCES } from '../../shared/types.ts';
import { always, onSearch, somethingPlaying, somethingSelected, type Action } from './action.ts';

function likeSelected(app: App, fromThisMoment: boolean): void {
  // A new answer has nothing selected; what still plays is what is meant then.
  const fileId = app.selection.fileId ?? app.player.fileId;
  const path = fileId === null ? null : app.pathOf(fileId);
  if (fileId === null || path === null) return;
  // From words that found the file nothing is left: who wants both types them beside it.
  app.search.open(asQuery({ ...NO_SOUNDS, like: [fromThisMoment ? momentOf(app, fileId, path) : { path, startSeconds: null }] })); // prettier-ignore
  app.goTo('search');
}

/** What is selected of a file, or else where it stands. */
function momentOf(app: App, fileId: number, path: string): LikeSound {
  const selected = app.timeSelection.range?.fileId === fileId ? app.timeSelection.span : null;
  if (selected !== null) return { path, ...selected };
  const here = app.player.fileId === fileId ? app.player.position : (app.hitOf(fileId)?.startSeconds ?? 0);
  return { path, startSeconds: here };
}

/** The selected files beside what is asked, each once. */
function addSelected(app: App, to: 'like' | 'unlike'): void {
  const { search, selection } = app;
  const ids = selection.fileIds.length > 0 ? selection.fileIds : [app.player.fileId].filter((id) => id !== null);
  const paths = ids.map((id) => app.pathOf(id)).filter((path) => path !== null);
  const isNew = (path: string) => !search.sounds[to].some((one) => one.path === path && one.startSeconds === null);
  const added = paths.filter(isNew).map((path) => ({ path, startSeconds: null }));
  const isOut = ({ path }: LikeSound) => !added.some((one) => one.path === path);
  const other = to === 'like' ? 'unlike' : 'like';
  const sounds = [...search.sounds[to], ...added];
  if (sounds.length > MOST_REFERENCES) {
    app.notices.say(`A search takes at most ${MOST_REFERENCES} such sounds. Remove some above the results.`);
  } else if (added.length > 0) {
    search.bySounds({ ...search.sounds, [to]: sounds, [other]: search.sounds[other].filter(isOut) });
    app.goTo('search');
  }
}

/** In the first file alone, or everywhere. */
export function searchInSameFile(search: Search, inSameFile: boolean): void {
  const [first, ...others] = search.sounds.like;
  if (first !== undefined) search.bySounds({ ...search.sounds, like: [{ ...first, inSameFile }, ...others] });
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
    name: 'Toggle grouping of copies and variants',
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
    name: 'Find similar files',
    group: 'Find',
    keys: ['S'],
    when: somethingMeant,
    run: (app) => likeSelected(app, false),
  },
  {
    id: 'find.similar-moment',
    name: 'Find files similar to this moment or selection',
    group: 'Find',
    keys: ['Shift+S'],
    when: somethingMeant,
    run: (app) => likeSelected(app, true),
  },
  {
    id: 'find.also-like',
    name: 'Also like this',
    group: 'Find',
    keys: ['Q'],
    when: somethingMeant,
    run: (app) => addSelected(app, 'like'),
  },
  {
    id: 'find.less-like',
    name: 'Less like this',
    group: 'Find',
    keys: ['Shift+Q'],
    when: (app) => somethingMeant(app) && app.search.isAsking,
    run: (app) => addSelected(app, 'unlike'),
  },
  {
    id: 'find.record',
    name: 'Record a sound to search by',
    group: 'Find',
    keys: ['Shift+M'],
    when: (app) => recorderOf(app).state === 'idle' && !app.firstStart,
    run: (app) => {
      app.goTo('search');
      void recorderOf(app).start();
    },
  },
  {
    id: 'find.same-file',
    name: 'Search only in the file of the reference, or everywhere',
    group: 'Find',
    keys: [],
    when: (app) => onSearch(app) && app.search.like !== null,
    run: ({ search }) => searchInSameFile(search, search.like?.inSameFile !== true),
  },
  {
    id: 'find.clear',
    name: 'Show all files',
    group: 'Find',
    keys: [],
    when: (app) => onSearch(app) && (app.search.isAsking || app.search.given !== null),
    run: (app) => app.search.open({}),
  },
  {
    id: 'find.save',
    name: 'Save this search…',
    group: 'Find',
    keys: ['Mod+S'],
    whileTyping: true,
    when: (app) => onSearch(app) && app.search.isAsking,
    run: (app) => app.show('save-search'),
  },
];

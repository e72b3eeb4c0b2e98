/**
 * Everything the window can do by a key or by name, written once. Shortcuts, the command palette, the page of keys
 * and the desktop app's menu are all made of this table.
 */
import type { App } from '../stores/app.svelte.ts';
import type { Screen } from '../stores/screens.ts';
import { likeName } from '../stores/search.svelte.ts';

export const GROUPS = ['Find', 'Listen', 'Mark', 'Go to', 'Window'] as const;
export type Group = (typeof GROUPS)[number];

export interface Action {
  /** Stable: menus of the desktop app call it by this. */
  id: string;
  name: string;
  group: Group;
  /** In the form of keys.ts; the first is the one shown. */
  keys: readonly string[];
  /** Listed under the keys, not offered by name: nobody looks for "next sound" in a list. */
  keysOnly?: boolean;
  /** A key of one letter does nothing while text is typed; these work there too. */
  whileTyping?: boolean;
  /** Whether it makes sense now; actions that do not are neither run nor offered. */
  when: (app: App) => boolean;
  run: (app: App) => void;
}

const always = () => true;
const onSearch = (app: App) => app.screen === 'search';
const somethingSelected = (app: App) => (onSearch(app) || app.screen === 'map') && app.selection.size > 0;
const somethingPlaying = (app: App) => app.player.fileId !== null;

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

function likeSelected(app: App, fromThisMoment: boolean): void {
  const { fileId } = app.selection;
  const path = fileId === null ? null : app.pathOf(fileId);
  if (fileId === null || path === null) return;
  const here = app.player.fileId === fileId ? app.player.position : (app.hitOf(fileId)?.startSeconds ?? 0);
  const like = { path, startSeconds: fromThisMoment ? here : null };
  app.search.likeSound(like);
  app.goTo('search');
  app.notices.say(`Sounds like “${likeName(like)}”. Words in the field count too.`);
}

async function copyPaths(app: App): Promise<void> {
  const paths = app.selection.fileIds.map((id) => app.pathOf(id)).filter((path) => path !== null);
  const done = await app.notices.attempt(async () => {
    await navigator.clipboard.writeText(paths.join('\n'));
    return true;
  });
  if (done !== null) app.notices.say(paths.length === 1 ? 'Path copied.' : `${paths.length} paths copied.`);
}

function reveal(app: App): void {
  const path = app.selection.fileId === null ? null : app.pathOf(app.selection.fileId);
  const { revealFile } = app.host;
  if (path !== null && revealFile !== null) void app.notices.attempt(() => revealFile(path));
}

/** In the browser there is no dialog that gives paths: they are typed. */
export async function addFolders(app: App): Promise<void> {
  const { chooseFolders } = app.host;
  if (chooseFolders === null) {
    app.show('add-folder');
    return;
  }
  const folders = await app.notices.attempt(chooseFolders);
  if (folders !== null && folders.length > 0) await app.jobs.listenTo(folders);
}

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

function go(screen: Screen, name: string, keys: readonly string[] = []): Action {
  return {
    id: `go.${screen}`,
    name,
    group: 'Go to',
    keys,
    when: (app) => app.screen !== screen,
    run: (app) => app.goTo(screen),
  };
}

export const ACTIONS: readonly Action[] = [
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
    when: somethingSelected,
    run: (app) => likeSelected(app, false),
  },
  {
    id: 'find.similar-moment',
    name: 'Find sounds like this moment',
    group: 'Find',
    keys: ['Shift+S'],
    when: somethingSelected,
    run: (app) => likeSelected(app, true),
  },
  {
    id: 'find.clear',
    name: 'Show the whole library',
    group: 'Find',
    keys: [],
    when: (app) => onSearch(app) && app.search.isAsking,
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
    name: 'Loop the hit',
    group: 'Listen',
    keys: ['L'],
    when: (app) => somethingPlaying(app) && app.player.hit !== null,
    run: (app) => app.player.toggleLoop(),
  },
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
    when: (app) => app.undo.next !== null,
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
  {
    id: 'file.reveal',
    name: 'Show in its folder',
    group: 'Go to',
    keys: ['Enter'],
    when: (app) => somethingSelected(app) && app.host.revealFile !== null,
    run: reveal,
  },
  {
    id: 'file.copy-path',
    name: 'Copy the path',
    group: 'Go to',
    keys: ['Mod+C'],
    when: somethingSelected,
    run: (app) => void copyPaths(app),
  },
  go('search', 'Search'),
  go('map', 'Map', ['M']),
  go('collections', 'Collections'),
  go('library', 'Library'),
  go('tags', 'Tags'),
  go('models', 'Models'),
  go('settings', 'Settings', ['Mod+,']),
  {
    id: 'library.add',
    name: 'Add folders',
    group: 'Window',
    keys: ['Mod+O'],
    whileTyping: true,
    when: always,
    run: (app) => void addFolders(app),
  },
  {
    id: 'library.listen',
    name: 'Look for changes in all folders',
    group: 'Window',
    keys: [],
    when: (app) => app.jobs.active === null,
    run: (app) => void app.jobs.listenTo([]),
  },
  {
    id: 'library.pause',
    name: 'Pause or resume listening',
    group: 'Window',
    keys: [],
    when: (app) => app.jobs.active !== null,
    run: (app) => void app.jobs.pauseOrResume(),
  },
  {
    id: 'window.panel',
    name: 'Fold the panel in or out',
    group: 'Window',
    keys: ['I'],
    when: always,
    run: (app) => app.togglePanel(),
  },
  {
    id: 'window.theme',
    name: 'Change between dark and light',
    group: 'Window',
    keys: [],
    when: always,
    run: (app) =>
      app.settings.set({ appearance: document.documentElement.dataset['theme'] === 'light' ? 'dark' : 'light' }),
  },
  {
    id: 'window.rows',
    name: 'Change between comfortable and compact rows',
    group: 'Window',
    keys: [],
    when: always,
    run: (app) => app.settings.set({ rowHeight: app.settings.now.rowHeight === 'compact' ? 'comfortable' : 'compact' }),
  },
  {
    id: 'window.play-on-select',
    name: 'Play sounds as they are selected, or not',
    group: 'Window',
    keys: [],
    when: always,
    run: (app) => app.settings.set({ playOnSelect: !app.settings.now.playOnSelect }),
  },
  {
    id: 'window.palette',
    name: 'All commands',
    group: 'Window',
    keys: ['Mod+K'],
    whileTyping: true,
    when: always,
    run: (app) => app.show(app.overlay === 'palette' ? null : 'palette'),
  },
  {
    id: 'window.keys',
    name: 'Keys',
    group: 'Window',
    keys: ['?'],
    when: always,
    run: (app) => app.show(app.overlay === 'help' ? null : 'help'),
  },
];

/** The action of a key, if it makes sense now. @param typing the focus is in a text field */
export function actionFor(key: string, typing: boolean, app: App): Action | null {
  const plain = !key.startsWith('Mod+');
  return (
    ACTIONS.find(
      (action) => action.keys.includes(key) && (!typing || (action.whileTyping === true && !plain)) && action.when(app),
    ) ?? null
  );
}

/** To the screens, and out of the window to a file. */
import type { App } from '../stores/app.svelte.ts';
import type { Screen } from '../stores/screens.ts';
import { somethingSelected, type Action } from './action.ts';

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

export const GO_ACTIONS: readonly Action[] = [
  {
    id: 'file.reveal',
    name: 'Show in folder',
    group: 'Go to',
    keys: ['Enter'],
    when: (app) => somethingSelected(app) && app.host.revealFile !== null,
    run: reveal,
  },
  {
    id: 'file.copy-path',
    name: 'Copy path',
    group: 'Go to',
    keys: ['Mod+C'],
    when: somethingSelected,
    run: (app) => void copyPaths(app),
  },
  {
    id: 'go.back',
    name: 'Back',
    group: 'Go to',
    keys: ['Alt+ArrowLeft', 'Mod+['],
    whileTyping: true,
    when: (app) => app.history.canGoBack,
    run: (app) => app.history.back(),
  },
  {
    id: 'go.forward',
    name: 'Forward',
    group: 'Go to',
    keys: ['Alt+ArrowRight', 'Mod+]'],
    whileTyping: true,
    when: (app) => app.history.canGoForward,
    run: (app) => app.history.forward(),
  },
  // By name there is `find.focus`, which goes there as well; this one is for menus.
  { ...go('search', 'Search'), keysOnly: true },
  go('map', 'Map', ['M']),
  go('collections', 'Collections'),
  go('library', 'Library'),
  go('tags', 'Tags'),
  go('write', 'Write'),
  go('models', 'Models'),
  go('settings', 'Settings', ['Mod+,']),
];

/** Folders and listening to them. */
import type { App } from '../stores/app.svelte.ts';
import { always, type Action } from './action.ts';

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

export const LIBRARY_ACTIONS: readonly Action[] = [
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
];

/** Adding folders and analysing them. */
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
  if (folders !== null && folders.length > 0) await app.jobs.startIndex(folders);
}

export const LIBRARY_ACTIONS: readonly Action[] = [
  {
    id: 'library.add',
    name: 'Add folders…',
    group: 'Window',
    keys: ['Mod+O'],
    whileTyping: true,
    when: always,
    run: (app) => void addFolders(app),
  },
  {
    id: 'library.scan',
    name: 'Scan all folders for changes',
    group: 'Window',
    keys: [],
    when: (app) => app.jobs.active === null,
    run: (app) => void app.jobs.startIndex([]),
  },
  {
    id: 'library.pause',
    name: 'Pause or resume analysis',
    group: 'Window',
    keys: [],
    when: (app) => app.jobs.active !== null,
    run: (app) => void app.jobs.pauseOrResume(),
  },
];

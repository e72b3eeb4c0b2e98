/** Looking around on this machine, for a window without the system's dialogs. */
import { homedir } from 'node:os';
import type { FolderCalls, Place } from '../../shared/calls/folders.ts';
import type { Engine } from '../../shared/contract.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import { listDrives } from '../files/drives.ts';
import { listFolder } from '../files/list-folder.ts';

export function folderCalls(deps: Pick<CatalogueAccess, 'existingCatalogue'>): Pick<Engine, keyof FolderCalls> {
  return {
    'place.list': async () => {
      const library = deps.existingCatalogue()?.roots.list() ?? [];
      const places: Place[] = [
        { kind: 'home', path: homedir() },
        ...library.map(({ path }): Place => ({ kind: 'library', path })),
        ...(await listDrives()).map((path): Place => ({ kind: 'drive', path })),
      ];
      return places.filter(({ path }, index) => places.findIndex((place) => place.path === path) === index);
    },
    'folder.list': ({ path, extensions, hidden }) => listFolder(path ?? homedir(), { extensions, hidden }),
  };
}

/** Roots and their settings; duplicates. */
import { join } from 'node:path';
import type { LibraryCalls, LibraryRoot } from '../../shared/calls/library.ts';
import type { Engine } from '../../shared/contract.ts';
import { UserError } from '../../shared/errors.ts';
import type { RootStatus } from '../../shared/types.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { RootRow } from '../catalogue/stores/roots.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import type { LibraryWatch } from '../scan/library-watch.ts';
import { resolveScopes } from '../scan/roots.ts';

/** No embedding space has this id: nothing counts as analysed. */
const NO_SPACE = 0;
/** Below the data folder. */
const DEMO_FOLDER = 'demo-sounds';

type LibraryDeps = CatalogueAccess & Pick<ModelAccess, 'spaceId'>;

/** @param changed called with the roots that have changed */
export function libraryCalls(
  deps: LibraryDeps,
  watch: LibraryWatch,
  changed: (rootIds: number[]) => void,
): Pick<Engine, keyof LibraryCalls> {
  const describe = async (row: RootRow, status: RootStatus): Promise<LibraryRoot> => {
    const { watching, problem } = watch.stateOf(row.id);
    const wanted = await watch.isWanted(row);
    // What has just been set holds before the watching process has followed.
    const active = wanted && !row.paused;
    return {
      ...status,
      watch: wanted,
      paused: row.paused,
      drive: await watch.driveOf(row.path),
      watching: active && watching,
      watchProblem: active ? problem : null,
    };
  };
  const list = async (catalogue: Catalogue): Promise<LibraryRoot[]> => {
    const statuses = new Map(catalogue.totals.perRoot(await spaceOrNone(deps)).map((status) => [status.id, status]));
    const roots: LibraryRoot[] = [];
    for (const row of catalogue.roots.list()) {
      const status = statuses.get(row.id);
      if (status) roots.push(await describe(row, status));
    }
    return roots;
  };
  const one = async (catalogue: Catalogue, id: number): Promise<LibraryRoot> => {
    const root = (await list(catalogue)).find((each) => each.id === id);
    if (!root) throw noSuchRoot();
    return root;
  };
  const touched = (rootIds: number[]): void => {
    // Nobody waits for it: with a large folder the system takes its time. `root.changed` comes again when it is done.
    void watch.refresh();
    changed(rootIds);
  };

  return {
    'root.list': async () => {
      const catalogue = deps.existingCatalogue();
      return catalogue ? list(catalogue) : [];
    },
    'root.add': async ({ path }) => {
      const catalogue = deps.catalogue();
      const before = catalogue.roots.list().map(({ id }) => id);
      const [scope] = await resolveScopes([path], catalogue.roots);
      const id = scope!.root.id; // one folder is one scope
      // Those that have become part of it are not what they were, too.
      const after = new Set(catalogue.roots.list().map((root) => root.id));
      touched([id, ...before.filter((old) => !after.has(old))]);
      return one(catalogue, id);
    },
    'root.remove': (id) => {
      rowInUse(deps, id);
      deps.catalogue().roots.hide(id);
      touched([id]);
      return Promise.resolve(null);
    },
    'root.set': async ({ id, watch: watched, paused }) => {
      rowInUse(deps, id);
      const catalogue = deps.catalogue();
      catalogue.transaction(() => {
        if (watched !== undefined) catalogue.roots.setWatch(id, watched);
        if (paused !== undefined) catalogue.roots.setPaused(id, paused);
      });
      touched([id]);
      return one(catalogue, id);
    },
    'demo.make': async () => {
      const folder = join(deps.dataFolder, DEMO_FOLDER);
      const { writeDemoLibrary } = await import('../../demo/library.ts');
      await writeDemoLibrary(folder);
      return folder;
    },
    'duplicate.list': ({ limit }) =>
      Promise.resolve(deps.existingCatalogue()?.duplicates.list(limit) ?? { groups: [], total: 0, spareBytes: 0 }),
  };
}

function rowInUse(deps: LibraryDeps, id: number): RootRow {
  const row = deps.existingCatalogue()?.roots.byId(id);
  if (!row || row.removedMs !== null) throw noSuchRoot();
  return row;
}

function noSuchRoot(): UserError {
  return new UserError('not-found', 'This folder is no longer in the library. Reload the list of folders.');
}

/** The library is shown without a usable model, too; what is wrong with it stands in the list of models. */
async function spaceOrNone(deps: LibraryDeps): Promise<number> {
  try {
    return await deps.spaceId();
  } catch (error) {
    if (error instanceof UserError && error.code.startsWith('model-')) return NO_SPACE;
    throw error;
  }
}

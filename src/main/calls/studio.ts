/** The calls about a studio. */
import type { StudioCalls, StudioWord } from '../../shared/calls/studio.ts';
import type { Engine } from '../../shared/contract.ts';
import { fileMissing } from '../../shared/refusals.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { StudioStore } from '../catalogue/stores/studio/studio.ts';
import { initStudio, joinAsWorker, joinStudio, leaveStudio, studioStatus } from '../studio/studio.ts';
import { restoreVersion, share, sharedItems, versionsOf } from '../studio/sharing.ts';
import type { Syncing } from '../studio/syncing.ts';
import type { Vocabularies } from '../tag/vocabularies.ts';
import type { Working } from '../studio/working.ts';

type StudioDeps = Pick<CatalogueAccess, 'dataFolder' | 'catalogue' | 'existingCatalogue'>;

/**
 * @param changed called when this library has joined a studio or left it
 * @param told called when lists of collections and searches, or what tags mean, have changed
 */
export function studioCalls(
  deps: StudioDeps,
  syncing: Syncing,
  working: Working,
  changed: (joined: boolean) => void,
  vocabularies: Vocabularies,
  told: { lists: () => void; tags: (tagIds: number[]) => void },
): Pick<Engine, keyof StudioCalls> {
  const sharing = { dataFolder: deps.dataFolder, catalogue: () => deps.catalogue(), vocabularies };
  return {
    'studio.init': ({ url, name, shares }) => initStudio(url, name, shares),
    'studio.join': async ({ url, shares }) => {
      const status = await joinStudio(deps, url, shares);
      changed(true);
      return status;
    },
    'studio.status': () => studioStatus(deps),
    'studio.leave': () => {
      const left = leaveStudio(deps);
      if (left) changed(false);
      return Promise.resolve(left);
    },
    'studio.sync': () => syncing.start(),
    'studio.work': async ({ url, shares, ...options }) => {
      if (url !== null || shares.length > 0) {
        await joinAsWorker(deps, url, shares);
        changed(true);
      }
      return working.start(options);
    },
    'studio.shared': () => sharedItems(sharing),
    'studio.share': async ({ kind, id, shared }) => {
      await share(sharing, kind, id, shared);
      told.lists();
      return sharedItems(sharing);
    },
    'studio.versions': ({ kind, name }) => Promise.resolve().then(() => versionsOf(sharing, kind, name)),
    'studio.restoreVersion': async (version) => {
      await restoreVersion(sharing, version, told.tags);
      told.lists();
      return null;
    },
    'studio.words': (fileId) => {
      const catalogue = deps.existingCatalogue();
      if (!catalogue?.files.byId(fileId)) throw fileMissing(fileId);
      return Promise.resolve(catalogue.studio.words.ofFile(fileId).flatMap(readable));
    },
  };
}

type Said = ReturnType<StudioStore['words']['ofFile']>[number];

/** Nothing is said of what is said no more, but for who took it back. */
function readable({ kind, value, name, author, atMs }: Said): StudioWord[] {
  const by = { name: name ?? '', stars: null, author, atMs };
  switch (kind) {
    case 'decision':
      return [{ ...by, what: value === null ? 'undecided' : value === 1 ? 'accepted' : 'rejected' }];
    case 'item':
      return [{ ...by, what: value === 1 ? 'collected' : 'uncollected' }];
    case 'stars':
      return [{ ...by, what: 'stars', stars: value ?? 0 }];
    case 'favourite':
      return [];
  }
}

/** The calls about near-duplicates. */
import type { DuplicateCalls, NearDuplicates } from '../../shared/calls/duplicates.ts';
import type { Engine } from '../../shared/contract.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { Comparing } from '../duplicates/comparing.ts';
import { countWaiting, groupsBelow, NearGroups } from '../duplicates/near-groups.ts';

const NOTHING: NearDuplicates = { groups: [], total: 0, spareBytes: 0, waiting: 0, hasCompared: false };

export function duplicateCalls(
  deps: Pick<CatalogueAccess, 'existingCatalogue'>,
  comparing: Comparing,
): Pick<Engine, keyof DuplicateCalls> {
  const known = new NearGroups();
  return {
    async 'duplicate.compare'({ folders }) {
      await Promise.resolve();
      return comparing.start(folders);
    },
    async 'duplicate.near'({ folders, limit }) {
      const store = deps.existingCatalogue()?.nearDuplicates;
      if (!store) return NOTHING;
      const all = await known.of(store);
      const groups = folders.length === 0 ? all : await groupsBelow(store, all, folders);
      return {
        groups: groups.slice(0, limit),
        total: groups.length,
        spareBytes: groups.reduce((sum, { spareBytes }) => sum + spareBytes, 0),
        waiting: await countWaiting(store, folders),
        hasCompared: store.anyCompared(),
      };
    },
  };
}

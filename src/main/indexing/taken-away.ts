import type { Catalogue } from '../catalogue/open.ts';
import type { ScanScope } from '../scan/roots.ts';

/** Removed or paused since the job began: what waits in it is left for another time. */
export function isTakenAway(rootId: number, scopes: readonly ScanScope[], catalogue: Catalogue): boolean {
  const now = catalogue.roots.byId(rootId);
  const pausedBefore = scopes.some(({ root }) => root.id === rootId && root.paused);
  return now === null || now.removedMs !== null || (now.paused && !pausedBefore);
}

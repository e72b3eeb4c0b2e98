/** What the studio is asked while files are written or undone: the old versions of others' runs, and who writes a file now. */
import { relative, sep } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import { isInside } from '../scan/roots.ts';
import type { StudioWrites, WriteLocks } from '../writeback/other-writers.ts';
import { connect, connected, type StudioConnection } from './connection.ts';
import { readMembership, requireMembership, type Membership } from './membership.ts';
import { fileOfShare, isSharedPath } from './shares.ts';

type WritesDeps = Pick<CatalogueAccess, 'dataFolder' | 'catalogue'>;

export function studioWrites(deps: WritesDeps): StudioWrites {
  return { bringUndo: (ids) => bringUndo(deps, ids), locks: () => locks(deps.dataFolder) };
}

async function bringUndo(deps: WritesDeps, ids: readonly number[]): Promise<void> {
  const { writes } = deps.catalogue().studio;
  const missing = writes.withoutUndo(ids);
  if (missing.length === 0) return;
  const { address, shares } = requireMembership(deps.dataFolder);
  for (const { path } of missing) {
    // Where it lies was said by the studio: not to be trusted.
    const share = Object.values(shares).find((one) => isInside(path, one));
    const below = share === undefined ? null : relative(share, path).split(sep).join('/');
    if (share === undefined || below === null || (await fileOfShare(share, below)) === null) {
      throw new UserError('not-found', `“${path}” was not found in a share of this machine, so this run cannot be undone here. Undo the other files by name, or mount the share.`); // prettier-ignore
    }
  }
  await connected(address, async ({ rows }) => {
    for (const { id, studioId, number, path } of missing) {
      const [row] = await rows<{ undo: Buffer }>(
        'SELECT undo FROM earmark.written_undo WHERE run_id = $1 AND number = $2',
        [...[studioId, number]],
      );
      if (!row) throw new UserError('not-found', `The studio does not have the old version of “${path}”. It can be undone on the machine that wrote it.`); // prettier-ignore
      writes.setUndo(id, row.undo);
    }
  });
}

/** A studio that cannot be reached locks nothing: work without the network goes on. */
function locks(dataFolder: string): WriteLocks {
  let open: Promise<StudioConnection | null> | null = null;
  const membership = (): Membership | null => {
    try {
      return readMembership(dataFolder);
    } catch {
      return null; // reported by whoever follows the studio
    }
  };
  return {
    async take(paths) {
      const member = membership();
      if (!member) return new Set();
      const keys = paths.flatMap((path) => {
        const share = Object.entries(member.shares).find(([, at]) => isInside(path, at));
        const below = share && relative(share[1], path).split(sep).join('/').normalize('NFC');
        return below !== undefined && isSharedPath(below) ? [{ path, key: `${share![0]}/${below}` }] : [];
      });
      if (keys.length === 0) return new Set();
      open ??= connect(member.address).catch(() => null);
      const connection = await open;
      if (!connection) return new Set();
      try {
        await connection.rows('SELECT pg_advisory_unlock_all()');
        const rows = await connection.rows<{ key: string; taken: boolean }>(
          `SELECT key, NOT pg_try_advisory_lock(hashtextextended('earmark write ' || key, 0)) AS taken FROM unnest($1::text[]) AS key`,
          [keys.map(({ key }) => key)],
        );
        const taken = new Set(rows.filter((row) => row.taken).map(({ key }) => key));
        return new Set(keys.filter(({ key }) => taken.has(key)).map(({ path }) => path));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        open = Promise.resolve(null); // lost midway: as if it had been away
        return new Set();
      }
    },
    async close() {
      await (await open)?.close(); // its locks end with it
    },
  };
}

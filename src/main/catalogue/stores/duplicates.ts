/** Files with the same sound: equal content ids, which ignore names, folders and tags. */
import type { Database } from 'better-sqlite3';
import type { DuplicateGroup } from '../../../shared/calls/library.ts';
import { absolutePath } from './roots.ts';
import { ROOT_IN_USE } from '../queries/listed.ts';

export interface Duplicates {
  groups: DuplicateGroup[];
  /** All groups there are, not only those in the list. */
  total: number;
  /** Over all groups, bytes. */
  spareBytes: number;
}

export type DuplicateStore = ReturnType<typeof duplicateStore>;

export function duplicateStore(db: Database) {
  const groups = db.prepare<
    [number],
    { contentId: string; spareBytes: number; total: number; totalSpareBytes: number }
  >(
    `WITH same AS (
       SELECT content_id AS contentId, sum(size) - max(size) AS spareBytes FROM file
         WHERE content_id IS NOT NULL AND state = 'ready' AND ${ROOT_IN_USE} GROUP BY content_id HAVING count(*) > 1
     )
     SELECT contentId, spareBytes, count(*) OVER () AS total, sum(spareBytes) OVER () AS totalSpareBytes FROM same
       ORDER BY spareBytes DESC, contentId LIMIT ?`,
  );
  const members = db.prepare<
    [string],
    { contentId: string; id: number; rootPath: string; relativePath: string; bytes: number; seconds: number; here: 0 | 1 } // prettier-ignore
  >(
    `SELECT file.content_id AS contentId, file.id, root.path AS rootPath, relative_path AS relativePath, size AS bytes,
            duration_s AS seconds, file.offline = 0 AND root.online = 1 AS here
       FROM json_each(?) AS wanted CROSS JOIN file ON file.content_id = wanted.value AND file.state = 'ready'
       JOIN root ON root.id = file.root_id WHERE root.removed_ms IS NULL
       ORDER BY root.path, relative_path`,
  );
  return {
    /**
     * Groups of at least two files, offline ones included, most spare bytes first; those of removed roots are left out.
     * @param limit at most so many groups
     */
    list(limit: number): Duplicates {
      const found = groups.all(limit);
      const byContent = Map.groupBy(members.all(JSON.stringify(found.map(({ contentId }) => contentId))), (row) => row.contentId); // prettier-ignore
      return {
        groups: found.map(({ contentId, spareBytes }) => {
          const files = byContent.get(contentId) ?? [];
          return {
            contentId,
            durationSeconds: files[0]?.seconds ?? 0,
            spareBytes,
            files: files.map(({ id, rootPath, relativePath, bytes, here }) => ({
              fileId: id,
              path: absolutePath(rootPath, relativePath),
              bytes,
              offline: here === 0,
            })),
          };
        }),
        total: found[0]?.total ?? 0,
        spareBytes: found[0]?.totalSpareBytes ?? 0,
      };
    },
  };
}

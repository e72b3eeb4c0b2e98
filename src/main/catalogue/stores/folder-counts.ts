/** Folders of the library with how many files lie in each: one level at a time, files counted page by page. */
import type { Database } from 'better-sqlite3';
import type { LibraryFolder } from '../../../shared/calls/files.ts';
import { byName } from '../given-name.ts';
import { absolutePath } from './roots.ts';

/**
 * The files of LISTED (file-lists.ts) without a look at their rows, which hold waveforms: what is left out is found by
 * state, and a file that is ready has a duration.
 */
const COUNTED = `file.id NOT IN (SELECT id FROM file WHERE state IN ('failed', 'other'))
    AND file.id NOT IN (SELECT id FROM file WHERE state = 'pending' AND duration_s IS NULL)`;

/** Files counted by one statement: some 10 ms. */
const FILES_A_PAGE = 10_000;

export type FolderCountStore = ReturnType<typeof folderCountStore>;

/** @param filesAPage counted before others get their turn */
export function folderCountStore(db: Database, filesAPage = FILES_A_PAGE) {
  const counts = db.prepare<[], { rootId: number; path: string; files: number; hasFolders: 0 | 1 | null }>(
    // The join keeps this order: the index over (root_id, relative_path) is walked for each root.
    `SELECT root.id AS rootId, root.path, count(file.id) AS files, max(instr(file.relative_path, '/') > 0) AS hasFolders
       FROM root LEFT JOIN file ON file.root_id = root.id AND ${COUNTED}
      WHERE root.removed_ms IS NULL GROUP BY root.id`,
  );
  const rootPath = db.prepare<[number], string>('SELECT path FROM root WHERE id = ? AND removed_ms IS NULL').pluck();
  /** Paths behind one up to another, which is among them; `from` is the folder. */
  type Below = { root: number; from: string; after: string; to: string };
  /** The last path of a page, whatever it is. */
  const pageEnd = db
    .prepare<Omit<Below, 'from'> & { most: number }, string>(
      `SELECT relative_path FROM file WHERE root_id = :root AND relative_path > :after AND relative_path <= :to
        ORDER BY relative_path LIMIT 1 OFFSET :most`,
    )
    .pluck();
  const below = db.prepare<Below, { name: string; files: number; hasFolders: 0 | 1 }>(
    `WITH inside AS (
       SELECT substr(relative_path, length(:from) + 1) AS rest FROM file
        WHERE root_id = :root AND relative_path > :after AND relative_path <= :to AND ${COUNTED}
     )
     SELECT substr(rest, 1, instr(rest, '/') - 1) AS name, count(*) AS files,
            max(instr(substr(rest, instr(rest, '/') + 1), '/') > 0) AS hasFolders
       FROM inside WHERE instr(rest, '/') > 0 GROUP BY name`,
  );

  return {
    /** Those in use, by path; also without files. */
    roots: (): LibraryFolder[] =>
      counts
        .all()
        .map(({ rootId, path, files, hasFolders }) => ({
          rootId,
          folder: '',
          path,
          files,
          hasFolders: hasFolders === 1,
        }))
        .toSorted((a, b) => byName({ name: a.path }, { name: b.path })),
    /**
     * The folders right below one, by name; none for a folder that is not there.
     * @param between called from time to time, so that others get their turn
     */
    async below(
      { rootId, folder }: Pick<LibraryFolder, 'rootId' | 'folder'>,
      between: () => Promise<void>,
    ): Promise<LibraryFolder[]> {
      const root = rootPath.get(rootId);
      if (root === undefined) return [];
      // A range over the index instead of a pattern: every name is below U+10FFFF.
      const from = folder === '' ? '' : `${folder}/`;
      const last = `${from}\u{10ffff}`;
      const found = new Map<string, { files: number; hasFolders: boolean }>();
      for (let after = from; after < last;) {
        const to = pageEnd.get({ root: rootId, after, to: last, most: filesAPage - 1 }) ?? last;
        for (const { name, files, hasFolders } of below.all({ root: rootId, from, after, to })) {
          const known = found.get(name);
          found.set(name, { files: files + (known?.files ?? 0), hasFolders: hasFolders === 1 || known?.hasFolders === true }); // prettier-ignore
        }
        await between();
        after = to;
      }
      return [...found]
        .map(([name, { files, hasFolders }]) => {
          const inside = folder === '' ? name : `${folder}/${name}`;
          return { rootId, folder: inside, path: absolutePath(root, inside), files, hasFolders, name };
        })
        .toSorted(byName)
        .map(({ name: _, ...one }) => one);
    },
  };
}

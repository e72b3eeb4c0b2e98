/** Which files a plan is about. */
import { sep } from 'node:path';
import type { Database } from 'better-sqlite3';
import { absolutePath, ROOT_IN_USE } from '../catalogue/roots.ts';

export interface Candidate {
  fileId: number;
  /** Absolute. */
  path: string;
  /** As the catalogue knows it. */
  size: number;
  mtimeMs: number;
}

interface Raw extends Omit<Candidate, 'path'> {
  rootPath: string;
  relativePath: string;
}

/**
 * Files that are named; and of those below the folders, or of all when nothing is named, those that have accepted
 * tags or hold something that we wrote.
 * @param written ids of files that we have written
 * @yields pieces of so many; the statement is not held open in between
 */
export function* candidates(
  db: Database,
  { fileIds, folders }: { fileIds: readonly number[]; folders: readonly string[] },
  written: readonly number[],
  piece: number,
): Generator<Candidate[]> {
  const ids = new Set(fileIds);
  if (folders.length > 0 || fileIds.length === 0) {
    const decided = db.prepare<[], number>('SELECT DISTINCT file_id FROM decision WHERE accepted = 1').pluck().all();
    const isBelow = (path: string) => folders.some((folder) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep)); // prettier-ignore
    for (const { fileId, path } of read(db, [...new Set([...decided, ...written])])) {
      if (folders.length === 0 || isBelow(path)) ids.add(fileId);
    }
  }
  const all = [...ids];
  for (let first = 0; first < all.length; first += piece) yield read(db, all.slice(first, first + piece));
}

function read(db: Database, fileIds: readonly number[]): Candidate[] {
  return db
    .prepare<[string], Raw>(
      `SELECT file.id AS fileId, root.path AS rootPath, relative_path AS relativePath, size, mtime_ms AS mtimeMs
         FROM json_each(?) AS wanted CROSS JOIN file ON file.id = wanted.value JOIN root ON root.id = file.root_id
         WHERE state = 'ready' AND ${ROOT_IN_USE} ORDER BY wanted.key`,
    )
    .all(JSON.stringify(fileIds))
    .map(({ rootPath, relativePath, ...rest }) => ({ ...rest, path: absolutePath(rootPath, relativePath) }));
}

/** Files as a search finds them: those that can be results, and the one at a path. */
import { sep } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { AudioFormat } from '../../../shared/types.ts';
import { HERE, SEARCHABLE } from '../queries/filters.ts';
import type { Root } from '../queries/folder-filter.ts';
import { absolutePath } from './roots.ts';

export interface FoundFile {
  id: number;
  /** Absolute. */
  path: string;
  durationSeconds: number;
  format: AudioFormat;
  contentId: string | null;
  offline: boolean;
}

interface Row extends Omit<FoundFile, 'path' | 'offline'> {
  rootPath: string;
  relativePath: string;
  here: 0 | 1;
}

export type FoundFileStore = ReturnType<typeof foundFileStore>;

export function foundFileStore(db: Database) {
  const files = db.prepare<[string], Row>(
    `SELECT file.id, root.path AS rootPath, file.relative_path AS relativePath, file.duration_s AS durationSeconds,
            file.format, file.content_id AS contentId, ${HERE} AS here
       FROM json_each(?) AS wanted JOIN file ON file.id = wanted.value JOIN root ON root.id = file.root_id
      WHERE ${SEARCHABLE}`,
  );
  const identity = db.prepare<[string], Pick<FoundFile, 'id' | 'contentId'>>(
    `SELECT file.id, file.content_id AS contentId FROM json_each(?) AS wanted
       JOIN file ON file.root_id = wanted.value ->> 'root' AND file.relative_path = wanted.value ->> 'below'`,
  );
  return {
    /** Candidates as files; those that cannot be results are missing. One statement. */
    files(ids: readonly number[]): Map<number, FoundFile> {
      const rows = files.all(JSON.stringify(ids));
      return new Map(
        rows.map(({ id, rootPath, relativePath, durationSeconds, format, contentId, here }) => [
          id,
          { id, path: absolutePath(rootPath, relativePath), durationSeconds, format, contentId, offline: here === 0 },
        ]),
      );
    },
    /** The file at an absolute path, if the catalogue knows it. @param roots all of the catalogue */
    identify(path: string, roots: readonly Root[]): Pick<FoundFile, 'id' | 'contentId'> | null {
      const wanted = roots.flatMap(({ id, path: rootPath }) => {
        const prefix = rootPath.endsWith(sep) ? rootPath : rootPath + sep;
        return path.startsWith(prefix) ? [{ root: id, below: path.slice(prefix.length).replaceAll(sep, '/') }] : [];
      });
      return wanted.length === 0 ? null : (identity.get(JSON.stringify(wanted)) ?? null);
    },
  };
}

/** How many files have each issue, and which: by the conditions of the filter `issue:`, so that a search finds the same. */
import type { Database } from 'better-sqlite3';
import type { Health } from '../../../shared/calls/health.ts';
import { ISSUE_NAMES, type Issue } from '../../../shared/query/issues.ts';
import type { SearchFilters } from '../../../shared/query/filters.ts';
import { joined, type Condition } from '../queries/condition.ts';
import { conditionOf, HERE, SEARCHABLE } from '../queries/filters.ts';
import { folderCondition, type Root } from '../queries/folder-filter.ts';
import { INDEXED_ISSUES } from '../queries/issues.ts';
import { ROOT_IN_USE } from '../queries/listed.ts';

export type HealthStore = ReturnType<typeof healthStore>;

export function healthStore(db: Database) {
  const roots = db.prepare<[], Root>('SELECT id, path FROM root');

  function below(folders: readonly string[], filters: SearchFilters): Condition {
    const known = roots.all();
    if (folders.length === 0) return conditionOf(filters, known);
    return joined(folders.map((folder) => conditionOf({ ...filters, folder }, known)), 'OR'); // prettier-ignore
  }
  function count({ sql, parameters }: Condition): number {
    return db.prepare<unknown[], number>(`SELECT count(*) FROM file WHERE ${sql}`).pluck().get(...parameters)!; // prettier-ignore
  }

  /** Of the whole library, from indexes alone: rows have waveforms in them, and are many. */
  function countAll(issue: Issue): number {
    if (issue === 'untagged' || issue === 'near-duplicate') return count(below([], { issues: [issue] }));
    if (issue === 'duplicate') {
      const copies = `SELECT count(*) FILTER (WHERE ${SEARCHABLE} AND ${HERE}) AS files FROM file INDEXED BY file_by_sound
                       WHERE content_id IS NOT NULL AND state = 'ready' AND ${ROOT_IN_USE} GROUP BY content_id HAVING count(*) > 1`;
      return db.prepare<[], number>(`SELECT coalesce(sum(files), 0) FROM (${copies})`).pluck().get()!;
    }
    const [index, where] = INDEXED_ISSUES[issue];
    const sql = `SELECT count(*) FROM file INDEXED BY ${index} WHERE ${where} AND ${SEARCHABLE} AND ${HERE}`;
    return db.prepare<[], number>(sql).pluck().get()!;
  }

  return {
    /** @param folders absolute; none: all */
    counts(folders: readonly string[]): Omit<Health, 'outdated'> {
      const failed = [{ sql: `file.state = 'failed' AND file.offline = 0 AND ${ROOT_IN_USE}`, parameters: [] }];
      const inFolders = folders.map((folder) => folderCondition(folder, roots.all()));
      return {
        files: count(below(folders, {})),
        failed: count(joined([...failed, ...(inFolders.length === 0 ? [] : [joined(inFolders, 'OR')])], 'AND')),
        issues: ISSUE_NAMES.map((issue) => ({
          issue,
          files: folders.length === 0 ? countAll(issue) : count(below(folders, { issues: [issue] })),
        })),
      };
    },
    /** @returns ids, by path */
    list(issue: Issue, folders: readonly string[]): number[] {
      const { sql, parameters } = below(folders, { issues: [issue] });
      const listed = `SELECT file.id FROM file JOIN root ON root.id = file.root_id WHERE ${sql} ORDER BY root.path, relative_path`;
      return db.prepare<unknown[], number>(listed).pluck().all(...parameters); // prettier-ignore
    },
  };
}

/** Lists of files: ids alone, in an order, from covering indexes. Rows of what is visible come by file-rows.ts. */
import type { Database } from 'better-sqlite3';
import { ORDERED_FIGURES, type FigureOrder } from '../../../shared/analysis.ts';
import type { FileList, FileOrder } from '../../../shared/calls/files.ts';
import { joined, type Condition } from '../queries/condition.ts';
import { conditionOf } from '../queries/filters.ts';
import { folderCondition, type Root } from '../queries/folder-filter.ts';
import { LISTED } from '../queries/listed.ts';
import { inSet, NO_FAVOURITE, userSets } from '../queries/user-filters.ts';
import { ratingStore } from './ratings.ts';

/**
 * Up to so many files of a known set are looked up one by one and sorted (some ms). For more it is cheaper to walk the
 * index of the order from end to end and to leave out the others: 12 ms at 100 000 files, measured.
 */
export const FEW = 2000;
const MAX_STARS = 5;

interface Order {
  index: string;
  /** Columns of the index, in its order. */
  by: string[];
  /** When other tables come before `file`. */
  from?: string;
  nulls?: 'NULLS LAST';
}

const ORDERS: Record<Exclude<FileOrder, 'stars'>, Order> = {
  name: { index: 'file_by_name', by: ['file.name_key'] },
  folder: {
    index: 'file_by_folder',
    by: ['root.path', 'file.folder_key', 'file.name_key'],
    from: 'root CROSS JOIN file INDEXED BY file_by_folder ON file.root_id = root.id',
  },
  duration: { index: 'file_by_facts', by: ['file.duration_s'] },
  added: { index: 'file_by_added', by: ['file.added_ms'] },
  changed: { index: 'file_by_changed', by: ['file.mtime_ms'] },
  // A file without loudness is neither loud nor quiet: it comes last either way.
  ...(Object.fromEntries(
    ORDERED_FIGURES.map(({ order, column }) => [
      order,
      { index: `file_by_${order}`, by: [`file.${column}`], nulls: 'NULLS LAST' },
    ]),
  ) as Record<FigureOrder, Order>),
};

export type FileListStore = ReturnType<typeof fileListStore>;

export function fileListStore(db: Database) {
  const roots = db.prepare<[], Root>('SELECT id, path FROM root');
  const ratings = ratingStore(db);
  const ids = (sql: string, parameters: (string | number)[]): number[] =>
    db.prepare<(string | number)[], number>(sql).pluck().all(...parameters); // prettier-ignore

  /** The files of the smallest set, when that is small. */
  function few(sets: readonly Condition[]): number[] | null {
    let fewest: number[] | null = null;
    for (const { sql, parameters } of sets) {
      const found = ids(`${sql} LIMIT ${(fewest?.length ?? FEW) + 1}`, parameters);
      if (found.length <= (fewest?.length ?? FEW)) fewest = found;
    }
    return fewest;
  }

  function ordered(of: FileList, order: keyof typeof ORDERS, descending: boolean): number[] {
    const { index, by, from = `file INDEXED BY ${index}`, nulls = '' } = ORDERS[order];
    const sets = userSets(of);
    if (of.folder !== undefined) {
      const { sql, parameters } = folderCondition(of.folder, roots.all());
      sets.push({ sql: `SELECT file.id FROM file WHERE ${sql}`, parameters });
    }
    if (of.filters !== undefined) {
      const { sql, parameters } = conditionOf(of.filters, roots.all());
      sets.push({ sql: `SELECT file.id FROM file WHERE ${sql}`, parameters });
    }
    const all = [{ sql: LISTED, parameters: [] }, ...sets.map(inSet)];
    if (of.favourite === false) all.push(NO_FAVOURITE);
    if (of.rootId !== undefined) all.push({ sql: 'file.root_id = ?', parameters: [of.rootId] });
    const { sql, parameters } = joined(all, 'AND');
    const orderBy = by.map((column) => `${column} ${descending ? 'DESC' : 'ASC'} ${nulls}`).join(', ');
    const wanted = few(sets);
    if (!wanted) return ids(`SELECT file.id FROM ${from} WHERE ${sql} ORDER BY ${orderBy}`, parameters);
    const rows = `json_each(?) AS wanted CROSS JOIN file ON file.id = wanted.value JOIN root ON root.id = file.root_id`;
    return ids(`SELECT file.id FROM ${rows} WHERE ${sql} ORDER BY ${orderBy}, file.id`, [
      JSON.stringify(wanted),
      ...parameters,
    ]);
  }

  return {
    /**
     * @param of which files; its collection is one that is there, its folder absolute
     * @returns ids of all of them. Equal ones follow in an order that does not change; with stars: by name.
     */
    list(of: FileList, order: FileOrder, descending: boolean): number[] {
      if (order !== 'stars') return ordered(of, order, descending);
      const starred = ratings.starred();
      const byStars = Array.from({ length: MAX_STARS + 1 }, (): number[] => []);
      for (const id of ordered(of, 'name', false)) byStars[starred.get(id) ?? 0]!.push(id);
      return (descending ? byStars.toReversed() : byStars).flat();
    },
  };
}

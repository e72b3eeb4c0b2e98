/** How many files stand behind each bar of each facet (shared/facets.ts). */
import type { Database } from 'better-sqlite3';
import type { Facet, FacetKey } from '../../../shared/facets.ts';
import { FILTERS, type SearchFilters } from '../../../shared/query/filters.ts';
import type { Condition } from '../queries/condition.ts';
import { conditionOf, restricts } from '../queries/filters.ts';
import type { Root } from '../queries/folder-filter.ts';
import { LISTED } from '../queries/listed.ts';

export type FacetStore = ReturnType<typeof facetStore>;

/** Where each fact is, and the index that has it with all that {@link LISTED} asks for. */
const PLACES: Record<FacetKey, { column: string; index: string }> = {
  bpm: { column: 'bpm', index: 'file_by_bpm' },
  key: { column: 'key', index: 'file_by_key' },
  kind: { column: 'kind', index: 'file_by_kind' },
  lufs: { column: 'loudness_lufs', index: 'file_by_loudness' },
  dur: { column: 'duration_s', index: 'file_by_facts' },
};

/** Files that are listed and that no search finds, from an index: not recognised yet, missing, or on a drive that is. */
const NOT_READ = 'SELECT id FROM file INDEXED BY file_by_facts WHERE format IS NULL';
const NOT_HERE = `${NOT_READ} OR offline = 1 OR root_id IN (SELECT id FROM root WHERE online = 0)`;

export function facetStore(db: Database) {
  const roots = db.prepare<[], Root>('SELECT id, path FROM root');

  /** Of the whole library there are few or none of these, and asking each file for that costs more than the counting. */
  function leavingOut({ includeOffline }: SearchFilters): Condition {
    const ids = db.prepare<[], number>(includeOffline ? NOT_READ : NOT_HERE).pluck().all(); // prettier-ignore
    if (ids.length === 0) return { sql: '', parameters: [] };
    return { sql: 'AND file.id NOT IN (SELECT value FROM json_each(?))', parameters: [JSON.stringify(ids)] };
  }

  /** @param from the files, with all conditions on them */
  function count(facet: Facet, from: string, parameters: Condition['parameters']): number[] {
    const sql = `SELECT ${barOf(facet)} AS bar, count(*) ${from} GROUP BY bar`;
    const counts = facet.bars.map(() => 0);
    const rows = db.prepare<unknown[], [bar: number, files: number]>(sql).raw().all(...parameters); // prettier-ignore
    for (const [bar, files] of rows) if (bar in counts) counts[bar] = files;
    return counts;
  }

  return {
    /** Of files that a search with these filters finds; without the filter of the facet itself. */
    ofFilters(facet: Facet, filters: SearchFilters): number[] {
      const { column, index } = PLACES[facet.key];
      const others = without(filters, facet);
      const from = `FROM file INDEXED BY ${index} WHERE file.${column} IS NOT NULL AND ${LISTED}`;
      if (!restricts(others)) {
        const { sql, parameters } = leavingOut(filters);
        return count(facet, `${from} ${sql}`, parameters);
      }
      const { sql, parameters } = conditionOf(others, roots.all());
      return count(facet, `${from} AND file.id IN (SELECT file.id FROM file WHERE ${sql})`, parameters);
    },
    /** Of these files, those that are known. */
    ofFiles(facet: Facet, fileIds: readonly number[]): number[] {
      const known = `json_each(?) AS wanted CROSS JOIN file ON file.id = wanted.value`;
      const from = `FROM ${known} WHERE file.${PLACES[facet.key].column} IS NOT NULL`;
      return count(facet, from, [JSON.stringify(fileIds)]);
    },
  };
}

/** As SQL. */
function barOf({ key, edges }: Facet): string {
  const column = `file.${PLACES[key].column}`;
  if (edges === null) return column;
  return `CASE ${edges.map((edge, bar) => `WHEN ${column} < ${edge} THEN ${bar}`).join(' ')} ELSE ${edges.length} END`;
}

function without(filters: SearchFilters, { key }: Facet): SearchFilters {
  const own = Object.keys(FILTERS[key].fields);
  return Object.fromEntries(Object.entries(filters).filter(([field]) => !own.includes(field)));
}

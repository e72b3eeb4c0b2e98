/**
 * How many files stand behind each bar of each facet (shared/facets.ts). Counted in steps, between which the engine answers
 * other calls: the library by the index of each fact, filtered and given files by their rows, once for all facets.
 */
import type { Database } from 'better-sqlite3';
import { FACETS, type Facet, type FacetKey } from '../../../shared/facets.ts';
import { FILTERS, type SearchFilters } from '../../../shared/query/filters.ts';
import { joined, type Condition } from '../queries/condition.ts';
import { conditionOf, conditionsOf, restricts, type FilterLookup } from '../queries/filters.ts';
import { LISTED } from '../queries/listed.ts';

export type FacetStore = ReturnType<typeof facetStore>;
export type FacetCounts = Record<FacetKey, number[]>;
/** Yields behind each step how many rows or index entries it has read, {@link STEP_ROWS} at most. */
export type Counting = Generator<number, FacetCounts>;

export const STEP_ROWS = 2000;

/** Where each fact is, and an index that has it and what {@link LISTED} asks for: NULL in none of these where there is a fact. */
const PLACES: Record<FacetKey, { column: string; index: string; order: string }> = {
  bpm: { column: 'bpm', index: 'file_by_bpm', order: 'bpm' },
  key: { column: 'key', index: 'file_by_key', order: 'key' },
  kind: { column: 'kind', index: 'file_by_kind', order: 'kind' },
  lufs: { column: 'loudness_lufs', index: 'file_by_loudness', order: 'loudness_lufs' },
  dur: { column: 'duration_s', index: 'file_by_added', order: 'added_ms' },
};

/** Files that are listed and that no search finds, from an index: not recognised yet, missing, or on a drive that is. */
const NOT_READ = 'SELECT id FROM file INDEXED BY file_by_facts WHERE format IS NULL';
const NOT_HERE = `${NOT_READ} OR offline = 1 OR root_id IN (SELECT id FROM root WHERE online = 0)`;

/** What is read in one step. */
interface Step {
  /** SQL behind FROM. */
  from: Condition;
  rows: number;
}
type Entry = (string | number)[];

export function facetStore(db: Database, lookup: FilterLookup) {
  const lastId = db.prepare<[], number>('SELECT coalesce(max(id), 0) FROM file').pluck();

  /** Of the whole library there are few or none of these, and asking each file for that costs more than the counting. */
  function leavingOut({ includeOffline }: SearchFilters): Condition {
    const ids = db.prepare<[], number>(includeOffline ? NOT_READ : NOT_HERE).pluck().all(); // prettier-ignore
    if (ids.length === 0) return { sql: '', parameters: [] };
    return { sql: 'AND file.id NOT IN (SELECT value FROM json_each(?))', parameters: [JSON.stringify(ids)] };
  }

  /** Entry by entry of an index, from the last one of the step before. */
  function* byIndex(facet: Facet, leftOut: Condition, counts: number[]): Generator<number, void> {
    const { column, index, order } = PLACES[facet.key];
    const entry = `file.${order}, file.root_id, file.state, file.duration_s, file.id`;
    const from = `FROM file INDEXED BY ${index} WHERE file.${order} IS NOT NULL AND file.duration_s IS NOT NULL`;
    const behind = (place: Entry | null) => (place ? `AND (${entry}) > (?, ?, ?, ?, ?)` : '');
    const upTo = (place: Entry | null) => (place ? `AND (${entry}) <= (?, ?, ?, ?, ?)` : '');
    let last: Entry | null = null;
    do {
      const end: string = `SELECT ${entry} ${from} ${behind(last)} ORDER BY ${entry} LIMIT 1 OFFSET ${STEP_ROWS - 1}`;
      const next: Entry | null = db.prepare<Entry, Entry>(end).raw().get(...(last ?? [])) ?? null; // prettier-ignore
      const sql = `SELECT ${barOf(facet)} AS bar, count(*) ${from} ${behind(last)} ${upTo(next)}
                      AND file.${column} IS NOT NULL AND ${LISTED} ${leftOut.sql} GROUP BY bar`;
      const parameters = [...(last ?? []), ...(next ?? []), ...leftOut.parameters];
      for (const [bar, files] of db
        .prepare<Entry, [number, number]>(sql)
        .raw()
        .all(...parameters)) {
        if (bar in counts) counts[bar]! += files;
      }
      last = next;
      yield STEP_ROWS;
    } while (last !== null);
  }

  /** @param own of each facet, what its own filters ask for: left out of its counts alone */
  function* byRows(steps: Iterable<Step>, own: readonly Condition[]): Counting {
    const counts = noCounts();
    const fulfilled = own.map(({ sql }) => `coalesce(${sql}, 0)`);
    for (const { from, rows } of steps) {
      const sql = `SELECT ${[...FACETS.map(barOf), ...fulfilled].join(', ')} FROM ${from.sql} AND ${fulfilled.join(' + ')} >= ${FACETS.length - 1}`;
      const conditions = own.flatMap(({ parameters }) => parameters);
      const parameters = [...conditions, ...from.parameters, ...conditions];
      for (const row of db
        .prepare<Entry, (number | null)[]>(sql)
        .raw()
        .all(...parameters)) {
        const missed = row.indexOf(0, FACETS.length) - FACETS.length;
        for (const [at, { key }] of FACETS.entries()) {
          const bar = row[at] ?? null;
          if (bar !== null && bar in counts[key] && (missed < 0 || missed === at)) counts[key][bar]! += 1;
        }
      }
      yield rows;
    }
    return counts;
  }

  /** All files, by their numbers. */
  function* ofAll({ sql, parameters }: Condition): Generator<Step> {
    const end = lastId.get()!;
    for (let first = 1; first <= end; first += STEP_ROWS) {
      const range = [first, first + STEP_ROWS];
      yield { from: { sql: `file WHERE file.id >= ? AND file.id < ? AND ${sql}`, parameters: [...range, ...parameters] }, rows: STEP_ROWS }; // prettier-ignore
    }
  }

  function* ofIds(ids: ArrayLike<number>): Generator<Step> {
    for (let first = 0; first < ids.length; first += STEP_ROWS) {
      const some = Array.from({ length: Math.min(STEP_ROWS, ids.length - first) }, (_, i) => ids[first + i]!);
      const sql = 'json_each(?) AS wanted CROSS JOIN file ON file.id = wanted.value WHERE true';
      yield { from: { sql, parameters: [JSON.stringify(some)] }, rows: some.length };
    }
  }

  return {
    /** Of files that a search with these filters finds; each facet without its own filters. */
    *ofFilters(filters: SearchFilters): Counting {
      if (!restricts(filters)) {
        const counts = noCounts();
        const leftOut = leavingOut(filters);
        for (const facet of FACETS) yield* byIndex(facet, leftOut, counts[facet.key]);
        return counts;
      }
      const roots = lookup.roots();
      const own = FACETS.map(({ key }) => {
        const conditions = conditionsOf(
          picked(filters, (field) => field in FILTERS[key].fields),
          roots,
        );
        return conditions.length > 0 ? joined(conditions, 'AND') : { sql: '1', parameters: [] };
      });
      const others = picked(filters, (field) => FACETS.every(({ key }) => !(field in FILTERS[key].fields)));
      // One statement, as for the search itself, which keeps what it has found.
      const steps = restricts(others) ? ofIds(lookup.passing(others).ids) : ofAll(conditionOf(others, roots));
      return yield* byRows(steps, own);
    },
    /** Of these files, those that are known. */
    ofFiles(fileIds: readonly number[]): Counting {
      return byRows(ofIds(fileIds), FACETS.map(() => ({ sql: '1', parameters: [] }))); // prettier-ignore
    },
  };
}

export function noCounts(): FacetCounts {
  return Object.fromEntries(FACETS.map(({ key, bars }) => [key, bars.map(() => 0)])) as FacetCounts;
}

/** As SQL. */
function barOf({ key, edges }: Facet): string {
  const column = `file.${PLACES[key].column}`;
  if (edges === null) return column;
  const cases = edges.map((edge, bar) => `WHEN ${column} < ${edge} THEN ${bar}`).join(' ');
  return `CASE WHEN ${column} IS NULL THEN NULL ${cases} ELSE ${edges.length} END`;
}

function picked(filters: SearchFilters, isWanted: (field: string) => boolean): SearchFilters {
  return Object.fromEntries(Object.entries(filters).filter(([field]) => isWanted(field)));
}

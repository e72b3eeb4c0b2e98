/** Filters as SQL over the catalogue. Fixed fragments with parameters: nothing a user types becomes SQL. */
import type { Database } from 'better-sqlite3';
import type { SearchFilters } from '../../shared/types.ts';
import { ROOT_IN_USE } from '../catalogue/roots.ts';
import { joined, likeLiteral, type Condition } from './condition.ts';
import { folderCondition, type Root } from './folder-filter.ts';
import { phraseExpression } from './query-words.ts';
import { userConditions } from './user-filters.ts';

/** Files that can be hits at all: read at least once, not known to be unusable, in a root that is in use. */
// The unary plus keeps the planner from choosing the index over states: nearly all files are 'ready'.
export const SEARCHABLE = `+file.state IN ('ready', 'pending') AND file.format IS NOT NULL AND file.duration_s IS NOT NULL AND ${ROOT_IN_USE}`;
/** A file is here when it was seen at the last walk and its drive is connected. */
export const HERE = '(file.offline = 0 AND file.root_id NOT IN (SELECT id FROM root WHERE online = 0))';

/** Whether anything but `includeOffline` is asked for. */
export function restricts(filters: SearchFilters): boolean {
  return Object.entries(filters).some(([key, value]) => key !== 'includeOffline' && value !== undefined);
}

/**
 * The files that pass; those that are not here only with `includeOffline`.
 * @param roots all roots of the catalogue
 */
export function conditionOf(filters: SearchFilters, roots: readonly Root[]): Condition {
  const all: Condition[] = [{ sql: SEARCHABLE, parameters: [] }];
  if (!filters.includeOffline) all.push({ sql: HERE, parameters: [] });
  const { minSeconds, maxSeconds, formats, channels, sampleRate, folder, tags } = filters;
  if (minSeconds !== undefined) all.push({ sql: 'file.duration_s >= ?', parameters: [minSeconds] });
  if (maxSeconds !== undefined) all.push({ sql: 'file.duration_s <= ?', parameters: [maxSeconds] });
  if (formats)
    all.push({ sql: 'file.format IN (SELECT value FROM json_each(?))', parameters: [JSON.stringify(formats)] });
  if (channels !== undefined) all.push({ sql: 'file.channels = ?', parameters: [channels] });
  if (sampleRate !== undefined) all.push({ sql: 'file.sample_rate = ?', parameters: [sampleRate] });
  if (folder !== undefined) all.push(folderCondition(folder, roots));
  for (const tag of tags ?? []) all.push(tagCondition(tag));
  all.push(...userConditions(filters));
  return joined(all, 'AND');
}

/** Reads one catalogue; the statement depends on the filters and is prepared for each search. */
export class FilterLookup {
  readonly #db: Database;
  readonly #roots;

  constructor(db: Database) {
    this.#db = db;
    this.#roots = db.prepare<[], Root>('SELECT id, path FROM root');
  }

  roots(): Root[] {
    return this.#roots.all();
  }

  /** @returns ids of the files that pass, in no order */
  fileIds(filters: SearchFilters): number[] {
    const { sql, parameters } = this.#passing(filters);
    return this.#db
      .prepare<(string | number)[], number>(sql)
      .pluck()
      .all(...parameters);
  }

  /** @returns ids of the first files that pass, by path */
  firstFileIds(filters: SearchFilters, limit: number): number[] {
    const { sql, parameters } = this.#passing(filters);
    // Walks the index over (root_id, relative_path) in order; the unary plus forbids fetching and sorting all that pass.
    const first = `SELECT listed.id FROM root CROSS JOIN file AS listed ON listed.root_id = root.id
                    WHERE +listed.id IN (${sql}) ORDER BY root.path, listed.relative_path LIMIT ?`;
    return this.#db
      .prepare<(string | number)[], number>(first)
      .pluck()
      .all(...parameters, limit);
  }

  #passing(filters: SearchFilters): Condition {
    const { sql, parameters } = conditionOf(filters, this.roots());
    return { sql: `SELECT file.id FROM file WHERE ${sql}`, parameters };
  }
}

/** A word or phrase in the file's tags, those that were accepted among them; one without letters or digits ("♥") is looked up literally. */
function tagCondition(tag: string): Condition {
  const phrase = phraseExpression(tag);
  if (phrase !== null) {
    return {
      sql: 'file.id IN (SELECT rowid FROM file_words WHERE file_words MATCH ?)',
      parameters: [`{tags} : ${phrase}`],
    };
  }
  const part = `%${likeLiteral(tag)}%`;
  return {
    sql: `file.id IN (SELECT file_id FROM file_tag WHERE value LIKE ? ESCAPE '!'
            UNION ALL SELECT file_id FROM decision JOIN tag ON tag.id = decision.tag_id
                       WHERE accepted = 1 AND name LIKE ? ESCAPE '!')`,
    parameters: [part, part],
  };
}

/** Filters as SQL over the catalogue. Fixed fragments with parameters: nothing a user types becomes SQL. */
import type { Database } from 'better-sqlite3';
import type { SearchFilters } from '../../../shared/query/filters.ts';
import { dataVersionOf, type DataVersion } from '../data-version.ts';
import { FileSet } from '../file-set.ts';
import { ROOT_IN_USE } from './listed.ts';
import { joined, likeLiteral, type Condition } from './condition.ts';
import { folderCondition, type Root } from './folder-filter.ts';
import { copiesCondition, issueCondition } from './issues.ts';
import { phraseExpression } from '../../text/query-words.ts';
import { USER_CONDITIONS } from './user-filters.ts';

/** Files that can be hits at all: read at least once, not known to be unusable, in a root that is in use. */
// The unary plus keeps the planner from choosing the index over states: nearly all files are 'ready'.
export const SEARCHABLE = `+file.state IN ('ready', 'pending') AND file.format IS NOT NULL AND file.duration_s IS NOT NULL AND ${ROOT_IN_USE}`;
/** A file is here when it was seen at the last walk and its drive is connected. */
export const HERE = '(file.offline = 0 AND file.root_id NOT IN (SELECT id FROM root WHERE online = 0))';

/** Whether anything but `includeOffline` is asked for. */
export function restricts(filters: SearchFilters): boolean {
  return Object.keys(filters).some((field) => field !== 'includeOffline');
}

type Values = Required<SearchFilters>;
type Conditions = { [Field in keyof Values]: (value: Values[Field], roots: readonly Root[]) => Condition | null };

/** One condition a filter: without it, a new filter does not compile. null: it takes nothing away. */
const CONDITIONS: Conditions = {
  includeOffline: (included) => (included ? null : { sql: HERE, parameters: [] }),
  minSeconds: (seconds) => ({ sql: 'file.duration_s >= ?', parameters: [seconds] }),
  maxSeconds: (seconds) => ({ sql: 'file.duration_s <= ?', parameters: [seconds] }),
  aboveSeconds: (seconds) => ({ sql: 'file.duration_s > ?', parameters: [seconds] }),
  belowSeconds: (seconds) => ({ sql: 'file.duration_s < ?', parameters: [seconds] }),
  formats: (formats) => ({
    sql: 'file.format IN (SELECT value FROM json_each(?))',
    parameters: [JSON.stringify(formats)],
  }),
  channels: (number) => ({ sql: 'file.channels = ?', parameters: [number] }),
  sampleRate: (hertz) => ({ sql: 'file.sample_rate = ?', parameters: [hertz] }),
  folder: folderCondition,
  tags: (tags) => (tags.length === 0 ? null : joined(tags.map(tagCondition), 'AND')),
  minAgeDays: (days) => ({ sql: 'file.added_ms <= ?', parameters: [daysAgo(days)] }),
  maxAgeDays: (days) => ({ sql: 'file.added_ms >= ?', parameters: [daysAgo(days)] }),
  minBpm: (bpm) => ({ sql: 'file.bpm >= ?', parameters: [bpm] }),
  maxBpm: (bpm) => ({ sql: 'file.bpm <= ?', parameters: [bpm] }),
  keys: (keys) => oneOf('file.key', keys),
  kinds: (kinds) => oneOf('file.kind', kinds),
  rootNotes: (notes) => (notes.length === 0 ? null : joined(notes.map(rootCondition), 'OR')),
  minLufs: (lufs) => ({ sql: 'file.loudness_lufs >= ?', parameters: [lufs] }),
  maxLufs: (lufs) => ({ sql: 'file.loudness_lufs <= ?', parameters: [lufs] }),
  clipped: (clipped) => ({ sql: `file.clipped_samples ${clipped ? '>' : '='} 0`, parameters: [] }),
  issues: issueCondition,
  copies: copiesCondition,
  ...USER_CONDITIONS,
};

function oneOf(column: string, values: readonly number[]): Condition | null {
  if (values.length === 0) return null;
  return { sql: `${column} IN (SELECT value FROM json_each(?))`, parameters: [JSON.stringify(values)] };
}

/** Half a semitone to either side is the same note. */
function rootCondition({ class: semitone, octave }: Values['rootNotes'][number]): Condition {
  if (octave !== null) {
    const note = 12 * (octave + 1) + semitone;
    return { sql: '(file.root >= ? AND file.root < ?)', parameters: [note - 0.5, note + 0.5] };
  }
  return { sql: '(file.root IS NOT NULL AND CAST(round(file.root) AS INTEGER) % 12 = ?)', parameters: [semitone] };
}

/** Epoch ms. */
function daysAgo(days: number): number {
  return Date.now() - days * 86_400_000;
}

/**
 * The files that pass; those that are not here only with `includeOffline`.
 * @param roots all roots of the catalogue
 */
export function conditionOf(filters: SearchFilters, roots: readonly Root[]): Condition {
  const asked = conditionsOf({ ...filters, includeOffline: filters.includeOffline ?? false }, roots);
  return joined([{ sql: SEARCHABLE, parameters: [] }, ...asked], 'AND');
}

/** Of the fields that are there, and nothing else. */
export function conditionsOf(asked: Partial<Values>, roots: readonly Root[]): Condition[] {
  function condition<Field extends keyof Values>(field: Field, value: Values[Field] | undefined): Condition | null {
    return value === undefined ? null : CONDITIONS[field](value, roots);
  }
  const conditions = (Object.keys(CONDITIONS) as (keyof Values)[]).map((field) => condition(field, asked[field]));
  return conditions.filter((one) => one !== null);
}

/** Of all sets that are kept, bytes: two broad ones of a million files, or twenty narrow ones. */
const KEPT_BYTES = 20_000_000;
/** "Added within a week" means another moment each time. */
const KEPT_MS = 60_000;

/** Reads one catalogue; the statement depends on the filters and is prepared when it is needed. */
export class FilterLookup {
  readonly #db: Database;
  readonly #roots;
  readonly #version: DataVersion;
  /** By the filters as JSON, the latest last: while somebody types, each key asks for the same. */
  readonly #kept = new Map<string, { set: FileSet; atMs: number }>();
  /** The catalogue that they are of. */
  #keptVersion = '';
  readonly #keptBytes: number;

  /** @param keptBytes of the sets that {@link passing} keeps, at most */
  constructor(db: Database, keptBytes = KEPT_BYTES) {
    this.#keptBytes = keptBytes;
    this.#db = db;
    this.#roots = db.prepare<[], Root>('SELECT id, path FROM root');
    this.#version = dataVersionOf(db);
  }

  roots(): Root[] {
    return this.#roots.all();
  }

  /** The files that pass. Kept until anything in the catalogue changes, for a minute at most. */
  passing(filters: SearchFilters): FileSet {
    const version = this.#version();
    if (version !== this.#keptVersion) this.#kept.clear();
    this.#keptVersion = version;
    const key = JSON.stringify(filters);
    const known = this.#kept.get(key);
    this.#kept.delete(key);
    const isFresh = known !== undefined && performance.now() - known.atMs < KEPT_MS;
    const entry = isFresh ? known : { set: this.#read(filters), atMs: performance.now() };
    this.#kept.set(key, entry);
    this.#dropOldest();
    return entry.set;
  }

  #read(filters: SearchFilters): FileSet {
    const { sql, parameters } = this.#passing(filters);
    const ids = this.#db.prepare<(string | number)[], number>(sql).pluck();
    return new FileSet(ids.all(...parameters));
  }

  #dropOldest(): void {
    let bytes = 0;
    for (const { set } of this.#kept.values()) bytes += set.bytes;
    for (const [oldest, { set }] of this.#kept) {
      if (bytes <= this.#keptBytes) return;
      this.#kept.delete(oldest);
      bytes -= set.bytes;
    }
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

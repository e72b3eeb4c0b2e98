/** Filters as SQL over the catalogue. Fixed fragments with parameters: nothing a user types becomes SQL. */
import { homedir } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { SearchFilters } from '../../shared/types.ts';
import { phraseExpression } from './name-evidence.ts';

/** A condition on `file` and `root`, and its parameters in order. */
export interface Condition {
  sql: string;
  parameters: (string | number)[];
}
export interface Root {
  id: number;
  /** Absolute, in the platform's own form. */
  path: string;
}

/** Files that can be hits at all: read at least once, and not known to be unusable. */
// The unary plus keeps the planner from choosing the index over states: nearly all files are 'ready'.
export const SEARCHABLE =
  "+file.state IN ('ready', 'pending') AND file.format IS NOT NULL AND file.duration_s IS NOT NULL";
/** A file is here when it was seen at the last walk and its drive is connected. */
export const HERE = 'file.offline = 0 AND root.online = 1';

/** Whether anything but `includeOffline` is asked for. */
export function restricts(filters: SearchFilters): boolean {
  return Object.entries(filters).some(([key, value]) => key !== 'includeOffline' && value !== undefined);
}

/**
 * The files that pass, whether or not they are here ({@link HERE} is added by the caller when it is wanted).
 * @param roots all roots of the catalogue
 */
export function conditionOf(filters: SearchFilters, roots: readonly Root[]): Condition {
  const all: Condition[] = [{ sql: SEARCHABLE, parameters: [] }];
  const { minSeconds, maxSeconds, formats, channels, sampleRate, folder, tags } = filters;
  if (minSeconds !== undefined) all.push({ sql: 'file.duration_s >= ?', parameters: [minSeconds] });
  if (maxSeconds !== undefined) all.push({ sql: 'file.duration_s <= ?', parameters: [maxSeconds] });
  if (formats)
    all.push({ sql: 'file.format IN (SELECT value FROM json_each(?))', parameters: [JSON.stringify(formats)] });
  if (channels !== undefined) all.push({ sql: 'file.channels = ?', parameters: [channels] });
  if (sampleRate !== undefined) all.push({ sql: 'file.sample_rate = ?', parameters: [sampleRate] });
  if (folder !== undefined) all.push(folderCondition(folder, roots));
  for (const tag of tags ?? []) all.push(tagCondition(tag));
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

  /** @returns ids of the files that pass, rising */
  fileIds(filters: SearchFilters): number[] {
    return this.#passing(filters, 'file.id', Infinity);
  }

  /** @returns ids of the first files that pass, by path */
  firstFileIds(filters: SearchFilters, limit: number): number[] {
    return this.#passing(filters, 'root.path, file.relative_path', limit);
  }

  #passing(filters: SearchFilters, order: 'file.id' | 'root.path, file.relative_path', limit: number): number[] {
    const condition = conditionOf(filters, this.roots());
    const here = filters.includeOffline ? '' : `AND ${HERE}`;
    const sql = `SELECT file.id FROM file JOIN root ON root.id = file.root_id
                  WHERE ${condition.sql} ${here} ORDER BY ${order} LIMIT ?`;
    const most = Number.isFinite(limit) ? limit : -1; // −1: no limit
    return this.#db
      .prepare<(string | number)[], number>(sql)
      .pluck()
      .all(...condition.parameters, most);
  }
}

/** Whether `folder` is an absolute path on any platform, or begins in the home folder (`~/`). */
export function isAbsoluteFolder(folder: string): boolean {
  return /^(?:[/\\]|[a-z]:[/\\]|~(?:[/\\]|$))/i.test(folder);
}

/**
 * Absolute: files anywhere below that folder, which may lie in a root, be one, or hold several. Relative: files
 * with a folder on their path whose name holds these words; `sfx/doors` may span two levels, the root's own path
 * counts, the file name does not. Case is folded for ASCII letters by SQLite, for others as far as the forms below go.
 */
function folderCondition(folder: string, roots: readonly Root[]): Condition {
  if (isAbsoluteFolder(folder)) return belowFolder(folder, roots);
  const part = withSlashes(folder).replace(/^\/+|\/+$/g, '');
  const patterns = spellings(part).map((spelling) => `%${likeLiteral(spelling)}%/%`);
  // The sub-select is answered from the index over (root_id, relative_path) alone.
  return joined(
    patterns.map((pattern) => ({
      sql: `file.id IN (SELECT inner_file.id FROM file AS inner_file JOIN root AS inner_root ON inner_root.id = inner_file.root_id
              WHERE replace(inner_root.path, '\\', '/') || '/' || inner_file.relative_path LIKE ? ESCAPE '!')`,
      parameters: [pattern],
    })),
    'OR',
  );
}

function belowFolder(folder: string, roots: readonly Root[]): Condition {
  const expanded = folder.startsWith('~') ? homedir() + folder.slice(1) : folder;
  const wanted = comparable(isAbsolute(expanded) ? resolve(expanded) : expanded);
  const parts: Condition[] = [];
  for (const { id, path } of roots) {
    const root = comparable(path);
    if (`${root}/`.startsWith(`${wanted}/`)) {
      parts.push({ sql: 'file.root_id = ?', parameters: [id] });
    } else if (`${wanted}/`.startsWith(`${root}/`)) {
      for (const below of spellings(wanted.slice(root.length + 1), false)) {
        // '0' is the character after '/': a range over the index instead of a pattern.
        const range = 'file.root_id = ? AND file.relative_path > ? AND file.relative_path < ?';
        const pattern = "file.root_id = ? AND file.relative_path LIKE ? ESCAPE '!'";
        parts.push(
          process.platform === 'win32'
            ? { sql: pattern, parameters: [id, `${likeLiteral(below)}/%`] }
            : { sql: range, parameters: [id, `${below}/`, `${below}0`] },
        );
      }
    }
  }
  return parts.length === 0 ? { sql: 'FALSE', parameters: [] } : joined(parts, 'OR');
}

/** A word or phrase in the file's tags; one without letters or digits ("♥") is looked up literally. */
function tagCondition(tag: string): Condition {
  const phrase = phraseExpression(tag);
  if (phrase !== null) {
    return {
      sql: 'file.id IN (SELECT rowid FROM file_words WHERE file_words MATCH ?)',
      parameters: [`{tags} : ${phrase}`],
    };
  }
  return {
    sql: "file.id IN (SELECT file_id FROM file_tag WHERE value LIKE ? ESCAPE '!')",
    parameters: [`%${likeLiteral(tag)}%`],
  };
}

function joined(conditions: readonly Condition[], operator: 'AND' | 'OR'): Condition {
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(` ${operator} `)})`,
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}

/** For LIKE with ESCAPE '!' ('\' is a path separator on Windows). */
function likeLiteral(text: string): string {
  return text.replace(/[!%_]/g, '!$&');
}

/** As the catalogue writes relative paths. Elsewhere than on Windows a backslash is a letter like any other. */
function withSlashes(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}

/** Without a slash at the end and in one Unicode form; without case where the file system has none. */
function comparable(path: string): string {
  const plain = (process.platform === 'win32' ? withSlashes(path).toLowerCase() : path).normalize('NFC');
  return plain.replace(/\/+$/, '');
}

/** macOS hands out decomposed names, keyboards make composed ones; LIKE folds the case of ASCII only. */
function spellings(text: string, anyCase = true): string[] {
  const cases = anyCase ? [text, text.toLowerCase(), text.toUpperCase()] : [text];
  const forms = cases.flatMap((form) => [form.normalize('NFC'), form.normalize('NFD')]);
  // For ASCII they are all the same to LIKE.
  return /^[\x20-\x7e]*$/.test(text) ? [text] : [...new Set(forms)];
}

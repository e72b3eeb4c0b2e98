/** Contents that are the same recording in another form, what has been compared, and the files that have them. */
import type { Database } from 'better-sqlite3';
import type { AudioFormat } from '../../../shared/types.ts';
import type { Condition } from '../queries/condition.ts';
import { joined } from '../queries/condition.ts';
import { folderCondition, type Root } from '../queries/folder-filter.ts';
import { absolutePath } from './roots.ts';
import { ROOT_IN_USE } from '../queries/listed.ts';

/** How the second of two relates to the first; each figure adds up along a chain of pairs. */
export interface PairFacts {
  /** 0..1 */
  similarity: number;
  /** Of the second above the first. */
  levelDb: number;
  /** By so much later the first has what the second has, s. */
  offsetSeconds: number;
  /** Of the sound of the first, the second lacks so much, s; negative: it has more. */
  lostHeadSeconds: number;
  lostTailSeconds: number;
  /** So much more silence the second has, s. */
  addedHeadSeconds: number;
  addedTailSeconds: number;
}

/** `a` sorts before `b`; the second of the facts is `b`. */
export interface NearPair extends PairFacts {
  a: string;
  b: string;
}

export interface Fingerprinted {
  contentId: string;
  fingerprint: Uint8Array;
}

/** A file of a content that is in a pair. */
export interface NearFile {
  contentId: string;
  fileId: number;
  path: string;
  bytes: number;
  offline: boolean;
  format: AudioFormat;
  codec: string;
  durationSeconds: number;
  sampleRate: number;
  channels: number;
  /** null: lossy */
  bitDepth: number | null;
  /** Highest frequency with energy, Hz; null: unknown */
  bandwidthHz: number | null;
  clippedSamples: number | null;
  /** Tags in it, and accepted ones. */
  tags: number;
}

export type NearDuplicateStore = ReturnType<typeof nearDuplicateStore>;

/** Contents, pairs or files read by one statement: some 10 ms. */
const CONTENTS_A_RANGE = 5000;
export const PAIRS_A_PAGE = 2000;

const READY = `file.content_id IS NOT NULL AND file.state = 'ready' AND ${ROOT_IN_USE}`;
const PAIR_COLUMNS = `a, b, similarity, level_db AS levelDb, offset_s AS offsetSeconds, lost_head_s AS lostHeadSeconds,
  lost_tail_s AS lostTailSeconds, added_head_s AS addedHeadSeconds, added_tail_s AS addedTailSeconds`;
/** Of a pair, the one content when the other has a file in use. */
const partnered = (content: 'a' | 'b', other: 'a' | 'b') =>
  `SELECT ${content} FROM near_pair WHERE EXISTS (SELECT 1 FROM file WHERE file.content_id = near_pair.${other} AND ${READY})`;
/** Contents that are the same recording as another content of the library. */
export const NEAR_CONTENTS = `${partnered('a', 'b')} UNION ALL ${partnered('b', 'a')}`;

export function nearDuplicateStore(db: Database) {
  const roots = db.prepare<[], Root>('SELECT id, path FROM root');
  const page = db.prepare<[string, number], Fingerprinted>(
    `SELECT content_id AS contentId, fingerprint FROM file
      WHERE content_id > ? AND fingerprint IS NOT NULL AND ${READY} GROUP BY content_id ORDER BY content_id LIMIT ?`,
  );
  const outdated = db.prepare<[number], number>('SELECT count(*) FROM near_compared WHERE version <> ?').pluck();
  const mark = db.prepare<[string, number]>('INSERT OR REPLACE INTO near_compared (content_id, version) VALUES (?, ?)');
  const insert = db.prepare<NearPair>(
    `INSERT OR REPLACE INTO near_pair (a, b, similarity, level_db, offset_s, lost_head_s, lost_tail_s, added_head_s, added_tail_s)
       VALUES (:a, :b, :similarity, :levelDb, :offsetSeconds, :lostHeadSeconds, :lostTailSeconds, :addedHeadSeconds, :addedTailSeconds)`,
  );
  const place = db.prepare<[string], { rootPath: string; relativePath: string; durationSeconds: number }>(
    `SELECT root.path AS rootPath, relative_path AS relativePath, duration_s AS durationSeconds
       FROM file JOIN root ON root.id = file.root_id
      WHERE content_id = ? AND state = 'ready' AND file.offline = 0 AND root.online = 1 AND removed_ms IS NULL
      ORDER BY file.id LIMIT 1`,
  );
  const pairs = db.prepare<[string, string, number], NearPair>(
    `SELECT ${PAIR_COLUMNS} FROM near_pair WHERE (a, b) > (?, ?) ORDER BY a, b LIMIT ?`,
  );
  const rangeEnd = db
    .prepare<[string, number], string>(
      'SELECT content_id FROM file WHERE content_id > ? AND content_id IS NOT NULL ORDER BY content_id LIMIT 1 OFFSET ?',
    )
    .pluck();
  const comparedEnd = db
    .prepare<[string, number], string>(
      'SELECT content_id FROM near_compared WHERE content_id > ? ORDER BY content_id LIMIT 1 OFFSET ?',
    )
    .pluck();
  const isGone = (content: string) => `NOT EXISTS (SELECT 1 FROM file WHERE file.content_id = ${content})`;
  const forgetPairs = db.prepare<{ after: string; to: string | null }>(
    `DELETE FROM near_pair WHERE a > :after AND (:to IS NULL OR a <= :to) AND (${isGone('a')} OR ${isGone('b')})`,
  );
  const forgetCompared = db.prepare<{ after: string; to: string | null }>(
    `DELETE FROM near_compared WHERE content_id > :after AND (:to IS NULL OR content_id <= :to) AND ${isGone('near_compared.content_id')}`,
  );
  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck();
  const ownChanges = db.prepare<[], number>('SELECT total_changes()').pluck();
  const any = db.prepare<[], 1>('SELECT 1 FROM near_compared LIMIT 1').pluck();
  const files = db.prepare<
    [string],
    Omit<NearFile, 'path' | 'offline'> & { rootPath: string; relativePath: string; here: 0 | 1 }
  >(
    `WITH wanted (content_id) AS (SELECT value FROM json_each(?))
     SELECT file.content_id AS contentId, file.id AS fileId, root.path AS rootPath, relative_path AS relativePath, size AS bytes,
            file.offline = 0 AND root.online = 1 AS here, format, codec, duration_s AS durationSeconds,
            sample_rate AS sampleRate, channels, bit_depth AS bitDepth, bandwidth_hz AS bandwidthHz, clipped_samples AS clippedSamples,
            (SELECT count(*) FROM file_tag WHERE file_tag.file_id = file.id)
              + (SELECT count(*) FROM decision WHERE decision.file_id = file.id AND accepted = 1) AS tags
       FROM wanted CROSS JOIN file ON file.content_id = wanted.content_id AND file.state = 'ready'
       JOIN root ON root.id = file.root_id WHERE removed_ms IS NULL`,
  );

  function below(folders: readonly string[]): Condition | null {
    const known = roots.all();
    if (folders.length === 0) return null;
    return joined(
      folders.map((folder) => folderCondition(folder, known)),
      'OR',
    );
  }
  /** Not compared yet, of files that can be read now. */
  function waitingIn(folders: readonly string[]): Condition {
    const inFolders = below(folders);
    const sql = `${READY} AND file.offline = 0 AND file.root_id NOT IN (SELECT id FROM root WHERE online = 0)
      AND file.fingerprint IS NOT NULL AND NOT EXISTS (SELECT 1 FROM near_compared WHERE near_compared.content_id = file.content_id)`;
    return joined([{ sql, parameters: [] }, ...(inFolders ? [inFolders] : [])], 'AND');
  }

  return {
    /** Contents with a fingerprint, each once, by their ids; the next page begins after the last one. */
    fingerprints: (after: string, limit: number): Fingerprinted[] => page.all(after, limit),
    /**
     * The same, those that were not compared yet and can be read now.
     * @param folders absolute: of files below them; none: all
     */
    waiting(folders: readonly string[], after: string, limit: number): Fingerprinted[] {
      const { sql, parameters } = waitingIn(folders);
      const found = `SELECT content_id AS contentId, fingerprint FROM file WHERE ${sql} AND content_id > ? GROUP BY content_id ORDER BY content_id LIMIT ?`;
      return db.prepare<unknown[], Fingerprinted>(found).all(...parameters, after, limit);
    },
    /**
     * How many of these there are among some of the contents, by their ids.
     * @returns where the next range begins; null: this was the last
     */
    countWaiting(folders: readonly string[], after: string): { count: number; next: string | null } {
      const next = rangeEnd.get(after, CONTENTS_A_RANGE) ?? null;
      const { sql, parameters } = waitingIn(folders);
      // Most were compared, which two indexes tell; of the others rows are read.
      const counted = `WITH open AS MATERIALIZED (
          SELECT id FROM file WHERE content_id > ?${next === null ? '' : ' AND content_id <= ?'}
            AND NOT EXISTS (SELECT 1 FROM near_compared WHERE near_compared.content_id = file.content_id))
        SELECT count(DISTINCT content_id) FROM open CROSS JOIN file ON file.id = open.id WHERE ${sql}`;
      const range = next === null ? [after] : [after, next];
      return { count: db.prepare<unknown[], number>(counted).pluck().get(...range, ...parameters)!, next }; // prettier-ignore
    },
    /** A file of this content that can be read now; null when there is none. */
    place(contentId: string): { path: string; durationSeconds: number } | null {
      const row = place.get(contentId);
      return row ? { path: absolutePath(row.rootPath, row.relativePath), durationSeconds: row.durationSeconds } : null;
    },
    /** What an older comparison found is forgotten; it is found again. */
    forgetOlder: db.transaction((version: number): void => {
      if (outdated.get(version) === 0) return;
      db.exec('DELETE FROM near_pair; DELETE FROM near_compared');
    }),
    /**
     * What is kept of contents that no file has any more is forgotten, of some of them.
     * @returns where the next range begins; null: this was the last
     */
    forgetGone: db.transaction((after: string): string | null => {
      const to = comparedEnd.get(after, CONTENTS_A_RANGE) ?? null;
      forgetPairs.run({ after, to });
      forgetCompared.run({ after, to });
      return to;
    }),
    /** A content was compared with all others. */
    keep: db.transaction((contentId: string, version: number, found: readonly NearPair[]): void => {
      for (const pair of found) insert.run(pair);
      mark.run(contentId, version);
    }),
    /** Of a content that was not compared with all. */
    keepPairs: db.transaction((found: readonly NearPair[]): void => {
      for (const pair of found) insert.run(pair);
    }),
    anyCompared: (): boolean => any.get() !== undefined,
    /** Another text as soon as anything in the catalogue is another. */
    version: (): string => `${dataVersion.get()}.${ownChanges.get()}`,
    /** Behind one, or from the first on, at most {@link PAIRS_A_PAGE}; also of contents that are gone. */
    pairs: (after: Pick<NearPair, 'a' | 'b'> = { a: '', b: '' }): NearPair[] =>
      pairs.all(after.a, after.b, PAIRS_A_PAGE),
    /** Files in use with one of these contents. */
    files(contentIds: readonly string[]): NearFile[] {
      return files.all(JSON.stringify(contentIds)).map(({ rootPath, relativePath, here, ...file }) => ({
        ...file,
        path: absolutePath(rootPath, relativePath),
        offline: here === 0,
      }));
    },
    /** Which of the files lie below the folders. */
    idsBelow(folders: readonly string[], fileIds: readonly number[]): number[] {
      const inFolders = below(folders);
      const these = { sql: 'file.id IN (SELECT value FROM json_each(?))', parameters: [JSON.stringify(fileIds)] };
      const { sql, parameters } = joined([these, ...(inFolders ? [inFolders] : [])], 'AND');
      return db
        .prepare<unknown[], number>(`SELECT file.id FROM file WHERE ${sql}`)
        .pluck()
        .all(...parameters);
    },
  };
}

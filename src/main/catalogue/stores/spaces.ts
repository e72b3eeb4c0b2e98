/** What each embedding space has analysed, what one lacks that another has, and forgetting one. */
import type { Database } from 'better-sqlite3';
import { LISTED } from '../queries/listed.ts';

/** Of one model, all versions of it taken together. */
export interface AnalysedByModel {
  /** Pack id. */
  modelId: string;
  /** Files in use that it has analysed. */
  files: number;
  /** Of the embeddings, about: what SQLite needs beside them is a few per cent. */
  bytes: number;
}

/** A file that a space has been through. */
export interface SpaceFile {
  fileId: number;
  /** When it was analysed, epoch ms. */
  doneMs: number;
  /** Shown at all: not known to be unusable, in a root that is in use. Offline files are. */
  listed: boolean;
}

export interface LeftToAnalyse {
  /** Files in use that the first space has analysed. */
  files: number;
  /** Of these, those that the second has not. */
  remaining: number;
  /** Of the remaining: gone with their drive, or in a folder that is paused. */
  outOfReach: number;
}

export type SpaceStore = ReturnType<typeof spaceStore>;

/** A float16 is so many bytes. */
const FLOAT16_BYTES = 2;

export function spaceStore(db: Database) {
  const files = db.prepare<[], { modelId: string; files: number }>(
    `SELECT space.model_id AS modelId, count(DISTINCT analysed.file_id) AS files
       FROM space JOIN analysed ON analysed.space_id = space.id
                  JOIN file ON file.id = analysed.file_id JOIN root ON root.id = file.root_id
      WHERE root.removed_ms IS NULL GROUP BY space.model_id`,
  );
  const bytes = db.prepare<[], { modelId: string; bytes: number }>(
    `SELECT model_id AS modelId, sum(${FLOAT16_BYTES} * dim
              * (SELECT count(*) FROM window INDEXED BY window_by_space WHERE space_id = space.id)) AS bytes
       FROM space GROUP BY model_id`,
  );
  const left = db.prepare<{ from: number; to: number }, LeftToAnalyse>(
    `SELECT count(*) AS files, total(waits) AS remaining, total(waits AND away) AS outOfReach FROM (
       SELECT NOT EXISTS (SELECT 1 FROM analysed AS other WHERE other.file_id = file.id AND other.space_id = :to) AS waits,
              file.offline = 1 OR root.paused = 1 AS away
         FROM analysed JOIN file ON file.id = analysed.file_id JOIN root ON root.id = file.root_id
        WHERE analysed.space_id = :from AND file.state = 'ready' AND root.removed_ms IS NULL)`,
  );
  const listedFiles = db
    .prepare<[number], number>(
      `SELECT count(*) FROM analysed CROSS JOIN file ON file.id = analysed.file_id WHERE space_id = ? AND ${LISTED}`,
    )
    .pluck();
  const page = db
    .prepare<[number, number, number], [fileId: number, doneMs: number, listed: 0 | 1]>(
      `SELECT analysed.file_id, done_ms, (${LISTED}) FROM analysed CROSS JOIN file ON file.id = analysed.file_id
        WHERE space_id = ? AND analysed.file_id > ? ORDER BY analysed.file_id LIMIT ?`,
    )
    .raw();
  const someFiles = db
    .prepare<[number, number, number], number>(
      'SELECT file_id FROM analysed WHERE space_id = ? AND file_id > ? ORDER BY file_id LIMIT ?',
    )
    .pluck();
  // What the user taught a tag stays: it comes from decisions, not from the analysis.
  const forgetFiles = ['window', 'suggestion', 'scored', 'analysed'].map((table) =>
    db.prepare<[number, string]>(
      `DELETE FROM ${table} WHERE space_id = ? AND file_id IN (SELECT value FROM json_each(?))`,
    ),
  );

  return {
    /** Models without any analysed file are missing. */
    analysedByModel(): AnalysedByModel[] {
      const bytesOf = new Map(bytes.all().map((row) => [row.modelId, row.bytes]));
      return files.all().map((row) => ({ ...row, bytes: bytesOf.get(row.modelId) ?? 0 }));
    },
    /** Number of files in lists that a space has been through. */
    listedFiles: (spaceId: number): number => listedFiles.get(spaceId)!,
    /** Files that a space has been through with an id above `afterId`, by id, at most `limit` of them. */
    filesAfter: (spaceId: number, afterId: number, limit: number): SpaceFile[] =>
      page.all(spaceId, afterId, limit).map(([fileId, doneMs, listed]) => ({ fileId, doneMs, listed: listed === 1 })),
    leftToAnalyse: (from: number, to: number): LeftToAnalyse => left.get({ from, to })!,
    /**
     * Forgets the analysis of some files, each of them whole: all at once, a large library would block everybody
     * else. The space itself stays: what is cached under its number never meets another one of the same number.
     * @param afterFileId where the call before ended; 0 at first
     * @param limit files at most
     * @returns the last of them; null when there were none left
     */
    forgetSome: db.transaction((spaceId: number, afterFileId: number, limit: number): number | null => {
      const fileIds = someFiles.all(spaceId, afterFileId, limit);
      for (const statement of forgetFiles) statement.run(spaceId, JSON.stringify(fileIds));
      return fileIds.at(-1) ?? null;
    }),
  };
}

/** What each embedding space has heard, what one has not that another has, and forgetting one. */
import type { Database } from 'better-sqlite3';

/** Of one model, all versions of it taken together. */
export interface HeardByModel {
  /** Pack id. */
  modelId: string;
  /** Files in use that it has listened to. */
  files: number;
  /** Of the embeddings, about: what SQLite needs beside them is a few per cent. */
  bytes: number;
}

export interface LeftToHear {
  /** Files in use that the first space has listened to. */
  files: number;
  /** Of these, those that the second has not. */
  remaining: number;
  /** Of the remaining: gone with their drive, or in a folder that is paused. */
  outOfReach: number;
}

export type SpaceStatements = ReturnType<typeof spaceStatements>;

/** A float16 is so many bytes. */
const FLOAT16_BYTES = 2;

export function spaceStatements(db: Database) {
  const files = db.prepare<[], { modelId: string; files: number }>(
    `SELECT space.model_id AS modelId, count(DISTINCT listening.file_id) AS files
       FROM space JOIN listening ON listening.space_id = space.id
                  JOIN file ON file.id = listening.file_id JOIN root ON root.id = file.root_id
      WHERE root.removed_ms IS NULL GROUP BY space.model_id`,
  );
  const bytes = db.prepare<[], { modelId: string; bytes: number }>(
    `SELECT model_id AS modelId, sum(${FLOAT16_BYTES} * dim
              * (SELECT count(*) FROM window INDEXED BY window_by_space WHERE space_id = space.id)) AS bytes
       FROM space GROUP BY model_id`,
  );
  const left = db.prepare<{ from: number; to: number }, LeftToHear>(
    `SELECT count(*) AS files, total(waits) AS remaining, total(waits AND away) AS outOfReach FROM (
       SELECT NOT EXISTS (SELECT 1 FROM listening AS other WHERE other.file_id = file.id AND other.space_id = :to) AS waits,
              file.offline = 1 OR root.paused = 1 AS away
         FROM listening JOIN file ON file.id = listening.file_id JOIN root ON root.id = file.root_id
        WHERE listening.space_id = :from AND file.state = 'ready' AND root.removed_ms IS NULL)`,
  );
  const someFiles = db
    .prepare<[number, number, number], number>(
      'SELECT file_id FROM listening WHERE space_id = ? AND file_id > ? ORDER BY file_id LIMIT ?',
    )
    .pluck();
  // What the user taught a tag stays: it came from decisions, not from listening.
  const forgetFiles = ['window', 'suggestion', 'scored', 'listening'].map((table) =>
    db.prepare<[number, string]>(
      `DELETE FROM ${table} WHERE space_id = ? AND file_id IN (SELECT value FROM json_each(?))`,
    ),
  );

  return {
    /** Models that have heard nothing (any more) are missing. */
    heard(): HeardByModel[] {
      const bytesOf = new Map(bytes.all().map((row) => [row.modelId, row.bytes]));
      return files.all().map((row) => ({ ...row, bytes: bytesOf.get(row.modelId) ?? 0 }));
    },
    leftToHear: (from: number, to: number): LeftToHear => left.get({ from, to })!,
    /**
     * Forgets what was heard of some files, each of them whole: all at once, a large library would hold up everybody
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

/** Which files a model has listened to, and their embeddings as one for each file. */
import type { Database } from 'better-sqlite3';
import { LISTED } from '../catalogue/file-lists.ts';
import { decodeInto, float16Bits } from '../index/float16-dot.ts';

/** Rows read at a time: a few ms. */
const PAGE = 5000;

export interface HeardFile {
  fileId: number;
  /** When it was listened to, epoch ms: a place on the map holds for what was heard then. */
  doneMs: number;
  /** Shown at all: not known to be unusable, in a root that is in use. Offline files are. */
  listed: boolean;
}

export type HeardFiles = ReturnType<typeof heardFiles>;

/** @param spaceId of the model; @param dim of its embeddings */
export function heardFiles(db: Database, spaceId: number, dim: number) {
  const page = db
    .prepare<[number, number, number], [fileId: number, doneMs: number, listed: 0 | 1]>(
      `SELECT listening.file_id, done_ms, (${LISTED}) FROM listening CROSS JOIN file ON file.id = listening.file_id
        WHERE space_id = ? AND listening.file_id > ? ORDER BY listening.file_id LIMIT ?`,
    )
    .raw();
  // The index that covers more columns knows no order of files: it would be read from end to end.
  const windows = db
    .prepare<[number, number], Buffer>(
      'SELECT embedding FROM window INDEXED BY window_by_file WHERE file_id = ? AND space_id = ?',
    )
    .pluck();
  const hasWindow = db
    .prepare<[number, number], 1>(
      'SELECT 1 FROM window INDEXED BY window_by_file WHERE file_id = ? AND space_id = ? LIMIT 1',
    )
    .pluck();
  const anyWindow = db.prepare<[number], 1>('SELECT 1 FROM window WHERE space_id = ? LIMIT 1').pluck();
  const one = new Float32Array(dim);

  return {
    /** By id, some thousands at a time; between two pages others may use the database. */
    *pages(): Generator<HeardFile[], void, undefined> {
      for (let after = 0; ;) {
        const rows = page.all(spaceId, after, PAGE);
        yield rows.map(([fileId, doneMs, listed]) => ({ fileId, doneMs, listed: listed === 1 }));
        if (rows.length < PAGE) return;
        after = rows.at(-1)![0];
      }
    },
    /** Silent files have been heard and have nothing to place them by. */
    hasSound: (fileId: number): boolean => hasWindow.get(fileId, spaceId) === 1,
    /** Whether there is anything to draw. */
    any: (): boolean => anyWindow.get(spaceId) === 1,
    /**
     * The mean of a file's windows, L2 norm 1.
     * @param into Float32Array; `dim` values beginning at `at` are written
     * @returns false when there is none, or it has no direction
     */
    readMean(fileId: number, into: Float32Array, at: number): boolean {
      into.fill(0, at, at + dim);
      for (const blob of windows.iterate(fileId, spaceId)) {
        if (blob.byteLength !== 2 * dim) continue;
        decodeInto(float16Bits(blob), 0, one, 0, dim);
        for (let i = 0; i < dim; i++) into[at + i]! += one[i]!;
      }
      let squares = 0;
      for (let i = at; i < at + dim; i++) squares += into[i]! ** 2;
      const norm = Math.sqrt(squares);
      if (!(norm > 1e-6 && Number.isFinite(norm))) return false; // NaN fails the comparison, too
      for (let i = at; i < at + dim; i++) into[i]! /= norm;
      return true;
    },
  };
}

/** Tables `space`, `analysed` (the done marks) and `window`: which model has analysed which file. */
import type { Database } from 'better-sqlite3';
import { UserError } from '../../../shared/errors.ts';
import { fromFloat16Bytes, toFloat16Bytes } from '../../vectors/float16.ts';

/** Where embeddings live. Two spaces are never compared. */
export interface SpaceKey {
  /** Pack id. */
  modelId: string;
  /** SHA-256 over the hashes of the pack's graphs. */
  weightHash: string;
  /** Version of windows and resampling. */
  preprocessing: number;
  dim: number;
}
export interface SpaceRow extends SpaceKey {
  id: number;
}

/** A window as the encoder gives it. */
export interface NewWindow {
  /** Where it starts in the file, s. */
  startSeconds: number;
  /** How much of the file it covers, s. */
  seconds: number;
  /** Float32Array[dim], L2 norm 1. */
  embedding: Float32Array;
}
export interface WindowRow extends NewWindow {
  id: number;
}

/** How far from 1 the norm of a "normalised" embedding may be: float32 rounding, not a forgotten normalisation. */
const NORM_TOLERANCE = 0.01;

/**
 * @param embedding Float32Array[dim], L2 norm 1
 * @returns what the column `window.embedding` holds
 * @throws RangeError when the length is not `dim`, a value is not finite or the norm is not 1
 */
export function encodeEmbedding(embedding: Float32Array, dim: number): Uint8Array {
  if (embedding.length !== dim) throw new RangeError(`an embedding of ${embedding.length} values, expected ${dim}`);
  let squares = 0;
  for (const value of embedding) squares += value * value;
  // NaN fails this comparison too.
  if (!(Math.abs(Math.sqrt(squares) - 1) <= NORM_TOLERANCE)) {
    throw new RangeError(`an embedding of L2 norm ${Math.sqrt(squares)}, expected 1`);
  }
  return toFloat16Bytes(embedding);
}

/** A window without its embedding. */
export interface WindowPlace {
  id: number;
  fileId: number;
  startSeconds: number;
  seconds: number;
  /** When its file was analysed, epoch ms: distinguishes a window from one of the same id in another copy of the catalogue. */
  doneMs: number;
}

/** A file's first window. */
export interface FirstPlace {
  windowId: number;
  startSeconds: number;
  seconds: number;
}

/** A window as it stands in the table; `embedding`: float16le[dim]. */
export type StoredWindow = [startSeconds: number, seconds: number, embedding: Buffer];

export type WindowStore = ReturnType<typeof windowStore>;

const SPACE_COLUMNS = 'id, model_id AS modelId, weight_hash AS weightHash, preprocessing, dim';

export function windowStore(db: Database) {
  const findSpace = db.prepare<[string, string, number], SpaceRow>(
    `SELECT ${SPACE_COLUMNS} FROM space WHERE model_id = ? AND weight_hash = ? AND preprocessing = ?`,
  );
  const spaceById = db.prepare<[number], SpaceRow>(`SELECT ${SPACE_COLUMNS} FROM space WHERE id = ?`);
  const allSpaces = db.prepare<[], SpaceRow>(`SELECT ${SPACE_COLUMNS} FROM space ORDER BY id`);
  const insertSpace = db.prepare<[string, string, number, number]>(
    'INSERT INTO space (model_id, weight_hash, preprocessing, dim) VALUES (?, ?, ?, ?)',
  );
  const isAnalysed = db
    .prepare<[number, number], 1>('SELECT 1 FROM analysed WHERE file_id = ? AND space_id = ?')
    .pluck();
  const markAnalysed = db.prepare<[number, number, number]>(
    'INSERT INTO analysed (file_id, space_id, done_ms) VALUES (?, ?, ?)',
  );
  const forgetAnalysed = db.prepare<[number]>('DELETE FROM analysed WHERE file_id = ?');
  const forgetWindows = db.prepare<[number]>('DELETE FROM window WHERE file_id = ?');
  // What was suggested from windows that are no more.
  const forgetSuggestions = db.prepare<[number]>('DELETE FROM suggestion WHERE file_id = ?');
  const forgetScored = db.prepare<[number]>('DELETE FROM scored WHERE file_id = ?');
  const forgetSuggestionsOf = db.prepare<[number, number]>('DELETE FROM suggestion WHERE file_id = ? AND space_id = ?');
  const forgetScoredOf = db.prepare<[number, number]>('DELETE FROM scored WHERE file_id = ? AND space_id = ?');
  const forgetAnalysedIn = db.prepare<[number, number]>('DELETE FROM analysed WHERE file_id = ? AND space_id = ?');
  const forgetWindowsOf = db.prepare<[number, number]>('DELETE FROM window WHERE file_id = ? AND space_id = ?');
  const insertWindow = db.prepare<[number, number, number, number, Uint8Array]>(
    'INSERT INTO window (file_id, space_id, start_s, seconds, embedding) VALUES (?, ?, ?, ?, ?)',
  );
  const copyWindows = db.prepare<[number, number, number]>(
    `INSERT INTO window (file_id, space_id, start_s, seconds, embedding)
       SELECT ?, space_id, start_s, seconds, embedding FROM window WHERE file_id = ? AND space_id = ? ORDER BY id`,
  );
  const byFile = db.prepare<[number, number], { id: number; startSeconds: number; seconds: number; embedding: Buffer }>(
    `SELECT id, start_s AS startSeconds, seconds, embedding FROM window
       WHERE file_id = ? AND space_id = ? ORDER BY start_s, id`,
  );
  // With a single space the planner thinks the table itself as good as the index, and would read every embedding.
  const count = db
    .prepare<[number], number>('SELECT count(*) FROM window INDEXED BY window_by_space WHERE space_id = ?')
    .pluck();
  const placesAfter = db.prepare<[number, number, number], WindowPlace>(
    `SELECT window.id, window.file_id AS fileId, start_s AS startSeconds, seconds, done_ms AS doneMs
       FROM window INDEXED BY window_by_space
       JOIN analysed ON analysed.file_id = window.file_id AND analysed.space_id = window.space_id
       WHERE window.space_id = ? AND window.id > ? ORDER BY window.id LIMIT ?`,
  );
  const embedding = db.prepare<[number], Buffer>('SELECT embedding FROM window WHERE id = ?').pluck();
  const ids = db
    .prepare<[number], number>('SELECT id FROM window INDEXED BY window_by_space WHERE space_id = ?')
    .pluck();
  // The index that covers more columns knows no order of files: it would be read from end to end.
  const stored = db
    .prepare<[number, number], StoredWindow>(
      `SELECT start_s, seconds, embedding FROM window INDEXED BY window_by_file
        WHERE file_id = ? AND space_id = ? ORDER BY start_s, id`,
    )
    .raw();
  const embeddings = db
    .prepare<[number, number], Buffer>(
      'SELECT embedding FROM window INDEXED BY window_by_file WHERE file_id = ? AND space_id = ?',
    )
    .pluck();
  const anyOfFile = db
    .prepare<[number, number], 1>(
      'SELECT 1 FROM window INDEXED BY window_by_file WHERE file_id = ? AND space_id = ? LIMIT 1',
    )
    .pluck();
  const firstPlaces = db.prepare<[number, string], FirstPlace & { fileId: number }>(
    // A bare column beside min() comes from the row of the minimum: https://www.sqlite.org/lang_select.html#bareagg
    `SELECT file_id AS fileId, id AS windowId, min(start_s) AS startSeconds, seconds FROM window
      WHERE space_id = ? AND file_id IN (SELECT value FROM json_each(?)) GROUP BY file_id`,
  );
  const embeddingsOf = db.prepare<[string], { id: number; embedding: Buffer }>(
    'SELECT window.id, window.embedding FROM json_each(?) AS wanted JOIN window ON window.id = wanted.value',
  );
  const any = db.prepare<[number], 1>('SELECT 1 FROM window WHERE space_id = ? LIMIT 1').pluck();

  return {
    /**
     * Finds a space or makes it.
     * @returns its id
     * @throws UserError `model-damaged` when the space is known with another dimension
     */
    ensureSpace({ modelId, weightHash, preprocessing, dim }: SpaceKey): number {
      const known = findSpace.get(modelId, weightHash, preprocessing);
      if (!known) return Number(insertSpace.run(modelId, weightHash, preprocessing, dim).lastInsertRowid);
      if (known.dim !== dim) {
        throw new UserError(
          'model-damaged',
          `The model “${modelId}” declares ${dim} dimensions, but its embeddings in the catalogue have ${known.dim}. Reinstall the model.`,
        );
      }
      return known.id;
    },
    spaces: (): SpaceRow[] => allSpaces.all(),
    spaceById: (id: number): SpaceRow | null => spaceById.get(id) ?? null,
    isAnalysed: (fileId: number, spaceId: number): boolean => isAnalysed.get(fileId, spaceId) === 1,
    /** Number of windows in a space. */
    count: (spaceId: number): number => count.get(spaceId)!,
    /** The windows of a space with an id above `afterId`, by id, at most `limit` of them. */
    placesAfter: (spaceId: number, afterId: number, limit: number): WindowPlace[] =>
      placesAfter.all(spaceId, afterId, limit),
    /** float16le[dim] as stored, or null when there is no such window any more. */
    embeddingBytes: (id: number): Buffer | null => embedding.get(id) ?? null,
    /** The windows of a file by their start, each embedding Float32Array[dim] of L2 norm 1 (± float16 rounding). */
    ofFile: (fileId: number, spaceId: number): WindowRow[] =>
      byFile.all(fileId, spaceId).map((row) => ({ ...row, embedding: fromFloat16Bytes(row.embedding) })),
    /** Ids of all windows of a space, ascending. */
    ids: (spaceId: number): number[] => ids.all(spaceId),
    /** As stored, by their start. */
    stored: (fileId: number, spaceId: number): StoredWindow[] => stored.all(fileId, spaceId),
    /** float16le[dim] of each window of a file, in no order; the catalogue cannot be written to until the last one is read. */
    embeddings: (fileId: number, spaceId: number): IterableIterator<Buffer> => embeddings.iterate(fileId, spaceId),
    /** Where the first window of each of these files lies. Files without windows are missing. */
    firstPlaces: (fileIds: readonly number[], spaceId: number): Map<number, FirstPlace> =>
      new Map(firstPlaces.all(spaceId, JSON.stringify(fileIds)).map(({ fileId, ...place }) => [fileId, place])),
    /** By window id, each Float32Array[dim] of norm 1. */
    embeddingsOf: (windowIds: readonly number[]): Map<number, Float32Array> =>
      new Map(
        embeddingsOf.all(JSON.stringify(windowIds)).map(({ id, embedding }) => [id, fromFloat16Bytes(embedding)]),
      ),
    /** Silent files were analysed and have none. */
    hasAny: (fileId: number, spaceId: number): boolean => anyOfFile.get(fileId, spaceId) === 1,
    /** Whether a space has any window at all. */
    anyIn: (spaceId: number): boolean => any.get(spaceId) === 1,
    /** Forgets what every model found in a file. */
    forget(fileId: number): void {
      forgetWindows.run(fileId);
      forgetAnalysed.run(fileId);
      forgetSuggestions.run(fileId);
      forgetScored.run(fileId);
    },
    /** Forgets what one model found in a file. */
    forgetIn(fileId: number, spaceId: number): void {
      forgetWindowsOf.run(fileId, spaceId);
      forgetAnalysedIn.run(fileId, spaceId);
      forgetSuggestionsOf.run(fileId, spaceId);
      forgetScoredOf.run(fileId, spaceId);
    },
    /**
     * Marks the file as analysed: only inside a transaction with what belongs to it, and after
     * `forget` or `forgetIn`.
     * @throws RangeError when an embedding does not fit the space; see {@link encodeEmbedding}
     */
    insert(fileId: number, spaceId: number, windows: readonly NewWindow[]): void {
      const space = spaceById.get(spaceId);
      if (!space) throw new RangeError(`no embedding space ${spaceId}`);
      markAnalysed.run(fileId, spaceId, Date.now());
      for (const { startSeconds, seconds, embedding } of windows) {
        insertWindow.run(fileId, spaceId, startSeconds, seconds, encodeEmbedding(embedding, space.dim));
      }
    },
    /** The same for a file of the same content; rules as for `insert`. */
    copy(fromFileId: number, toFileId: number, spaceId: number): void {
      markAnalysed.run(toFileId, spaceId, Date.now());
      copyWindows.run(toFileId, fromFileId, spaceId);
    },
  };
}

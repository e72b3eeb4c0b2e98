/**
 * Embeddings that evaluations have made, so that an interrupted run continues and a second one is quick. A file of its
 * own, `eval-cache.db` in the data folder: it can be deleted at any time, and nothing of it is in the catalogue.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { classify } from '../catalogue/database-errors.ts';
import type { EmbeddingTarget } from '../embed/embed-files.ts';
import { spaceOf, type ModelPack } from '../packs/pack.ts';
import { UserError } from '../../shared/errors.ts';
import type { Clip } from './dataset.ts';

/** Changed with the tables or with what a row means: a cache with another number is made anew. */
const CACHE_VERSION = 1;
/** How long a statement waits for another evaluation to finish its transaction, ms. */
const BUSY_TIMEOUT_MS = 5000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS space (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS clip (
    space_id INTEGER NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, mtime_ms REAL NOT NULL,
    embedding BLOB NOT NULL, -- float32[dim], little-endian, L2 norm 1
    PRIMARY KEY (space_id, path)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS text (
    space_id INTEGER NOT NULL, text TEXT NOT NULL, embedding BLOB NOT NULL,
    PRIMARY KEY (space_id, text)
  ) STRICT, WITHOUT ROWID;`;

export interface EmbeddingCache {
  /** @returns Float32Array[dim] of norm 1; null when it is not known, or the file has changed since */
  clip(clip: Clip): Float32Array | null;
  putClip(clip: Clip, embedding: Float32Array): void;
  text(text: string): Float32Array | null;
  /** All of them or none. */
  putTexts(entries: readonly { text: string; embedding: Float32Array }[]): void;
  close(): void;
}

/**
 * Opens the part of the cache that belongs to this model; makes the file where there is none.
 * @param notice called when the file was damaged and has been replaced by a new one
 * @throws UserError disk-full, catalogue-unwritable, catalogue-busy, in words that name this file; its methods, too
 */
export function openEmbeddingCache(
  dataFolder: string,
  pack: ModelPack,
  target: EmbeddingTarget,
  notice: (message: string) => void,
): EmbeddingCache {
  const path = join(dataFolder, 'eval-cache.db');
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw inOwnWords(error, path);
    }
  };
  return guarded(() => {
    mkdirSync(dataFolder, { recursive: true });
    const db = openOrBeginAnew(path, notice);
    const spaceId = ensureSpace(db, spaceKey(pack, target));
    const { dim } = pack;
    const getClip = db.prepare<[number, string, number, number], Buffer>(
      'SELECT embedding FROM clip WHERE space_id = ? AND path = ? AND size = ? AND mtime_ms = ?').pluck(); // prettier-ignore
    const putClip = db.prepare<[number, string, number, number, Uint8Array]>('INSERT OR REPLACE INTO clip VALUES (?, ?, ?, ?, ?)'); // prettier-ignore
    const getText = db.prepare<[number, string], Buffer>('SELECT embedding FROM text WHERE space_id = ? AND text = ?').pluck(); // prettier-ignore
    const putText = db.prepare<[number, string, Uint8Array]>('INSERT OR REPLACE INTO text VALUES (?, ?, ?)');
    const putTexts = db.transaction((entries: readonly { text: string; embedding: Float32Array }[]) => {
      for (const { text, embedding } of entries) putText.run(spaceId, text, toBytes(embedding));
    });
    return {
      clip: ({ path: file, size, mtimeMs }) => guarded(() => fromBytes(getClip.get(spaceId, file, size, mtimeMs), dim)),
      putClip: ({ path: file, size, mtimeMs }, embedding) =>
        guarded(() => void putClip.run(spaceId, file, size, mtimeMs, toBytes(embedding))),
      text: (text) => guarded(() => fromBytes(getText.get(spaceId, text), dim)),
      putTexts: (entries) => guarded(() => putTexts(entries)),
      close: () => db.close(),
    };
  });
}

/** Everything that an embedding depends on besides the file: weights, preprocessing, and how files are cut. */
function spaceKey(pack: ModelPack, target: EmbeddingTarget): string {
  return JSON.stringify({ ...spaceOf(pack), ...target, shortClip: pack.audio.shortClip });
}

function openOrBeginAnew(path: string, notice: (message: string) => void): Database.Database {
  try {
    return openChecked(path);
  } catch (error) {
    const isDamaged = error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(error.code);
    if (!isDamaged) throw error;
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    notice('The cache of earlier evaluations was damaged and was reset. All clips are analysed again.');
    return openChecked(path);
  }
}

function openChecked(path: string): Database.Database {
  const db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    const version = db.pragma('user_version', { simple: true }) as number;
    if (version !== CACHE_VERSION) {
      db.transaction(() => {
        db.exec('DROP TABLE IF EXISTS clip; DROP TABLE IF EXISTS text; DROP TABLE IF EXISTS space;');
        db.exec(TABLES);
        db.pragma(`user_version = ${CACHE_VERSION}`);
      }).immediate();
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function ensureSpace(db: Database.Database, key: string): number {
  db.prepare<[string]>('INSERT OR IGNORE INTO space (key) VALUES (?)').run(key);
  return db.prepare<[string], number>('SELECT id FROM space WHERE key = ?').pluck().get(key)!;
}

function inOwnWords(error: unknown, path: string): unknown {
  const known = classify(error);
  if (known === null) return error;
  const sentence =
    known.code === 'disk-full'
      ? `The disk of the evaluation cache “${path}” is full. Free some space and try again.`
      : known.code === 'catalogue-busy'
        ? `Another program is using “${path}”. Wait for it to finish, or quit it, then try again.`
        : `The evaluation cache “${path}” cannot be used. Delete it, or choose another data folder.`;
  return new UserError(known.code, sentence, error);
}

/** The machine's byte order is little-endian on every platform that Node and onnxruntime support. */
function toBytes(embedding: Float32Array): Uint8Array {
  return new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength);
}

function fromBytes(bytes: Buffer | undefined, dim: number): Float32Array | null {
  // A row of another length can only be one that was tampered with: made again rather than trusted.
  if (bytes?.byteLength !== dim * Float32Array.BYTES_PER_ELEMENT) return null;
  // A copy: SQLite hands out views at offsets that a Float32Array cannot begin at.
  return new Float32Array(new Uint8Array(bytes).buffer);
}

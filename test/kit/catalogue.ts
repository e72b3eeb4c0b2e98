/** A real catalogue in a folder of its own, the smallest things to put into it, and the way past its stores. */
import { rmSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import type { AudioFacts } from '../../src/main/catalogue/stores/analysed.ts';
import { migrate } from '../../src/main/catalogue/migrate.ts';
import { cataloguePath } from '../../src/main/catalogue/connection.ts';
import { openCatalogue, type Catalogue } from '../../src/main/catalogue/open.ts';
import { NO_SAMPLE_FACTS } from './figures.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type Database = Sqlite.Database;

export const DIM = 8;

export interface TemporaryCatalogue {
  /** The data folder. */
  folder: string;
  catalogue: Catalogue;
  spaceId: number;
  /** Past the stores, for what no store says or does: a connection of its own, opened when it is first asked for. */
  readonly db: Database;
  remove(): void;
}

/**
 * @param options.dim of the space of model 'tiny'
 * @param options.folder where the catalogue is made or opened; it is removed with it. @default a new one
 */
export function temporaryCatalogue({ dim = DIM, folder = temporaryFolder('catalogue') } = {}): TemporaryCatalogue {
  const catalogue = openCatalogue(folder);
  const spaceId = catalogue.windows.ensureSpace({ modelId: 'tiny', weightHash: 'a', preprocessing: 1, dim });
  let db: Database | null = null;
  return {
    folder,
    catalogue,
    spaceId,
    get db() {
      db ??= openDatabase(folder);
      return db;
    },
    remove: () => {
      db?.close();
      catalogue.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An empty catalogue as a program of that schema version would have left it. */
export function olderCatalogue(version: number): Pick<TemporaryCatalogue, 'folder' | 'db' | 'remove'> {
  const folder = temporaryFolder('catalogue');
  const db = openDatabase(folder);
  db.pragma('journal_mode = WAL');
  migrate(db, version);
  const remove = () => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, db, remove };
}

/** The database behind the catalogue of a data folder, for the caller to close; made empty when there is none. */
export function openDatabase(dataFolder: string, options?: Sqlite.Options): Database {
  return new Sqlite(cataloguePath(dataFolder), options);
}

/** As {@link openDatabase}, closed again afterwards. */
export function inDatabase<T>(dataFolder: string, work: (db: Database) => T): T {
  const db = openDatabase(dataFolder);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** How SQLite goes about each of the statements, a line a step. */
export function queryPlans(db: Database, statements: readonly string[]): string[] {
  return statements.map((sql) => {
    const steps = db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all();
    return steps.map(({ detail }) => detail).join('\n');
  });
}

/** What SQLite throws when the disk is full. */
export function diskFull(): Error {
  return new Sqlite.SqliteError('database or disk is full', 'SQLITE_FULL');
}

/** @returns Float32Array[dim], L2 norm 1, pointing along one axis */
export function axis(which: number, dim = DIM): Float32Array {
  const embedding = new Float32Array(dim);
  embedding[which % dim] = 1;
  return embedding;
}

export function facts(contentId: string): AudioFacts {
  return {
    contentId,
    format: 'wav',
    codec: 'pcm_s16le',
    durationSeconds: 7.5,
    sampleRate: 48_000,
    channels: 2,
    bitDepth: 16,
    ...NO_SAMPLE_FACTS,
    peakDb: -3.5,
    clippedSamples: 0,
    loudnessLufs: -20.25,
    waveform: Uint8Array.of(0, 128, 255),
    warnings: [],
  };
}

/** An analysed file: two windows along `which` and `which + 1`. @returns its id */
export function addAnalysed(temporary: TemporaryCatalogue, rootId: number, relativePath: string, which = 0): number {
  const { files } = temporary.catalogue;
  const fileId = files.insertPending({ rootId, relativePath, size: 1000 + which, mtimeMs: 5 });
  files.storeAnalysed({
    fileId,
    spaceId: temporary.spaceId,
    facts: facts(`content of ${relativePath}`),
    tags: [{ nativeId: 'LIST/INFO:IKEY', field: 'keywords', value: 'creaky; haunted house' }],
    windows: [
      { startSeconds: 0, seconds: 5, embedding: axis(which) },
      { startSeconds: 5, seconds: 2.5, embedding: axis(which + 1) },
    ],
  });
  return fileId;
}

/** Ids of the files whose words match an FTS5 query. */
export function matching(catalogue: Catalogue, query: string): number[] {
  return catalogue.wordMatches.matching(query, 1000).sort((a, b) => a - b);
}

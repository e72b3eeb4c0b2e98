/** Where files lie: the path of a file, and what a whole list of files is told apart by. */
import type { Database } from 'better-sqlite3';
import type { AudioFormat } from '../../../shared/types.ts';
import { absolutePath } from './roots.ts';
import { ROOT_IN_USE } from '../queries/listed.ts';

export interface FilePath {
  /** Absolute. */
  rootPath: string;
  /** Below the root, '/' between folders. */
  relativePath: string;
}

/** A file that can be opened, as the catalogue knows it. */
export interface FileOnDisk {
  fileId: number;
  /** Absolute. */
  path: string;
  /** Bytes. */
  size: number;
  mtimeMs: number;
}

const WANTED = 'json_each(?) AS wanted CROSS JOIN file ON file.id = wanted.value';

export type FilePlaceStore = ReturnType<typeof filePlaceStore>;

/** As chosen among what the user, the file, its name and the sound say; null: none, or not known. */
export interface MusicalFacts {
  kind: number | null;
  /** Beats a minute. */
  bpm: number | null;
  /** As in shared/music.ts. */
  key: number | null;
}

export function filePlaceStore(db: Database) {
  const ofFile = db.prepare<[number], FilePath>(
    `SELECT root.path AS rootPath, file.relative_path AS relativePath
       FROM file JOIN root ON root.id = file.root_id WHERE file.id = ?`,
  );
  const ofFiles = db.prepare<[string], FilePath & { id: number }>(
    `SELECT file.id, root.path AS rootPath, relative_path AS relativePath FROM ${WANTED} JOIN root ON root.id = root_id`,
  );
  const formats = db.prepare<[string], { id: number; format: AudioFormat | null }>(
    `SELECT file.id, format FROM ${WANTED}`,
  );
  const music = db.prepare<[string], MusicalFacts & { id: number }>(
    `SELECT file.id, file.kind, file.bpm, file.key FROM ${WANTED}`,
  );
  const ready = db.prepare<[string], Omit<FileOnDisk, 'path'> & FilePath>(
    `SELECT file.id AS fileId, root.path AS rootPath, relative_path AS relativePath, size, mtime_ms AS mtimeMs
       FROM ${WANTED} JOIN root ON root.id = file.root_id
      WHERE state = 'ready' AND ${ROOT_IN_USE} ORDER BY wanted.key`,
  );

  return {
    /** @returns null for a file that is not in the catalogue */
    ofFile: (fileId: number): FilePath | null => ofFile.get(fileId) ?? null,
    /** By id; without those that are not in the catalogue. */
    ofFiles: (fileIds: readonly number[]): Map<number, FilePath> =>
      new Map(ofFiles.all(JSON.stringify(fileIds)).map(({ id, ...path }) => [id, path])),
    /** By id; without those whose format is not known. */
    formats: (fileIds: readonly number[]): Map<number, AudioFormat> =>
      new Map(formats.all(JSON.stringify(fileIds)).flatMap(({ id, format }) => (format ? [[id, format]] : []))),
    /** By id; without those that are not in the catalogue. */
    musicalFacts: (fileIds: readonly number[]): Map<number, MusicalFacts> =>
      new Map(music.all(JSON.stringify(fileIds)).map(({ id, ...facts }) => [id, facts])),
    /** Those of these files that were read as they are and belong to a root in use, in their order. */
    ready: (fileIds: readonly number[]): FileOnDisk[] =>
      ready.all(JSON.stringify(fileIds)).map(({ rootPath, relativePath, ...rest }) => ({
        ...rest,
        path: absolutePath(rootPath, relativePath),
      })),
  };
}

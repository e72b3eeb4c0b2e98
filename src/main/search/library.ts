/** What a search reads from the catalogue about files: a row per candidate, and how much has been listened to. */
import { sep } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { AudioFormat } from '../../shared/types.ts';
import { absolutePath, ROOT_IN_USE } from '../catalogue/roots.ts';
import { fromFloat16Bytes } from '../embed/float16.ts';
import { HERE, SEARCHABLE } from './filters.ts';
import type { Root } from './folder-filter.ts';

export interface FoundFile {
  id: number;
  /** Absolute. */
  path: string;
  durationSeconds: number;
  format: AudioFormat;
  contentId: string | null;
  offline: boolean;
}

/** A file's first window. */
export interface FirstPlace {
  windowId: number;
  startSeconds: number;
  seconds: number;
}

/** Files of roots that the user took away count nowhere but in `windows`. */
export interface Coverage {
  /** Files that can be listened to and are here or were once. */
  files: number;
  /** Those that the space has windows of, or found silent. */
  listened: number;
  /** Those that any space has been through. */
  listenedByAny: number;
  /** Windows of the space, counted up to {@link COUNT_WINDOWS_TO}. */
  windows: number;
}

/** Beyond this many windows nothing depends on their number (relevance.ts `standingZ`). */
const COUNT_WINDOWS_TO = 25_000;
/** While somebody types, the share of the library that has been listened to need not be counted at every key. */
const COVERAGE_KEPT_MS = 1000;

interface Row {
  id: number;
  rootPath: string;
  relativePath: string;
  durationSeconds: number;
  format: AudioFormat;
  contentId: string | null;
  here: 0 | 1;
}

/** Statements over one catalogue, prepared once. */
export class Library {
  readonly #files;
  readonly #coverage;
  readonly #identity;
  readonly #firstPlaces;
  readonly #embeddings;
  readonly #spaceId: number;
  #counted: { at: number; coverage: Coverage } | null = null;

  constructor(db: Database, spaceId: number) {
    this.#files = db.prepare<[string], Row>(
      `SELECT file.id, root.path AS rootPath, file.relative_path AS relativePath, file.duration_s AS durationSeconds,
              file.format, file.content_id AS contentId, ${HERE} AS here
         FROM json_each(?) AS wanted JOIN file ON file.id = wanted.value JOIN root ON root.id = file.root_id
        WHERE ${SEARCHABLE}`,
    );
    this.#coverage = db.prepare<[{ space: number; most: number }], Coverage>(
      // What is hidden is counted and taken off: to join the rest, nearly all, would be slow at every key.
      `SELECT (SELECT count(*) FROM file WHERE state IN ('pending', 'ready') AND ${ROOT_IN_USE}) AS files,
              (SELECT count(*) FROM listening WHERE space_id = :space)
              - (SELECT count(*) FROM root CROSS JOIN file ON file.root_id = root.id
                   CROSS JOIN listening ON listening.file_id = file.id AND listening.space_id = :space
                  WHERE root.removed_ms IS NOT NULL) AS listened,
              (SELECT count(*) FROM (SELECT 1 FROM listening JOIN file ON file.id = listening.file_id
                                      WHERE ${ROOT_IN_USE} LIMIT 1)) AS listenedByAny,
              (SELECT count(*) FROM (SELECT 1 FROM window INDEXED BY window_by_space WHERE space_id = :space LIMIT :most)) AS windows`,
    );
    this.#identity = db.prepare<[string], { id: number; contentId: string | null }>(
      `SELECT file.id, file.content_id AS contentId FROM json_each(?) AS wanted
         JOIN file ON file.root_id = wanted.value ->> 'root' AND file.relative_path = wanted.value ->> 'below'`,
    );
    this.#firstPlaces = db.prepare<[number, string], FirstPlace & { fileId: number }>(
      // A bare column beside min() comes from the row of the minimum: https://www.sqlite.org/lang_select.html#bareagg
      `SELECT file_id AS fileId, id AS windowId, min(start_s) AS startSeconds, seconds FROM window
        WHERE space_id = ? AND file_id IN (SELECT value FROM json_each(?)) GROUP BY file_id`,
    );
    this.#embeddings = db.prepare<[string], { id: number; embedding: Buffer }>(
      'SELECT window.id, window.embedding FROM json_each(?) AS wanted JOIN window ON window.id = wanted.value',
    );
    this.#spaceId = spaceId;
  }

  /** Candidates as files; those that cannot be hits are missing. One statement. */
  files(ids: readonly number[]): Map<number, FoundFile> {
    const rows = this.#files.all(JSON.stringify(ids));
    return new Map(
      rows.map(({ id, rootPath, relativePath, durationSeconds, format, contentId, here }) => [
        id,
        { id, path: absolutePath(rootPath, relativePath), durationSeconds, format, contentId, offline: here === 0 },
      ]),
    );
  }

  /**
   * At most a second old; "nothing yet" is never remembered.
   * @param anew counted again, whatever is remembered
   */
  coverage(anew = false): Coverage {
    const now = performance.now();
    if (anew || !this.#counted?.coverage.windows || now - this.#counted.at > COVERAGE_KEPT_MS) {
      const coverage = this.#coverage.get({ space: this.#spaceId, most: COUNT_WINDOWS_TO })!;
      this.#counted = { at: now, coverage };
    }
    return this.#counted.coverage;
  }

  /** The file at an absolute path, if the catalogue knows it. */
  identify(path: string, roots: readonly Root[]): { id: number; contentId: string | null } | null {
    const wanted = roots.flatMap(({ id, path: rootPath }) => {
      const prefix = rootPath.endsWith(sep) ? rootPath : rootPath + sep;
      return path.startsWith(prefix) ? [{ root: id, below: path.slice(prefix.length).replaceAll(sep, '/') }] : [];
    });
    return wanted.length === 0 ? null : (this.#identity.get(JSON.stringify(wanted)) ?? null);
  }

  /** Where each file's first window lies. Files without windows are missing. */
  firstPlaces(ids: readonly number[]): Map<number, FirstPlace> {
    const rows = this.#firstPlaces.all(this.#spaceId, JSON.stringify(ids));
    return new Map(rows.map(({ fileId, ...place }) => [fileId, place]));
  }

  /** @returns per window Float32Array[dim] of norm 1 */
  embeddings(windowIds: readonly number[]): Map<number, Float32Array> {
    const rows = this.#embeddings.all(JSON.stringify(windowIds));
    return new Map(rows.map(({ id, embedding }) => [id, fromFloat16Bytes(embedding)]));
  }
}

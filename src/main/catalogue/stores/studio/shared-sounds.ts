/** The facts about files in the form in which a studio stores them: to be sent, and taken over without analysing. */
import type { Database } from 'better-sqlite3';
import { ANALYSES, COLUMNS, columnsOf } from '../../../../shared/analysis.ts';
import type { FileErrorCode } from '../../../../shared/errors.ts';
import type { AudioFormat, DecodeWarning, NativeTag } from '../../../../shared/types.ts';
import { fromFloat16Bytes } from '../../../vectors/float16.ts';
import { analysisVersions } from '../analysis-versions.ts';
import { analysedStore, type AudioFacts } from '../analysed.ts';
import type { FileState } from '../files.ts';
import { nativeTagStore } from '../tags-words.ts';
import { windowStore, type StoredWindow } from '../windows.ts';

/** A value of a column; bytes as base64. */
export type Figure = number | string | null;
/** By kind of analysis: the version that found it (`v`) and its columns. */
export type Kinds = Record<string, Record<string, Figure> & { v: number }>;

export interface SharedSound {
  contentId: string;
  format: AudioFormat;
  codec: string | null;
  durationSeconds: number;
  sampleRate: number;
  channels: number;
  bitDepth: number | null;
  warnings: DecodeWarning[];
  kinds: Kinds;
}

/** A file with what is known of its sound. */
export interface SharedFile {
  fileId: number;
  rootId: number;
  relativePath: string;
  size: number;
  mtimeMs: number;
  state: FileState;
  /** It was not there at the last look. */
  offline: boolean;
  /** Why it could not be analysed. */
  failure: { code: FileErrorCode; message: string } | null;
  /** null: not known (yet). */
  sound: SharedSound | null;
  tags: SharedTags | null;
}

/** Native tags as read by a version of kind `tags`. */
export interface SharedTags {
  v: number;
  fields: [nativeId: string, field: string, value: string][];
}

/** Of one sound in one space. */
export interface SharedWindows {
  /** Start and length of each window, s, one after the other. */
  places: number[];
  /** float16le[windows][dim] */
  embeddings: Buffer;
}

interface Row extends Omit<SharedSound, 'warnings' | 'kinds' | 'contentId'> {
  fileId: number;
  rootId: number;
  relativePath: string;
  size: number;
  mtimeMs: number;
  state: FileState;
  offline: 0 | 1;
  code: FileErrorCode | null;
  reason: string | null;
  contentId: string | null;
  warnings: string;
  versions: string | null;
}

/** Kinds that are found in the sound itself, and so hold for each of its files. */
const SOUND_ANALYSES = ANALYSES.filter(({ needs }) => needs !== 'tags');

export function sharedSoundStore(db: Database) {
  const analysed = analysedStore(db);
  const versions = analysisVersions(db, ANALYSES);
  const tagsOf = nativeTagStore(db);
  const windows = windowStore(db);
  const columns = COLUMNS.map(({ column }) => column).join(', ');
  const files = db.prepare<[string], Row & Record<string, unknown>>(
    `SELECT file.id AS fileId, root_id AS rootId, relative_path AS relativePath, size, mtime_ms AS mtimeMs, state,
            offline, reason_code AS code, reason, content_id AS contentId, format, codec, duration_s AS durationSeconds, sample_rate AS sampleRate, channels,
            bit_depth AS bitDepth, warnings, versions, ${columns}
       FROM json_each(?) AS wanted JOIN file ON file.id = wanted.value
            LEFT JOIN analysis_versions ON analysis_versions.id = file.versions_id`,
  );
  const withContent = db
    .prepare<[string], number>("SELECT id FROM file WHERE content_id = ? AND state = 'ready'")
    .pluck();
  const idsAfter = db
    .prepare<[string, number, number], number>(
      'SELECT id FROM file WHERE root_id IN (SELECT value FROM json_each(?)) AND id > ? ORDER BY id LIMIT ?',
    )
    .pluck();

  function kindsOf(row: Row & Record<string, unknown>): Kinds {
    const { done } = JSON.parse(row.versions ?? '{"done":{}}') as { done: Record<string, number> };
    const kinds: Kinds = {};
    for (const { kind } of SOUND_ANALYSES) {
      const v = done[kind];
      if (v === undefined) continue;
      kinds[kind] = {
        ...Object.fromEntries(columnsOf([kind]).map(({ column }) => [column, toFigure(row[column])])),
        v,
      };
    }
    return kinds;
  }

  return {
    /** Those that are in the catalogue. */
    files: (fileIds: readonly number[]): SharedFile[] =>
      files.all(JSON.stringify(fileIds)).map((row) => {
        const { fileId, rootId, relativePath, size, mtimeMs, state, contentId, code, reason } = row;
        const failure = code !== null && reason !== null ? { code, message: reason } : null;
        const place = { fileId, rootId, relativePath, size, mtimeMs, state, offline: row.offline === 1, failure };
        if (state !== 'ready' || contentId === null) return { ...place, sound: null, tags: null };
        const { format, codec, durationSeconds, sampleRate, channels, bitDepth } = row;
        const facts = { contentId, format, codec, durationSeconds, sampleRate, channels, bitDepth };
        return {
          ...place,
          sound: { ...facts, warnings: JSON.parse(row.warnings) as DecodeWarning[], kinds: kindsOf(row) },
          tags: {
            v: versions.doneOf(fileId)['tags'] ?? 0,
            fields: tagsOf.of(fileId).map(({ nativeId, field, value }) => [nativeId, field, value]),
          },
        };
      }),
    /** Ids of the files of some roots, ascending. */
    idsAfter: (rootIds: readonly number[], afterId: number, limit: number): number[] =>
      idsAfter.all(JSON.stringify(rootIds), afterId, limit),
    /** What a model made of a file; null when it has not been through it. */
    windows(fileId: number, spaceId: number): SharedWindows | null {
      return windows.isAnalysed(fileId, spaceId) ? joined(windows.stored(fileId, spaceId)) : null;
    },
    /**
     * A file is ready without having been analysed here.
     * @param tags as its own bytes have them
     * @throws RangeError when the windows do not fit the space; nothing is written then
     */
    takeOver: db.transaction(
      (fileId: number, spaceId: number, sound: SharedSound, made: SharedWindows, tags: SharedTags): void => {
        const { kinds, ...base } = sound;
        const figures = Object.fromEntries(
          SOUND_ANALYSES.flatMap(({ kind }) =>
            columnsOf([kind]).map(({ field, column, type }) => [
              field,
              fromFigure(kinds[kind]?.[column] ?? null, type),
            ]),
          ),
        );
        const facts = { ...figures, ...base } as unknown as AudioFacts; // every column of COLUMNS is of one of these kinds
        analysed.storeAnalysed({
          fileId,
          spaceId,
          facts,
          tags: tags.fields.map(toTag),
          windows: apart(made, windows.spaceById(spaceId)!.dim),
        });
        versions.setDone(fileId, { tags: tags.v, ...versionsOf(SOUND_ANALYSES, kinds) });
      },
    ),
    /** The studio had the sound first: its embeddings are those that hold. @returns files that have them now */
    replaceWindows: db.transaction((contentId: string, spaceId: number, made: SharedWindows): number[] => {
      const fileIds = withContent.all(contentId).filter((fileId) => windows.isAnalysed(fileId, spaceId));
      for (const fileId of fileIds) {
        windows.forgetIn(fileId, spaceId);
        windows.insert(fileId, spaceId, apart(made, windows.spaceById(spaceId)!.dim));
      }
      return fileIds;
    }),
    /** Figures that a newer analysis found. @returns files that have them now */
    updateFigures: db.transaction((contentId: string, kinds: Kinds): number[] => {
      const changed: number[] = [];
      for (const fileId of withContent.all(contentId)) {
        const done = versions.doneOf(fileId);
        const newer = SOUND_ANALYSES.filter(({ kind }) => (kinds[kind]?.v ?? 0) > (done[kind] ?? 0));
        if (newer.length === 0) continue;
        for (const { kind } of newer) {
          for (const { column, type } of columnsOf([kind])) {
            db.prepare(`UPDATE file SET ${column} = ? WHERE id = ?`).run(
              fromFigure(kinds[kind]![column] ?? null, type),
              fileId,
            );
          }
        }
        versions.setDone(fileId, { ...done, ...versionsOf(newer, kinds) });
        changed.push(fileId);
      }
      return changed;
    }),
  };
}

/** Of these kinds alone: what a newer program has found besides is found here when this one is newer, too. */
function versionsOf(analyses: readonly { kind: string }[], kinds: Kinds): Record<string, number> {
  return Object.fromEntries(analyses.flatMap(({ kind }) => (kinds[kind] ? [[kind, kinds[kind].v]] : [])));
}

function toFigure(value: unknown): Figure {
  return Buffer.isBuffer(value) ? value.toString('base64') : ((value ?? null) as Figure);
}

function fromFigure(value: Figure, type: string): number | string | Buffer | null {
  return type === 'BLOB' && typeof value === 'string' ? Buffer.from(value, 'base64') : value;
}

function toTag([nativeId, field, value]: [string, string, string]): NativeTag {
  return { nativeId, field, value };
}

function joined(windows: readonly StoredWindow[]): SharedWindows {
  return {
    places: windows.flatMap(([startSeconds, seconds]) => [startSeconds, seconds]),
    embeddings: Buffer.concat(windows.map(([, , embedding]) => embedding)),
  };
}

/** @throws RangeError when there are more or fewer embeddings than places */
function apart({ places, embeddings }: SharedWindows, dim: number) {
  const bytes = 2 * dim;
  if (places.length % 2 !== 0 || embeddings.length !== (places.length / 2) * bytes) {
    throw new RangeError(`${embeddings.length} bytes of embeddings for ${places.length / 2} windows of ${dim} values`);
  }
  return Array.from({ length: places.length / 2 }, (_, at) => ({
    startSeconds: places[2 * at]!,
    seconds: places[2 * at + 1]!,
    embedding: fromFloat16Bytes(embeddings.subarray(at * bytes, (at + 1) * bytes)),
  }));
}

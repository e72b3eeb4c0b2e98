/** Files as a window shows them: rows of a list, one file closely, waveforms. */
import type { Database } from 'better-sqlite3';
import { FIGURES } from '../../../shared/analysis.ts';
import type { FileDetail, FileRow, Waveform } from '../../../shared/calls/files.ts';
import type { DecodeWarning } from '../../../shared/types.ts';
import { HERE } from '../queries/filters.ts';
import { LISTED } from '../queries/listed.ts';
import { absolutePath } from './roots.ts';
import { rowTagStore } from './row-tags.ts';
import { statedFactStore } from './stated-facts.ts';
import { nativeTagStore } from './tags-words.ts';

type Place = { rootPath: string; relativePath: string };
type Raw = Omit<FileRow, 'path' | 'offline' | 'favourite' | 'tagNames' | 'description'> &
  Place & { here: 0 | 1; favourite: 0 | 1 };
type RawCopy = Place & { fileId: number; here: 0 | 1 };

function toRow(
  { rootPath, relativePath, here, favourite, ...facts }: Raw,
  tagNames: string[] = [],
  description = '',
): FileRow {
  // prettier-ignore
  return {
    ...facts,
    path: absolutePath(rootPath, relativePath),
    offline: here === 0,
    favourite: favourite === 1,
    tagNames,
    description,
  };
}

export type FileRowStore = ReturnType<typeof fileRowStore>;

export function fileRowStore(db: Database) {
  const tags = nativeTagStore(db);
  const rowTags = rowTagStore(db);
  const stated = statedFactStore(db);
  // Whatever has facts is shown, also a file that failed since: the list it stands in may be older than that.
  const rows = db.prepare<[string], Raw>(
    `SELECT file.id AS fileId, root.path AS rootPath, file.relative_path AS relativePath, file.root_id AS rootId,
            file.format, file.duration_s AS durationSeconds, file.sample_rate AS sampleRate, file.channels,
            file.bit_depth AS bitDepth, ${FIGURES.map(({ column, field }) => `file.${column} AS ${field}`).join(', ')}, ${HERE} AS here,
            coalesce(rating.favourite, 0) AS favourite, coalesce(rating.stars, 0) AS stars,
            file.mtime_ms AS changedMs, file.added_ms AS addedMs
       FROM json_each(?) AS wanted CROSS JOIN file ON file.id = wanted.value
            JOIN root ON root.id = file.root_id LEFT JOIN rating ON rating.file_id = file.id
      WHERE file.duration_s IS NOT NULL ORDER BY wanted.key`,
  );
  const more = db.prepare<[number], { bytes: number; codec: string | null; warnings: string }>(
    'SELECT size AS bytes, codec, warnings FROM file WHERE id = ?',
  );
  const windows = db.prepare<[number, number], { startSeconds: number; seconds: number }>(
    // The index that covers these columns knows no order of files: it would be read from end to end.
    `SELECT start_s AS startSeconds, seconds FROM window INDEXED BY window_by_file
      WHERE file_id = ? AND space_id = ? ORDER BY start_s, id`,
  );
  const collections = db
    .prepare<[number], number>(
      `SELECT collection_id FROM collection_file JOIN collection ON collection.id = collection_id
        WHERE file_id = ? AND removed_ms IS NULL ORDER BY collection_id`,
    )
    .pluck();
  const copies = db.prepare<[number], RawCopy>(
    `SELECT file.id AS fileId, root.path AS rootPath, file.relative_path AS relativePath, ${HERE} AS here
       FROM file AS own JOIN file ON file.content_id = own.content_id JOIN root ON root.id = file.root_id
      WHERE own.id = ? AND file.id <> own.id AND ${LISTED} ORDER BY root.path, file.relative_path`,
  );
  const waveforms = db.prepare<[string], { fileId: number; waveform: Buffer | null }>(
    `SELECT file.id AS fileId, file.waveform FROM json_each(?) AS wanted CROSS JOIN file ON file.id = wanted.value
      ORDER BY wanted.key`,
  );

  return {
    /** In the order of the ids; without those that are unknown or were never analysed. */
    rows(ids: readonly number[]): FileRow[] {
      const [names, descriptions] = [rowTags.of(ids), rowTags.descriptions(ids)];
      return rows
        .all(JSON.stringify(ids))
        .map((row) => toRow(row, names.get(row.fileId), descriptions.get(row.fileId)));
    },
    /**
     * @param spaceId of the model whose windows are wanted
     * @returns null when the file is unknown or was never analysed
     */
    detail(id: number, spaceId: number): FileDetail | null {
      const row = rows.get(JSON.stringify([id]));
      if (!row) return null;
      const { bytes, codec, warnings } = more.get(id)!;
      return {
        ...toRow(row, rowTags.of([id]).get(id), rowTags.descriptions([id]).get(id)),
        bytes,
        codec: codec ?? '',
        facts: stated.of(id),
        tags: tags.of(id),
        warnings: JSON.parse(warnings) as DecodeWarning[],
        windows: windows.all(id, spaceId).map(({ startSeconds, seconds }) => ({
          startSeconds,
          endSeconds: Math.min(startSeconds + seconds, row.durationSeconds),
        })),
        collections: collections.all(id),
        copies: copies.all(id).map(({ fileId, rootPath, relativePath, here }) => ({
          fileId,
          path: absolutePath(rootPath, relativePath),
          offline: here === 0,
        })),
      };
    },
    /** In the order of the ids; without those that are unknown. */
    waveforms: (ids: readonly number[]): Waveform[] =>
      waveforms
        .all(JSON.stringify(ids))
        .map(({ fileId, waveform }) => ({ fileId, peaks: waveform?.toString('base64') ?? '' })),
  };
}

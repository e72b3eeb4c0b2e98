/** The results of an analysis are written here: facts, tags, words, windows and the "done" mark, all or nothing. */
import type { Database } from 'better-sqlite3';
import { COLUMNS, type SampleFacts } from '../../../shared/analysis.ts';
import type { AudioFormat, DecodeWarning, NativeTag } from '../../../shared/types.ts';
import { analysisStore, storable } from './analysis.ts';
import { statedFactStore } from './stated-facts.ts';
import { nativeTagStore, wordStore } from './tags-words.ts';
import { windowStore, type NewWindow } from './windows.ts';

/** Facts about the sound of a file; figures may be −Infinity and are stored as null then. */
export interface AudioFacts extends Omit<SampleFacts, 'waveform'> {
  /** Hash of the encoded audio alone. */
  contentId: string;
  format: AudioFormat;
  codec: string | null;
  durationSeconds: number;
  /** Hz */
  sampleRate: number;
  channels: number;
  /** null for lossy codecs. */
  bitDepth: number | null;
  /** Peaks over equal parts of the file, 0..255 = 0..1; null when there are none. */
  waveform: Uint8Array | null;
  warnings: readonly DecodeWarning[];
}

export interface AnalysedFile {
  fileId: number;
  spaceId: number;
  facts: AudioFacts;
  tags: readonly NativeTag[];
  /** None for a silent file: catalogued, never found by sound. */
  windows: readonly NewWindow[];
}

export type AnalysedStore = ReturnType<typeof analysedStore>;

export function analysedStore(db: Database) {
  const tagsOf = nativeTagStore(db);
  const words = wordStore(db);
  const stated = statedFactStore(db);
  const fileWindows = windowStore(db);
  const analysis = analysisStore(db);
  const columns = COLUMNS.map(({ column }) => column).join(', ');
  const contentOf = db.prepare<[number], string | null>('SELECT content_id FROM file WHERE id = ?').pluck();
  const setFacts = db.prepare(
    `UPDATE file SET
       state = 'ready', offline = 0, reason_code = NULL, reason = NULL, attempts = 0,
       content_id = :contentId, format = :format, codec = :codec, duration_s = :durationSeconds,
       sample_rate = :sampleRate, channels = :channels, bit_depth = :bitDepth,
       ${COLUMNS.map(({ column, field }) => `${column} = :${field}`).join(', ')}, warnings = :warnings, checked_ms = :checkedMs
     WHERE id = :fileId`,
  );
  const copyFacts = db.prepare<[number, number, number]>(
    `UPDATE file SET
       (content_id, format, codec, duration_s, sample_rate, channels, bit_depth, warnings, versions_id, ${columns}) =
       (SELECT content_id, format, codec, duration_s, sample_rate, channels, bit_depth, warnings, versions_id, ${columns}
          FROM file AS source WHERE source.id = ?),
       state = 'ready', offline = 0, reason_code = NULL, reason = NULL, attempts = 0, checked_ms = ?
     WHERE id = ?`,
  );
  const retag = db.prepare<[number, number, string | null, number, number]>(
    'UPDATE file SET size = ?, mtime_ms = ?, ctime_ns = ?, offline = 0, checked_ms = ? WHERE id = ?',
  );
  // Only a file that was read before is ready again by its tags alone.
  const readyAgain = db.prepare<[number]>(
    "UPDATE file SET state = 'ready', reason_code = NULL, reason = NULL WHERE id = ? AND state = 'pending' AND content_id IS NOT NULL",
  );

  return {
    /**
     * A file has been analysed. Replaces the results of this model; when the sound itself is another
     * than before, also the results of other models.
     * @throws RangeError when an embedding does not fit the space, or file or space do not exist; nothing is written then
     */
    storeAnalysed: db.transaction(({ fileId, spaceId, facts, tags, windows }: AnalysedFile): void => {
      const before = contentOf.get(fileId);
      if (before === undefined) throw new RangeError(`no file ${fileId}`);
      if (before === facts.contentId) fileWindows.forgetIn(fileId, spaceId);
      else fileWindows.forget(fileId);
      setFacts.run({
        ...storable(facts),
        fileId,
        warnings: JSON.stringify(facts.warnings),
        checkedMs: Date.now(),
      });
      tagsOf.replace(fileId, tags);
      words.set(fileId);
      stated.set(fileId);
      fileWindows.insert(fileId, spaceId, windows);
      analysis.markAll(fileId);
    }),

    /**
     * The same sound lies at another path: what is known of it is taken from there, without analysing it again.
     * @param tags of the file at the new path; those of the other file if absent
     * @returns false, and nothing is written, when the other file has not been analysed in this space
     */
    copyAnalysed: db.transaction(
      (fromFileId: number, toFileId: number, spaceId: number, tags?: readonly NativeTag[]): boolean => {
        if (!fileWindows.isAnalysed(fromFileId, spaceId)) return false;
        const contentId = contentOf.get(fromFileId);
        if (contentOf.get(toFileId) === contentId) fileWindows.forgetIn(toFileId, spaceId);
        else fileWindows.forget(toFileId);
        copyFacts.run(fromFileId, Date.now(), toFileId);
        tagsOf.replace(toFileId, tags ?? tagsOf.of(fromFileId));
        words.set(toFileId);
        stated.set(toFileId);
        fileWindows.copy(fromFileId, toFileId, spaceId);
        if (tags) analysis.markDone(toFileId, ['tags']);
        return true;
      },
    ),

    /** The tags of a file as they are read now, nothing else of it being new. */
    refreshTags: db.transaction((fileId: number, tags: readonly NativeTag[]): void => {
      tagsOf.replace(fileId, tags);
      words.set(fileId);
      stated.set(fileId);
      analysis.markDone(fileId, ['tags']);
    }),

    /** Same sound, new tags (or only new times): size and time as they are now, tags and words as read now. */
    updateTags: db.transaction(
      (
        fileId: number,
        tags: readonly NativeTag[],
        now: { size: number; mtimeMs: number; ctimeNs?: string | null },
      ): void => {
        retag.run(now.size, now.mtimeMs, now.ctimeNs ?? null, Date.now(), fileId);
        readyAgain.run(fileId);
        analysis.markDone(fileId, ['tags']);
        tagsOf.replace(fileId, tags);
        words.set(fileId);
        stated.set(fileId);
      },
    ),
  };
}

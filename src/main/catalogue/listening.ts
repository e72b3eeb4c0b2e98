/** What is learnt from a file is written here: facts, tags, words, windows and the "done" mark, all or nothing. */
import type { Database } from 'better-sqlite3';
import type { AudioFormat, DecodeWarning, NativeTag } from '../../shared/types.ts';
import { tagStatements, wordStatements } from './tags-words.ts';
import { windowStatements, type NewWindow } from './windows.ts';

/** Facts about the sound of a file. */
export interface AudioFacts {
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
  /** dBFS of the highest sample; null (or −Infinity, stored as null) for digital silence. */
  peakDb: number | null;
  /** Integrated loudness, LUFS (ITU-R BS.1770); null (or −Infinity) when too short or silent. */
  loudnessLufs: number | null;
  /** Peaks over equal parts of the file, 0..255 = 0..1; null when there are none. */
  waveform: Uint8Array | null;
  warnings: readonly DecodeWarning[];
}

export interface Listened {
  fileId: number;
  spaceId: number;
  facts: AudioFacts;
  tags: readonly NativeTag[];
  /** None for a silent file: catalogued, never found by sound. */
  windows: readonly NewWindow[];
}

export type ListeningStatements = ReturnType<typeof listeningStatements>;

const finiteOrNull = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

export function listeningStatements(db: Database) {
  const tagsOf = tagStatements(db);
  const words = wordStatements(db);
  const heard = windowStatements(db);
  const contentOf = db.prepare<[number], string | null>('SELECT content_id FROM file WHERE id = ?').pluck();
  const setFacts = db.prepare(
    `UPDATE file SET
       state = 'ready', offline = 0, reason_code = NULL, reason = NULL, attempts = 0,
       content_id = :contentId, format = :format, codec = :codec, duration_s = :durationSeconds,
       sample_rate = :sampleRate, channels = :channels, bit_depth = :bitDepth, peak_db = :peakDb,
       loudness_lufs = :loudnessLufs, waveform = :waveform, warnings = :warnings, checked_ms = :checkedMs
     WHERE id = :fileId`,
  );
  const copyFacts = db.prepare<[number, number, number]>(
    `UPDATE file SET
       (content_id, format, codec, duration_s, sample_rate, channels, bit_depth, peak_db, loudness_lufs, waveform, warnings) =
       (SELECT content_id, format, codec, duration_s, sample_rate, channels, bit_depth, peak_db, loudness_lufs, waveform, warnings
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
     * A file has been listened to. Replaces what this model heard in it before; when the sound itself is another
     * than before, also what other models heard.
     * @throws RangeError when an embedding does not fit the space, or file or space do not exist; nothing is written then
     */
    storeListened: db.transaction(({ fileId, spaceId, facts, tags, windows }: Listened): void => {
      const before = contentOf.get(fileId);
      if (before === undefined) throw new RangeError(`no file ${fileId}`);
      if (before === facts.contentId) heard.forgetIn(fileId, spaceId);
      else heard.forget(fileId);
      setFacts.run({
        ...facts,
        fileId,
        peakDb: finiteOrNull(facts.peakDb),
        loudnessLufs: finiteOrNull(facts.loudnessLufs),
        warnings: JSON.stringify(facts.warnings),
        checkedMs: Date.now(),
      });
      tagsOf.replace(fileId, tags);
      words.set(fileId);
      heard.insert(fileId, spaceId, windows);
    }),

    /**
     * The same sound lies at another path: what is known of it is taken from there, without listening again.
     * @param tags of the file at the new path; those of the other file if absent
     * @returns false, and nothing is written, when the other file has not been listened to in this space
     */
    copyListening: db.transaction(
      (fromFileId: number, toFileId: number, spaceId: number, tags?: readonly NativeTag[]): boolean => {
        if (!heard.isListened(fromFileId, spaceId)) return false;
        const contentId = contentOf.get(fromFileId);
        if (contentOf.get(toFileId) === contentId) heard.forgetIn(toFileId, spaceId);
        else heard.forget(toFileId);
        copyFacts.run(fromFileId, Date.now(), toFileId);
        tagsOf.replace(toFileId, tags ?? tagsOf.of(fromFileId));
        words.set(toFileId);
        heard.copy(fromFileId, toFileId, spaceId);
        return true;
      },
    ),

    /** Same sound, new tags (or only new times): size and time as they are now, tags and words as read now. */
    updateTags: db.transaction(
      (
        fileId: number,
        tags: readonly NativeTag[],
        now: { size: number; mtimeMs: number; ctimeNs?: string | null },
      ): void => {
        retag.run(now.size, now.mtimeMs, now.ctimeNs ?? null, Date.now(), fileId);
        readyAgain.run(fileId);
        tagsOf.replace(fileId, tags);
        words.set(fileId);
      },
    ),
  };
}

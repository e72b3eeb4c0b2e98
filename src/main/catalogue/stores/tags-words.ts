/** Tables `file_tag` (native tags as read) and `file_words` (FTS5: words to find a file by; rowid = file.id). */
import type { Database } from 'better-sqlite3';
import type { NativeTag } from '../../../shared/types.ts';
import { PROVENANCE_FIELD } from '../../text/provenance-field.ts';
import { fileNameWords, folderWords, tagWords } from '../../text/split-name.ts';

/** Tag values longer than this (lyrics, embedded documents) are found by their beginning only. */
const MAX_VALUE_CHARACTERS = 2000;

export type TagValue = [nativeId: string, field: string, value: string];

export type NativeTagStore = ReturnType<typeof nativeTagStore>;

export function nativeTagStore(db: Database) {
  const byFile = db.prepare<[number], NativeTag>(
    'SELECT native_id AS nativeId, field, value FROM file_tag WHERE file_id = ? ORDER BY rowid',
  );
  const short = db
    .prepare<[number, number, string], TagValue>(
      'SELECT native_id, field, value FROM file_tag WHERE file_id = ? AND (length(value) <= ? OR field = ?)',
    )
    .raw();
  const values = db.prepare<[string, string], { fileId: number; value: string }>(
    `SELECT file_id AS fileId, file_tag.value FROM json_each(?) AS wanted CROSS JOIN file_tag ON file_id = wanted.value
      WHERE field IN (SELECT value FROM json_each(?)) ORDER BY file_tag.rowid`,
  );
  const clear = db.prepare<[number]>('DELETE FROM file_tag WHERE file_id = ?');
  const insert = db.prepare<[number, string, string, string]>(
    'INSERT INTO file_tag (file_id, native_id, field, value) VALUES (?, ?, ?, ?)',
  );
  return {
    /** In the order of the file. */
    of: (fileId: number): NativeTag[] => byFile.all(fileId),
    /** Those of at most so many characters, and those of one field however long. */
    short: (fileId: number, characters: number, always: string): TagValue[] => short.all(fileId, characters, always),
    /** Values of these fields, in the order they were stored. */
    values: (fileIds: readonly number[], fields: readonly string[]): { fileId: number; value: string }[] =>
      values.all(JSON.stringify(fileIds), JSON.stringify(fields)),
    /** Replaces the tags of a file. The words that come from them are `wordStore(db).set`'s. */
    replace(fileId: number, tags: readonly NativeTag[]): void {
      clear.run(fileId);
      for (const { nativeId, field, value } of tags) insert.run(fileId, nativeId, field, value);
    },
  };
}

export type WordStore = ReturnType<typeof wordStore>;

export function wordStore(db: Database) {
  const places = db.prepare<[string], { fileId: number; rootPath: string; relativePath: string }>(
    `SELECT file.id AS fileId, root.path AS rootPath, file.relative_path AS relativePath
       FROM json_each(?) AS wanted CROSS JOIN file ON file.id = wanted.value JOIN root ON root.id = file.root_id`,
  );
  // Accepted tags are words like those that are in the file already; our own record of what was written is none.
  const values = db.prepare<[string, string, string], { fileId: number; value: string }>(
    `SELECT file_id AS fileId, file_tag.value FROM json_each(?) AS wanted CROSS JOIN file_tag ON file_id = wanted.value
      WHERE field <> ?
     UNION SELECT decision.file_id, tag.name
       FROM json_each(?) AS wanted CROSS JOIN decision ON decision.file_id = wanted.value AND decision.accepted = 1
            JOIN tag ON tag.id = decision.tag_id`,
  );
  const notDue = db.prepare<[string]>('DELETE FROM words_due WHERE file_id IN (SELECT value FROM json_each(?))');
  // Names and tags are evidence for tags: suggestions made from others are out of date.
  const unscore = db.prepare<[number]>('DELETE FROM scored WHERE file_id = ?');
  const clear = db.prepare<[number]>('DELETE FROM file_words WHERE rowid = ?');
  const replace = db.prepare<[number, string, string, string]>(
    'INSERT OR REPLACE INTO file_words (rowid, name, folder, tags) VALUES (?, ?, ?, ?)',
  );
  function write(fileIds: readonly number[]): void {
    const ids = JSON.stringify(fileIds);
    const tags = new Map<number, string[]>();
    for (const { fileId, value } of values.all(ids, PROVENANCE_FIELD, ids)) {
      const words = tagWords(value.slice(0, MAX_VALUE_CHARACTERS));
      const known = tags.get(fileId);
      if (known) known.push(words);
      else tags.set(fileId, [words]);
    }
    for (const { fileId, rootPath, relativePath } of places.all(ids)) {
      const fileName = relativePath.slice(relativePath.lastIndexOf('/') + 1);
      const folder = folderWords(rootPath, relativePath);
      replace.run(fileId, fileNameWords(fileName), folder, (tags.get(fileId) ?? []).join('\n'));
    }
    notDue.run(ids);
  }

  return {
    /**
     * Writes the words of a file anew from its path, its tags and its accepted tags as they are in the catalogue; what
     * was suggested from other names and tags is out of date by that.
     */
    set(fileId: number): void {
      write([fileId]);
      unscore.run(fileId);
    },
    /** The same for several files of which only what the user accepted has changed. */
    setDecided: write,
    remove: (fileId: number): void => void clear.run(fileId),
  };
}

/**
 * Words are kept in one spelling (NFKC), characters of scripts without spaces each by itself (text/split-name.ts),
 * and vowel signs belong to words. The words of every file are written anew: see `words_due`, which is worked off when
 * the catalogue is opened.
 */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    INSERT OR IGNORE INTO words_due (file_id)
      SELECT file.id FROM file_words JOIN file ON file.id = file_words.rowid;
    DROP TABLE file_words;
    -- Words to find files by; rowid = file.id. Names arrive split ("DOORWood_slam" → "DOOR Wood slam").
    CREATE VIRTUAL TABLE file_words USING fts5 (
      name, folder, tags,
      content = '', contentless_delete = 1,
      tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
    );
  `);
}

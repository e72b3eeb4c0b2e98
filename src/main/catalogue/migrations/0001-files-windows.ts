/** Roots, files, their native tags, the windows with their embeddings, and the words to find files by. */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    CREATE TABLE root (
      id         INTEGER PRIMARY KEY,
      path       TEXT    NOT NULL UNIQUE, -- absolute, in the platform's own form
      online     INTEGER NOT NULL DEFAULT 1 CHECK (online IN (0, 1)),
      added_ms   INTEGER NOT NULL,        -- epoch ms
      scanned_ms INTEGER                  -- last complete walk, epoch ms
    ) STRICT;

    CREATE TABLE file (
      id            INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: windows and decisions hang on it
      root_id       INTEGER NOT NULL REFERENCES root (id),
      relative_path TEXT    NOT NULL,                  -- below the root, '/' between folders
      size          INTEGER NOT NULL CHECK (size >= 0),
      mtime_ms      REAL    NOT NULL,
      state         TEXT    NOT NULL CHECK (state IN ('pending', 'ready', 'failed', 'other')), -- other: not audio, nor pretending to be
      offline       INTEGER NOT NULL DEFAULT 0 CHECK (offline IN (0, 1)),
      content_id    TEXT,    -- hash of the encoded audio alone: same for moved, renamed and retagged files
      reason_code   TEXT,    -- why it failed
      reason        TEXT,    -- the same as a sentence
      attempts      INTEGER NOT NULL DEFAULT 0,
      format        TEXT,
      codec         TEXT,
      duration_s    REAL,
      sample_rate   INTEGER, -- Hz
      channels      INTEGER,
      bit_depth     INTEGER, -- null for lossy codecs
      peak_db       REAL,    -- dBFS, highest sample
      loudness_lufs REAL,    -- integrated, ITU-R BS.1770; null when too short or silent
      waveform      BLOB,    -- uint8 peaks (0..255 = 0..1) over equal parts of the file; derived
      warnings      TEXT    NOT NULL DEFAULT '[]',     -- JSON DecodeWarning[]: shown, never filtered on
      added_ms      INTEGER NOT NULL,
      checked_ms    INTEGER NOT NULL,                  -- last time it was read or found unreadable
      UNIQUE (root_id, relative_path)
    ) STRICT;
    CREATE INDEX file_by_content ON file (content_id) WHERE content_id IS NOT NULL;
    CREATE INDEX file_by_size ON file (size);
    CREATE INDEX file_by_state ON file (state, root_id);
    -- Covers the filters of a search, so that rows with their waveforms are not read.
    CREATE INDEX file_by_facts ON file (duration_s, format, channels, sample_rate, offline, state, root_id);

    CREATE TABLE file_tag (
      file_id   INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
      native_id TEXT    NOT NULL, -- as in the file: TIT2, LIST/INFO:IKEY, …
      field     TEXT    NOT NULL, -- ours, or ''
      value     TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX file_tag_by_file ON file_tag (file_id);

    -- Where embeddings live: never compared across spaces.
    CREATE TABLE space (
      id            INTEGER PRIMARY KEY,
      model_id      TEXT    NOT NULL, -- pack id
      weight_hash   TEXT    NOT NULL, -- SHA-256 over the hashes of the pack's graphs
      preprocessing INTEGER NOT NULL, -- version of windows and resampling
      dim           INTEGER NOT NULL CHECK (dim > 0),
      UNIQUE (model_id, weight_hash, preprocessing)
    ) STRICT;

    -- "This file has been analysed in this space." Written in one transaction with its windows.
    CREATE TABLE listening (
      file_id  INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
      space_id INTEGER NOT NULL REFERENCES space (id) ON DELETE CASCADE,
      done_ms  INTEGER NOT NULL,
      PRIMARY KEY (file_id, space_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE window (
      id        INTEGER PRIMARY KEY AUTOINCREMENT, -- the label in the HNSW index; never used again
      file_id   INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
      space_id  INTEGER NOT NULL REFERENCES space (id) ON DELETE CASCADE,
      start_s   REAL    NOT NULL CHECK (start_s >= 0),
      seconds   REAL    NOT NULL CHECK (seconds > 0),
      embedding BLOB    NOT NULL -- float16le[dim], L2 norm 1
    ) STRICT;
    CREATE INDEX window_by_file ON window (file_id, space_id);
    -- Covers what the index process reads of every window at start, so that the embeddings beside it stay on disk.
    CREATE INDEX window_by_space ON window (space_id, id, file_id, start_s, seconds);

    CREATE TABLE job (
      id          INTEGER PRIMARY KEY AUTOINCREMENT,
      kind        TEXT    NOT NULL,
      input       TEXT    NOT NULL, -- JSON
      state       TEXT    NOT NULL CHECK (state IN ('running', 'paused', 'done', 'cancelled', 'failed', 'interrupted')),
      started_ms  INTEGER NOT NULL,
      finished_ms INTEGER
    ) STRICT;

    -- Words to find files by; rowid = file.id. Names arrive split ("DOORWood_slam" → "DOOR Wood slam").
    CREATE VIRTUAL TABLE file_words USING fts5 (
      name, folder, tags,
      content = '', contentless_delete = 1,
      tokenize = 'porter unicode61 remove_diacritics 2'
    );
  `);
}

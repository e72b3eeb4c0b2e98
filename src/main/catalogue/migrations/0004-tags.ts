/**
 * Tags: what is suggested (derived, can be made anew at any time), what the user decided (never derived, never lost),
 * and what was learnt from decisions.
 */
import type { Database } from 'better-sqlite3';

export function up(db: Database): void {
  db.exec(`
    -- One for each label of a vocabulary that was ever suggested or decided; stays when the vocabulary goes.
    CREATE TABLE tag (
      id            INTEGER PRIMARY KEY AUTOINCREMENT,
      vocabulary_id TEXT    NOT NULL,
      label_id      TEXT    NOT NULL,
      name          TEXT    NOT NULL, -- as the vocabulary had it last
      UNIQUE (vocabulary_id, label_id)
    ) STRICT;

    -- What the user said. One row a file and tag.
    CREATE TABLE decision (
      file_id     INTEGER NOT NULL REFERENCES file (id),
      tag_id      INTEGER NOT NULL REFERENCES tag (id),
      accepted    INTEGER NOT NULL CHECK (accepted IN (0, 1)),
      bulk        INTEGER NOT NULL CHECK (bulk IN (0, 1)), -- decided with many others at once
      probability REAL,                                    -- as suggested when it was decided
      decided_ms  INTEGER NOT NULL,
      PRIMARY KEY (file_id, tag_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX decision_by_tag ON decision (tag_id, accepted, file_id);

    -- One step of deciding, and what held before it: what undo needs.
    CREATE TABLE decision_step (
      id         INTEGER PRIMARY KEY AUTOINCREMENT,
      made_ms    INTEGER NOT NULL,
      undone_ms  INTEGER
    ) STRICT;
    CREATE TABLE decision_before (
      step_id     INTEGER NOT NULL REFERENCES decision_step (id) ON DELETE CASCADE,
      file_id     INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
      tag_id      INTEGER NOT NULL REFERENCES tag (id),
      accepted    INTEGER, -- null: there was no decision
      bulk        INTEGER,
      probability REAL,
      decided_ms  INTEGER,
      PRIMARY KEY (step_id, file_id, tag_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX decision_before_by_file ON decision_before (file_id, tag_id, step_id);

    -- Files whose words in file_words do not yet have their accepted tags as they are now.
    CREATE TABLE words_due (
      file_id INTEGER PRIMARY KEY REFERENCES file (id) ON DELETE CASCADE
    ) STRICT;

    -- Derived: what fits, above a low floor.
    CREATE TABLE suggestion (
      file_id     INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
      tag_id      INTEGER NOT NULL REFERENCES tag (id),
      space_id    INTEGER NOT NULL REFERENCES space (id) ON DELETE CASCADE,
      probability REAL    NOT NULL CHECK (probability BETWEEN 0 AND 1),
      start_s     REAL    NOT NULL, -- the window that speaks for it most
      end_s       REAL    NOT NULL,
      PRIMARY KEY (file_id, tag_id, space_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX suggestion_by_tag ON suggestion (space_id, tag_id, probability, file_id);

    -- Derived: which vocabulary, in which state (labels, prompts, heads, calibration), a file was scored with.
    CREATE TABLE scored (
      file_id       INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
      space_id      INTEGER NOT NULL REFERENCES space (id) ON DELETE CASCADE,
      vocabulary_id TEXT    NOT NULL,
      scoring_hash  TEXT    NOT NULL,
      PRIMARY KEY (file_id, space_id, vocabulary_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX scored_by_vocabulary ON scored (vocabulary_id, space_id, scoring_hash);

    -- Derived from decisions, but for what the user chose.
    CREATE TABLE tag_head (
      tag_id        INTEGER NOT NULL REFERENCES tag (id),
      space_id      INTEGER NOT NULL REFERENCES space (id) ON DELETE CASCADE,
      head          BLOB    NOT NULL, -- float32le[dim + 2]: direction, bias, share of the prompts (1 or 0)
      learnt_from   TEXT    NOT NULL, -- hash of the decisions; 'imported' for one that came from another machine
      accepted      INTEGER NOT NULL,
      rejected      INTEGER NOT NULL,
      before_score  REAL,
      after_score   REAL,
      in_use        INTEGER NOT NULL CHECK (in_use IN (0, 1)),
      chosen        INTEGER NOT NULL DEFAULT 0 CHECK (chosen IN (0, 1)), -- the user switched it on or off
      learnt_ms     INTEGER NOT NULL,
      PRIMARY KEY (tag_id, space_id)
    ) STRICT, WITHOUT ROWID;
  `);
}

/**
 * Kind, tempo, key and root note: what the sound, the file's tags, its name and the user say of each, and what is chosen
 * of that (shared/facts.ts has the same rule). −1 where a source says that there is none; the chosen one is NULL then.
 */
import type { Database } from 'better-sqlite3';

/** A note in a name is believed where the sound has a pitch of that name: `Door_B2` may be a second take. */
const NOTE_OF_NAME =
  'CASE WHEN root_sound >= 0 AND abs((root_name - root_sound) - 12 * round((root_name - root_sound) / 12.0)) < 0.6 THEN root_name END';
const KIND = 'coalesce(kind_you, kind_file, kind_name, kind_sound)';
/** A kick has no tempo, and a song no root note: what the sound says of them counts where the kind has such a thing. */
const IF_LOOP_OR_MUSIC = `CASE WHEN ${KIND} IN (1, 3) THEN`;

/** Each with its type, and what counts of its name and of its sound. */
const FACTS = [
  ['kind', 'INTEGER', 'kind_name', 'kind_sound'], // number of KIND_NAMES
  ['bpm', 'REAL', 'bpm_name', `${IF_LOOP_OR_MUSIC} bpm_sound END`],
  ['key', 'INTEGER', 'key_name', `${IF_LOOP_OR_MUSIC} key_sound END`], // 0 C major .. 11 B major, 12 C minor .. 23 B minor
  ['root', 'REAL', NOTE_OF_NAME, `CASE WHEN ${KIND} = 0 THEN root_sound END`], // MIDI number, cents as its fraction
] as const;
const SOURCES = ['sound', 'file', 'name', 'you'];

export function up(db: Database): void {
  for (const [fact, type] of FACTS) {
    db.exec(`
      ALTER TABLE file ADD COLUMN ${fact} ${type};           -- chosen of these:
      ALTER TABLE file ADD COLUMN ${fact}_sound ${type};     -- found in the sound; NULL: not analysed yet
      ALTER TABLE file ADD COLUMN ${fact}_confidence REAL;   -- of that, 0..1
      ALTER TABLE file ADD COLUMN ${fact}_file ${type};      -- stated by its tags
      ALTER TABLE file ADD COLUMN ${fact}_name ${type};      -- stated by its name
      ALTER TABLE file ADD COLUMN ${fact}_you ${type};       -- decided by the user
      CREATE INDEX file_by_${fact} ON file (${fact}, root_id, state, duration_s) WHERE duration_s IS NOT NULL;
    `);
  }
  // Not generated columns: SQLite looks into the row for those, also where an index has them.
  const sources = FACTS.flatMap(([fact]) => SOURCES.map((source) => `${fact}_${source}`));
  const chosen = FACTS.map(
    ([fact, , name, sound]) => `${fact} = nullif(coalesce(${fact}_you, ${fact}_file, ${name}, ${sound}), -1)`,
  );
  db.exec(`
    CREATE TRIGGER facts_chosen_by_update_of_file AFTER UPDATE OF ${sources.join(', ')} ON file BEGIN
      UPDATE file SET ${chosen.join(', ')} WHERE id = new.id;
    END;
  `);
}

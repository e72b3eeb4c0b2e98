/**
 * What is said of sounds, here and in the studio: decisions, stars, favourites, members of collections. Table `studio_word`
 * holds what the studio said last. A file that says otherwise was changed here; one that says the same follows the studio.
 */
import type { Database } from 'better-sqlite3';
import { localWords, NOTHING_SAID, type LocalWord, type WordKind } from './local-words.ts';

/** Something said of a sound, as both sides know it. */
export interface Word {
  contentId: string;
  kind: WordKind;
  /** tag.id of a decision, collection.id of an item, else 0. */
  about: number;
  /** decision: 1 accepted, 0 rejected, null neither. item, favourite: 1 or 0. stars: 0..5. */
  value: number | null;
  /** Epoch ms. */
  atMs: number;
  /** Of decisions. */
  bulk: boolean;
  probability: number | null;
}
/** As the studio says it. */
export interface StudioSaid extends Word {
  author: string;
}

type Said = Omit<StudioSaid, 'contentId' | 'bulk'> & { bulk: 0 | 1 };

const COLUMNS = 'kind, about, value, bulk, probability, author, at_ms AS atMs';

export function wordsStore(db: Database) {
  const local = localWords(db);
  const ofContent = db.prepare<[string], Said>(`SELECT ${COLUMNS} FROM studio_word WHERE content_id = ?`);
  const one = db.prepare<[string, string, number], Said>(
    `SELECT ${COLUMNS} FROM studio_word WHERE content_id = ? AND kind = ? AND about = ?`,
  );
  const put = db.prepare<Omit<StudioSaid, 'bulk'> & { bulk: 0 | 1 }>(
    `INSERT INTO studio_word (content_id, kind, about, value, bulk, probability, author, at_ms)
       VALUES (:contentId, :kind, :about, :value, :bulk, :probability, :author, :atMs)
       ON CONFLICT (content_id, kind, about) DO UPDATE SET value = excluded.value, bulk = excluded.bulk,
         probability = excluded.probability, author = excluded.author, at_ms = excluded.at_ms`,
  );
  const ofAuthor = db.prepare<[string, number, number], Said & { contentId: string }>(
    `SELECT content_id AS contentId, ${COLUMNS} FROM studio_word WHERE author = ?
      ORDER BY content_id, kind, about LIMIT ? OFFSET ?`,
  );
  const filesWith = db.prepare<[string], number>('SELECT file_id FROM studio_file WHERE content_id = ?').pluck();
  const applied = db.prepare<[number], string>('SELECT content_id FROM studio_file WHERE file_id = ?').pluck();
  const setApplied = db.prepare<[number, string]>(
    'INSERT INTO studio_file (file_id, content_id) VALUES (?, ?) ON CONFLICT (file_id) DO UPDATE SET content_id = excluded.content_id',
  );
  const forgetFile = db.prepare<[number]>('DELETE FROM studio_file WHERE file_id = ?');
  const count = db.prepare<[], number>('SELECT count(*) FROM studio_file').pluck();
  const readable = db.prepare<[number], Said & { name: string | null }>(
    `SELECT ${COLUMNS},
            CASE kind WHEN 'decision' THEN (SELECT name FROM tag WHERE id = about)
                      WHEN 'item' THEN (SELECT name FROM collection WHERE id = about) END AS name
       FROM studio_word WHERE content_id = (SELECT content_id FROM studio_file WHERE file_id = ?) AND kind <> 'favourite' AND author <> ''
      ORDER BY at_ms DESC`,
  );
  const personalCollections = db.prepare<[], number>('SELECT id FROM collection WHERE personal = 1').pluck();
  const setSaid = ({ contentId, kind, about, value, bulk, probability, author, atMs }: StudioSaid) =>
    void put.run({ contentId, kind, about, value, bulk: bulk ? 1 : 0, probability, author, atMs });

  return {
    /**
     * Brings a file in a share together with what the studio says of its sound. What only the studio has said holds for
     * a file that is met for the first time; what was said here stays.
     * @returns what was changed here since then, to be sent
     */
    meet: db.transaction((fileId: number, contentId: string): Word[] => {
      const isNew = applied.get(fileId) !== contentId;
      const said = new Map(ofContent.all(contentId).map((word) => [keyOf(word), word]));
      const here = new Map(local.of(fileId).map((word) => [keyOf(word), word]));
      const changed: Word[] = [];
      const personal = new Set(personalCollections.all());
      for (const key of new Set([...said.keys(), ...here.keys()])) {
        const [there, mine] = [said.get(key), here.get(key)];
        const { kind, about } = (there ?? mine)!;
        if (kind === 'item' && personal.has(about)) continue;
        const value = mine ? mine.value : NOTHING_SAID[kind];
        const isSame = value === (there ? there.value : NOTHING_SAID[kind]);
        // Decided again and undone again: it was never sent to the studio.
        const isOlder = kind === 'decision' && mine !== undefined && mine.rowMs !== there?.atMs;
        if (isSame && !isOlder) continue;
        if (isSame || (!mine && isNew)) local.set(fileId, { ...there!, bulk: there!.bulk === 1 });
        else changed.push({ ...(mine ?? gone(fileId, kind, about)), contentId });
      }
      if (isNew) setApplied.run(fileId, contentId);
      return changed;
    }),
    /** A file that is in no share (any more), or whose sound is not known. */
    part: (fileId: number): void => void forgetFile.run(fileId),
    /**
     * The studio has it now, and so have copies of the sound here, but for what was changed in them since.
     * @param hereMs its time by the clock of this machine
     */
    sent: db.transaction((word: StudioSaid, hereMs: number): void => {
      const { contentId, kind, about, value } = word;
      const before = saidOf(contentId, kind, about);
      for (const fileId of filesWith.all(contentId)) {
        const mine = local.one(fileId, kind, about);
        const mineNow = mine ? mine.value : NOTHING_SAID[kind];
        const mineMs = mine?.atMs ?? local.goneMs(fileId, kind, about) ?? 0;
        if (mineNow !== value && (mineNow === before || mineMs <= hereMs)) local.set(fileId, word);
      }
      setSaid(word);
    }),
    /**
     * The studio says it: files that said what it said before say it, too; a change that was made here meanwhile stays,
     * and is sent in its turn.
     * @returns files that say something else than before
     */
    receive: db.transaction((word: StudioSaid): number[] => {
      const { contentId, kind, about, value, atMs } = word;
      const before = saidOf(contentId, kind, about);
      const changed: number[] = [];
      for (const fileId of filesWith.all(contentId)) {
        const mine = local.one(fileId, kind, about);
        const mineNow = mine ? mine.value : NOTHING_SAID[kind];
        if (mineNow !== before) continue;
        if (mineNow === value && (!mine || mine.rowMs === atMs)) continue;
        local.set(fileId, word);
        changed.push(fileId);
      }
      setSaid(word);
      return changed;
    }),
    /** What the studio says of a file’s sound, the latest first; favourites are one’s own. */
    ofFile: (fileId: number): (Said & { name: string | null })[] => readable.all(fileId),
    /** What a person said and still holds, some at a time, those that were taken back included. */
    saidBy: (author: string, after: number, limit: number): StudioSaid[] =>
      ofAuthor.all(author, limit, after).map((row) => ({ ...row, bulk: row.bulk === 1 })),
    /** Files that are shared. */
    sharedFiles: (): number => count.get()!,
  };

  function saidOf(contentId: string, kind: WordKind, about: number): number | null {
    const said = one.get(contentId, kind, about);
    return said ? said.value : NOTHING_SAID[kind];
  }

  function gone(fileId: number, kind: WordKind, about: number): LocalWord {
    const atMs = local.goneMs(fileId, kind, about) ?? Date.now();
    return { kind, about, value: NOTHING_SAID[kind], atMs, bulk: false, probability: null };
  }
}

function keyOf({ kind, about }: { kind: WordKind; about: number }): string {
  return `${kind} ${about}`;
}

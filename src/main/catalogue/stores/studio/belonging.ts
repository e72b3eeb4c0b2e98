/** Tables `studio` and `studio_place`: which studio this library belongs to, and how far it has sent and received. */
import type { Database } from 'better-sqlite3';
import { studioWriteStore } from './writes.ts';

/** Where reading a feed continues: after this transaction and number, both of 64 bits, as digits. */
export interface FeedPlace {
  xid: string;
  seq: string;
}

interface Row {
  studioId: string;
  feedId: string | null;
  toldRevision: number | null;
  toldAll: 0 | 1;
  syncedMs: number | null;
}

/** The beginning of every feed. */
export const FIRST_PLACE: FeedPlace = { xid: '0', seq: '0' };

export function belongingStore(db: Database) {
  const writes = studioWriteStore(db);
  const current = db.prepare<[], Row>(
    'SELECT studio_id AS studioId, feed_id AS feedId, told_revision AS toldRevision, told_all AS toldAll, synced_ms AS syncedMs FROM studio',
  );
  const insert = db.prepare<[string]>('INSERT INTO studio (only, studio_id) VALUES (1, ?)');
  const setFeed = db.prepare<[string]>('UPDATE studio SET feed_id = ?, told_revision = NULL');
  const sendAgain = db.prepare('UPDATE studio SET told_revision = NULL');
  const setSent = db.prepare<{ revision: number; kept: number | null }>(
    `UPDATE studio SET told_revision = :revision,
       told_all = CASE WHEN :kept IS NULL THEN 1 WHEN :kept = 0 THEN told_all ELSE 0 END`,
  );
  const setSynced = db.prepare<[number]>('UPDATE studio SET synced_ms = ?');
  const place = db.prepare<[string], FeedPlace>('SELECT xid, seq FROM studio_place WHERE feed = ?');
  const putPlace = db.prepare<[string, string, string]>(
    'INSERT INTO studio_place (feed, xid, seq) VALUES (?, ?, ?) ON CONFLICT (feed) DO UPDATE SET xid = excluded.xid, seq = excluded.seq',
  );
  const forget = ['studio', 'studio_place', 'studio_collection', 'studio_document', 'studio_followed'].map((table) =>
    db.prepare(`DELETE FROM ${table}`),
  );
  /** Vocabularies of others in a former studio are not sent to another one. */
  const keepVocabularies = db.prepare<[string]>(
    "INSERT OR IGNORE INTO studio_personal (kind, key) SELECT kind, key FROM studio_followed WHERE kind = 'vocabulary' AND mark IS NOT NULL AND author <> ?",
  );
  /** Searches of a former studio are the user's own now. */
  const keepSearches = db.prepare('UPDATE saved_search SET studio_name = NULL WHERE studio_name IS NOT NULL');
  const forgetPlaces = db.prepare('DELETE FROM studio_place');
  /** No login has an empty name: what was said here, while this library belongs to no studio. */
  const disown = db.prepare<[string]>("UPDATE studio_word SET author = '' WHERE author = ?");
  const own = db.prepare<[string]>("UPDATE studio_word SET author = ? WHERE author = ''");
  const forgetOwn = db.prepare<[string]>("DELETE FROM studio_word WHERE author IN ('', ?)");
  const beginAgain = db.transaction((): void => {
    forgetPlaces.run();
    sendAgain.run();
  });

  return {
    /**
     * From now on to this studio. What others said in a former one is known as theirs, and is not sent to this one; what was
     * said here is.
     * @param member login of the one whose library this is
     */
    belongTo: db.transaction((studioId: string, member: string): void => {
      if (current.get()?.studioId === studioId) return void own.run(member);
      keepVocabularies.run(member);
      for (const statement of forget) statement.run();
      forgetOwn.run(member);
      keepSearches.run();
      writes.forgetStudio();
      insert.run(studioId);
    }),
    /**
     * All stays as it is known here, and who said it: it is no news when this library comes back.
     * @param member login of the one whose library this is
     */
    leave: db.transaction((member: string): void => {
      beginAgain();
      disown.run(member);
    }),
    /** Of the server whose places in the feeds are known; another one is read and sent everything again. */
    followFeed: db.transaction((feedId: string): void => {
      if (current.get()?.feedId === feedId) return;
      forgetPlaces.run();
      setFeed.run(feedId);
    }),
    /** Everything is sent and read once more; what is the same on both sides stays as it is. */
    beginAgain,
    place: (feed: string): FeedPlace => place.get(feed) ?? FIRST_PLACE,
    setPlace: (feed: string, { xid, seq }: FeedPlace): void => void putPlace.run(feed, xid, seq),
    /**
     * Changes up to this revision were sent; null: all files are to be looked at.
     * @param maySend this member may send now: what it could not send before is looked for as well
     */
    sentRevision(maySend: boolean): number | null {
      const row = current.get();
      return row && (row.toldAll === 1 || !maySend) ? row.toldRevision : null;
    },
    /** @param kept changes that were left out, since this member only reads; null: it may send everything */
    setSent: (revision: number, kept: number | null): void => void setSent.run({ revision, kept }),
    syncedMs: (): number | null => current.get()?.syncedMs ?? null,
    setSynced: (ms: number): void => void setSynced.run(ms),
  };
}

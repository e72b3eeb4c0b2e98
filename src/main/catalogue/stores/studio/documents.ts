/**
 * Tables `studio_document`, `studio_followed`, `studio_personal`: what is shared as a whole. Every person's version is known here;
 * the latest one is followed. What is here and differs from what was followed last was changed here.
 */
import type { Database } from 'better-sqlite3';

export type DocumentKindName = 'search' | 'vocabulary' | 'head';
export type DocumentState = 'shared' | 'removed' | 'unshared';

/** A person's version. */
export interface StudioDocument {
  kind: DocumentKindName;
  /** Of its kind: the name of a search, folded; the id of a vocabulary; tag and space of a head. */
  key: string;
  state: DocumentState;
  /** JSON; null unless it is shared. */
  content: string | null;
  author: string;
  /** Epoch ms, by the server's clock. */
  atMs: number;
}

/** The version that was followed last. */
export interface Followed {
  /** Of what was here then; null: nothing that is shared. */
  mark: string | null;
  author: string;
  atMs: number;
}

export type DocumentStore = ReturnType<typeof documentStore>;

const COLUMNS = 'kind, key, state, content, author, at_ms AS atMs';

export function documentStore(db: Database) {
  const put = db.prepare<StudioDocument>(
    `INSERT INTO studio_document (kind, key, author, state, content, at_ms)
       VALUES (:kind, :key, :author, :state, :content, :atMs)
       ON CONFLICT (kind, key, author) DO UPDATE SET state = excluded.state, content = excluded.content, at_ms = excluded.at_ms`,
  );
  const versions = db.prepare<[string, string], StudioDocument>(
    `SELECT ${COLUMNS} FROM studio_document WHERE kind = ? AND key = ? ORDER BY at_ms DESC, author DESC`,
  );
  // The latest of each, where it is not the one that is followed.
  const pending = db
    .prepare<[string], string>(
      `SELECT key FROM (
         SELECT kind, key, author, at_ms, row_number() OVER (PARTITION BY key ORDER BY at_ms DESC, author DESC) AS place
           FROM studio_document WHERE kind = ?) AS latest
        WHERE place = 1 AND NOT EXISTS (
          SELECT 1 FROM studio_followed AS followed WHERE followed.kind = latest.kind AND followed.key = latest.key
             AND followed.author = latest.author AND followed.at_ms = latest.at_ms) ORDER BY key`,
    )
    .pluck();
  const ofAuthor = db.prepare<[string], StudioDocument>(
    `SELECT ${COLUMNS} FROM studio_document WHERE author = ? ORDER BY kind, key`,
  );
  const followed = db.prepare<[string], Followed & { key: string }>(
    'SELECT key, mark, author, at_ms AS atMs FROM studio_followed WHERE kind = ?',
  );
  const follow = db.prepare<Followed & { kind: string; key: string }>(
    `INSERT INTO studio_followed (kind, key, mark, author, at_ms) VALUES (:kind, :key, :mark, :author, :atMs)
       ON CONFLICT (kind, key) DO UPDATE SET mark = excluded.mark, author = excluded.author, at_ms = excluded.at_ms`,
  );
  const isPersonal = db.prepare<[string, string]>('SELECT 1 FROM studio_personal WHERE kind = ? AND key = ?');
  const addPersonal = db.prepare<[string, string]>('INSERT OR IGNORE INTO studio_personal (kind, key) VALUES (?, ?)');
  const dropPersonal = db.prepare<[string, string]>('DELETE FROM studio_personal WHERE kind = ? AND key = ?');

  return {
    /** A person's version, in place of the former one. */
    put: ({ kind, key, state, content, author, atMs }: StudioDocument): void =>
      void put.run({ kind, key, state, content, author, atMs }),
    /** All persons' versions, the latest first. */
    versions: (kind: DocumentKindName, key: string): StudioDocument[] => versions.all(kind, key),
    /** The version that holds. */
    latest: (kind: DocumentKindName, key: string): StudioDocument | null => versions.get(kind, key) ?? null,
    /** Keys whose latest version is not followed yet. */
    pending: (kind: DocumentKindName): string[] => pending.all(kind),
    saidBy: (author: string): StudioDocument[] => ofAuthor.all(author),
    /** By key. */
    followed: (kind: DocumentKindName): Map<string, Followed> =>
      new Map(followed.all(kind).map(({ key, ...rest }) => [key, rest])),
    follow: (kind: DocumentKindName, key: string, { mark, author, atMs }: Followed): void =>
      void follow.run({ kind, key, mark, author, atMs }),
    isPersonal: (kind: DocumentKindName, key: string): boolean => isPersonal.get(kind, key) !== undefined,
    setPersonal: (kind: DocumentKindName, key: string, personal: boolean): void =>
      void (personal ? addPersonal : dropPersonal).run(kind, key),
  };
}

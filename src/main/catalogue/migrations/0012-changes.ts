/**
 * What changed, for whoever shows or mirrors the catalogue: a row a thing, with the revision of its last change. Triggers
 * write it, within the transaction of the change, so that no statement can forget to (docs/adr/0011-change-notices.md).
 */
import type { Database } from 'better-sqlite3';

type Event = 'INSERT' | 'UPDATE' | 'DELETE';

/** Kind → the tables that tell of it, and the column with its id. */
const SOURCES: readonly [kind: string, table: string, id: string, events: readonly Event[]][] = [
  ['root', 'root', 'id', ['INSERT', 'UPDATE', 'DELETE']],
  ['file', 'file', 'id', ['INSERT', 'UPDATE', 'DELETE']],
  ['file', 'listening', 'file_id', ['DELETE']], // an analysis is stored with an update of its file, but deleted alone
  ['mark', 'rating', 'file_id', ['INSERT', 'UPDATE', 'DELETE']],
  ['mark', 'collection_file', 'file_id', ['INSERT', 'DELETE']],
  ['collection', 'collection_file', 'collection_id', ['INSERT', 'DELETE']],
  ['collection', 'collection', 'id', ['INSERT', 'UPDATE']],
  ['search', 'saved_search', 'id', ['INSERT', 'UPDATE', 'DELETE']],
  ['setting', 'setting', '0', ['INSERT', 'UPDATE', 'DELETE']], // keys are text: all of them are one thing
  ['tag', 'tag', 'id', ['INSERT', 'UPDATE']],
  ['tag', 'tag_head', 'tag_id', ['INSERT', 'UPDATE', 'DELETE']],
  ['tag', 'decision', 'tag_id', ['INSERT', 'UPDATE', 'DELETE']],
  ['decision', 'decision', 'file_id', ['INSERT', 'UPDATE', 'DELETE']],
  ['suggestion', 'scored', 'file_id', ['INSERT', 'UPDATE', 'DELETE']], // written with what is suggested for a file
  ['run', 'write_run', 'id', ['INSERT', 'UPDATE']],
  ['run', 'write_journal', 'run_id', ['INSERT', 'UPDATE']],
];

export function up(db: Database): void {
  db.exec(`
    CREATE TABLE change (
      kind     TEXT    NOT NULL,
      id       INTEGER NOT NULL,
      revision INTEGER NOT NULL UNIQUE, -- grows with every change of anything; rows are never deleted
      PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
  `);
  for (const [kind, table, id, events] of SOURCES) {
    for (const event of events) {
      const changed = id === '0' ? id : `${event === 'DELETE' ? 'old' : 'new'}.${id}`;
      // An upsert: "OR REPLACE" would give way to an "OR IGNORE" of the statement that fires the trigger.
      db.exec(`
        CREATE TRIGGER ${kind}_changed_by_${event.toLowerCase()}_of_${table} AFTER ${event} ON ${table} BEGIN
          INSERT INTO change (kind, id, revision)
            VALUES ('${kind}', ${changed}, (SELECT coalesce(max(revision), 0) + 1 FROM change))
            ON CONFLICT (kind, id) DO UPDATE SET revision = excluded.revision;
        END;
      `);
    }
  }
}

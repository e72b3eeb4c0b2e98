/** Tables `collection` and `collection_file`: sounds that the user has put together. */
import type { Database } from 'better-sqlite3';
import type { Collection } from '../../shared/calls/files.ts';
import { UserError } from '../../shared/errors.ts';
import { LISTED } from './file-lists.ts';
import { byName, claimName, nameKey, tidyName } from './given-name.ts';
import { knownFiles } from './known-files.ts';

export type CollectionStatements = ReturnType<typeof collectionStatements>;

export function collectionStatements(db: Database) {
  // Counted are the files that a list of the collection shows.
  const columns = `id, name, (
    SELECT count(*) FROM collection_file AS held CROSS JOIN file ON file.id = held.file_id
     WHERE held.collection_id = collection.id AND ${LISTED}) AS files`;
  const all = db.prepare<[], Collection>(`SELECT ${columns} FROM collection WHERE removed_ms IS NULL`);
  const byId = db.prepare<[number], Collection>(
    `SELECT ${columns} FROM collection WHERE id = ? AND removed_ms IS NULL`,
  );
  const idByKey = db
    .prepare<[string], number>('SELECT id FROM collection WHERE name_key = ? AND removed_ms IS NULL')
    .pluck();
  const name = db.prepare<[number], string>('SELECT name FROM collection WHERE id = ? AND removed_ms IS NULL').pluck();
  const insert = db.prepare<[string, string, number]>(
    'INSERT INTO collection (name, name_key, created_ms) VALUES (?, ?, ?)',
  );
  const rename = db.prepare<[string, string, number]>(
    'UPDATE collection SET name = ?, name_key = ? WHERE id = ? AND removed_ms IS NULL',
  );
  const remove = db.prepare<[number, number]>('UPDATE collection SET removed_ms = ? WHERE id = ?');
  const lastRemoved = db
    .prepare<[string], number>(
      'SELECT id FROM collection WHERE name_key = ? AND removed_ms IS NOT NULL ORDER BY removed_ms DESC, id DESC LIMIT 1',
    )
    .pluck();
  const revive = db.prepare<[string, number]>('UPDATE collection SET name = ?, removed_ms = NULL WHERE id = ?');
  const held = db
    .prepare<[number], number>('SELECT file_id FROM collection_file WHERE collection_id = ? ORDER BY file_id')
    .pluck();
  const add = db.prepare<[number, number, string]>(
    `INSERT INTO collection_file (collection_id, file_id, added_ms)
       SELECT ?, value, ? FROM json_each(?) WHERE TRUE ON CONFLICT DO NOTHING`,
  );
  const take = db.prepare<[number, string]>(
    'DELETE FROM collection_file WHERE collection_id = ? AND file_id IN (SELECT value FROM json_each(?))',
  );
  const keepOnly = db.prepare<[number, string]>(
    'DELETE FROM collection_file WHERE collection_id = ? AND file_id NOT IN (SELECT value FROM json_each(?))',
  );
  const known = knownFiles(db);
  const nameOf = (id: number): string => {
    const found = name.get(id);
    if (found === undefined) throw new UserError('not-found', 'That collection is not there any more.');
    return found;
  };

  return {
    /** By name. */
    list: (): Collection[] => all.all().toSorted(byName),
    /** @returns the name @throws UserError not-found when there is none, or it was removed */
    nameOf,
    /** @param name as typed: case and quotes do not count @throws UserError not-found, bad-input */
    idOf(name: string): number {
      const id = idByKey.get(nameKey(name));
      if (id === undefined) throw new UserError('not-found', `There is no collection called “${tidyName(name)}”.`);
      return id;
    },
    /** @throws UserError name-taken, bad-input */
    create(name: string): Collection {
      const key = nameKey(name);
      const { lastInsertRowid } = claimName(name, () => insert.run(tidyName(name), key, Date.now()));
      return byId.get(Number(lastInsertRowid))!;
    },
    /** @throws UserError not-found, name-taken, bad-input */
    rename(id: number, name: string): Collection {
      nameOf(id);
      const key = nameKey(name);
      claimName(name, () => rename.run(tidyName(name), key, id));
      return byId.get(id)!;
    },
    /** @returns what it was called and held, unlisted files included @throws UserError not-found */
    remove: db.transaction((id: number): { name: string; fileIds: number[] } => {
      const before = { name: nameOf(id), fileIds: held.all(id) };
      remove.run(Date.now(), id);
      return before;
    }),
    /**
     * The one of that name that was removed last comes back under its old id, so that what refers to it holds again;
     * else a new one is made. Either holds exactly these files; those that are not in the catalogue are left out.
     * @throws UserError name-taken, bad-input
     */
    restore: db.transaction((name: string, fileIds: readonly number[]): Collection => {
      const key = nameKey(name);
      const old = lastRemoved.get(key);
      const id = claimName(name, () => {
        if (old === undefined) return Number(insert.run(tidyName(name), key, Date.now()).lastInsertRowid);
        revive.run(tidyName(name), old);
        return old;
      });
      const ids = JSON.stringify(known.among(fileIds));
      keepOnly.run(id, ids);
      add.run(id, Date.now(), ids);
      return byId.get(id)!;
    }),
    /** Files that are in it already stay as they are. @throws UserError not-found, file-missing; nothing is changed then */
    add: db.transaction((id: number, fileIds: readonly number[]): Collection => {
      nameOf(id);
      known.requireAll(fileIds);
      add.run(id, Date.now(), JSON.stringify(fileIds));
      return byId.get(id)!;
    }),
    /** Files that are not in it do no harm. @throws UserError not-found */
    take: db.transaction((id: number, fileIds: readonly number[]): Collection => {
      nameOf(id);
      take.run(id, JSON.stringify(fileIds));
      return byId.get(id)!;
    }),
  };
}

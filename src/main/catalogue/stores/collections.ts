/** Tables `collection` and `collection_file`: files that the user has put together. */
import type { Database } from 'better-sqlite3';
import type { Collection } from '../../../shared/calls/files.ts';
import { UserError } from '../../../shared/errors.ts';
import { collectionMissing } from '../../../shared/refusals.ts';
import { LISTED } from '../queries/listed.ts';
import { byName, claimName, nameKey, tidyName } from '../given-name.ts';
import { knownFileStore } from './known-files.ts';

export type CollectionStore = ReturnType<typeof collectionStore>;

type Row = Omit<Collection, 'personal'> & { personal: 0 | 1 };

export function collectionStore(db: Database) {
  // Counted are the files that a list of the collection shows.
  const columns = `id, name, personal, (
    SELECT count(*) FROM collection_file AS held CROSS JOIN file ON file.id = held.file_id
     WHERE held.collection_id = collection.id AND ${LISTED}) AS files`;
  const all = db.prepare<[], Row & { position: number | null }>(
    `SELECT ${columns}, position FROM collection WHERE removed_ms IS NULL`,
  );
  const unplace = db.prepare<[]>('UPDATE collection SET position = NULL WHERE position IS NOT NULL');
  const place = db.prepare<[number, number]>('UPDATE collection SET position = ? WHERE id = ?');
  const rowById = db.prepare<[number], Row>(`SELECT ${columns} FROM collection WHERE id = ? AND removed_ms IS NULL`);
  const byId = { get: (id: number): Collection | undefined => mapped(rowById.get(id)) };
  const setPersonal = db.prepare<[0 | 1, number]>('UPDATE collection SET personal = ? WHERE id = ?');
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
  const known = knownFileStore(db);
  const nameOf = (id: number): string => {
    const found = name.get(id);
    if (found === undefined) throw collectionMissing();
    return found;
  };

  const list = (): Collection[] =>
    all
      .all()
      .toSorted((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity) || byName(a, b))
      .map(({ position: _, ...row }) => toCollection(row));

  return {
    /** In the user's order; those that were never moved come last, by name. */
    list,
    /** @param ids in their new order; those left out come after them @throws UserError not-found; nothing is changed then */
    arrange: db.transaction((ids: readonly number[]): Collection[] => {
      for (const id of ids) nameOf(id);
      unplace.run();
      for (const [at, id] of ids.entries()) place.run(at, id);
      return list();
    }),
    /** @returns the name @throws UserError not-found when there is none, or it was removed */
    nameOf,
    /** @param name as typed: case and quotes do not count @throws UserError not-found, bad-input */
    idOf(name: string): number {
      const id = idByKey.get(nameKey(name));
      if (id === undefined) throw new UserError('not-found', `There is no collection named “${tidyName(name)}”.`);
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
    /** @throws UserError not-found */
    setPersonal(id: number, personal: boolean): Collection {
      nameOf(id);
      setPersonal.run(personal ? 1 : 0, id);
      return byId.get(id)!;
    },
    /** null when it is personal, or not there. */
    sharedName(id: number): string | null {
      const row = rowById.get(id);
      return row?.personal === 0 ? row.name : null;
    },
    /** null when there is none of that name, or it is personal. */
    sharedId(name: string): number | null {
      const row = list().find((one) => nameKey(one.name) === nameKey(name));
      return row && row.personal !== true ? row.id : null;
    },
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

function mapped(row: Row | undefined): Collection | undefined {
  return row && toCollection(row);
}

function toCollection({ personal, ...row }: Row): Collection {
  return { ...row, ...(personal === 1 ? { personal: true } : {}) };
}

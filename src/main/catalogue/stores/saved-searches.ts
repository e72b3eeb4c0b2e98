/** Table `saved_search`: queries that the user wants to ask again. */
import { isDeepStrictEqual } from 'node:util';
import type { Database } from 'better-sqlite3';
import type { SavedSearch } from '../../../shared/calls/files.ts';
import { UserError } from '../../../shared/errors.ts';
import type { SearchQuery } from '../../../shared/types.ts';
import { byName, nameKey, tidyName } from '../given-name.ts';

interface Raw {
  id: number;
  name: string;
  query: string;
  /** In a studio; null: personal. */
  studioName: string | null;
  changedMs: number;
}
const toSearch = ({ id, name, query, studioName }: Raw): SavedSearch => ({
  ...{ id, name, query: JSON.parse(query) as SearchQuery },
  ...(studioName === null ? {} : { shared: true }),
});

/** As the studio knows it. */
export interface SharedSearch {
  id: number;
  /** In the studio; here it has another one where the user has a personal search of that name. */
  name: string;
  query: SearchQuery;
  changedMs: number;
}

export type SavedSearchStore = ReturnType<typeof savedSearchStore>;

export function savedSearchStore(db: Database) {
  const COLUMNS = 'id, name, query, studio_name AS studioName, changed_ms AS changedMs';
  const all = db.prepare<[], Raw>(`SELECT ${COLUMNS} FROM saved_search`);
  const byKey = db.prepare<[string], Raw>(`SELECT ${COLUMNS} FROM saved_search WHERE name_key = ?`);
  const share = db.prepare<[string | null, number, number]>(
    'UPDATE saved_search SET studio_name = ?, changed_ms = ? WHERE id = ?',
  );
  const change = db.prepare<[string, number, number]>('UPDATE saved_search SET query = ?, changed_ms = ? WHERE id = ?');
  const save = db.prepare<[string, string, string, number], Raw>(
    `INSERT INTO saved_search (name, name_key, query, changed_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (name_key) DO UPDATE SET name = excluded.name, query = excluded.query, changed_ms = excluded.changed_ms
     RETURNING ${COLUMNS}`,
  );
  const remove = db.prepare<[number]>('DELETE FROM saved_search WHERE id = ?');
  const shared = (): SharedSearch[] =>
    all.all().flatMap(({ studioName, query, id, changedMs }) => (studioName === null ? [] : [{ id, name: studioName, query: JSON.parse(query) as SearchQuery, changedMs }])); // prettier-ignore
  const found = (id: number): Raw => {
    const search = all.all().find((one) => one.id === id);
    if (!search) throw new UserError('not-found', 'This saved search no longer exists.');
    return search;
  };

  return {
    /** Those of a studio. */
    shared,
    /** @throws UserError not-found */
    byId: (id: number): SavedSearch => toSearch(found(id)),
    /** null when there is none of that name. */
    named(name: string): SavedSearch | null {
      const raw = byKey.get(nameKey(name));
      return raw ? toSearch(raw) : null;
    },
    /** @throws UserError not-found, name-taken when another one has its name in the studio */
    setShared: db.transaction((id: number, isShared: boolean): SavedSearch => {
      const { name, studioName } = found(id);
      if (isShared === (studioName !== null)) return toSearch(found(id));
      const other = shared().find((one) => nameKey(one.name) === nameKey(name));
      if (isShared && other) {
        throw new UserError('name-taken', `The studio has another search named “${other.name}”. Save yours under another name, then share it.`); // prettier-ignore
      }
      share.run(isShared ? name : null, Date.now(), id);
      return toSearch(found(id));
    }),
    /** The studio has it so. A personal one of that name stays as it is, unless it is the same. */
    receive: db.transaction((name: string, query: SearchQuery): void => {
      const text = JSON.stringify(query);
      const known = shared().find((one) => nameKey(one.name) === nameKey(name));
      if (known) return void change.run(text, Date.now(), known.id);
      const alike = byKey.get(nameKey(name));
      if (alike && sameQuery(alike.query, text)) return void share.run(name, Date.now(), alike.id);
      let free = name;
      for (let number = 2; byKey.get(nameKey(free)); number++) free = `${name} (${number})`;
      share.run(name, Date.now(), save.get(tidyName(free), nameKey(free), text, Date.now())!.id);
    }),
    /** By name. */
    list: (): SavedSearch[] => all.all().map(toSearch).toSorted(byName),
    /** Under a name that is there already it takes that one's place. @throws UserError bad-input */
    save: (name: string, query: SearchQuery): SavedSearch =>
      toSearch(save.get(tidyName(name), nameKey(name), JSON.stringify(query), Date.now())!),
    /** @throws UserError not-found */
    remove(id: number): void {
      if (remove.run(id).changes === 0) throw new UserError('not-found', 'This saved search no longer exists.');
    },
  };
}

/** Whatever the order of their fields. */
function sameQuery(a: string, b: string): boolean {
  return isDeepStrictEqual(JSON.parse(a), JSON.parse(b));
}

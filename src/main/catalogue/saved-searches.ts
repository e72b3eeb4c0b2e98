/** Table `saved_search`: queries that the user wants to ask again. */
import type { Database } from 'better-sqlite3';
import type { SavedSearch } from '../../shared/calls/files.ts';
import { UserError } from '../../shared/errors.ts';
import type { SearchQuery } from '../../shared/types.ts';
import { byName, nameKey, tidyName } from './given-name.ts';

type Raw = Omit<SavedSearch, 'query'> & { query: string };
const toSearch = (raw: Raw): SavedSearch => ({ ...raw, query: JSON.parse(raw.query) as SearchQuery });

export type SavedSearchStatements = ReturnType<typeof savedSearchStatements>;

export function savedSearchStatements(db: Database) {
  const all = db.prepare<[], Raw>('SELECT id, name, query FROM saved_search');
  const save = db.prepare<[string, string, string, number], Raw>(
    `INSERT INTO saved_search (name, name_key, query, changed_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (name_key) DO UPDATE SET name = excluded.name, query = excluded.query, changed_ms = excluded.changed_ms
     RETURNING id, name, query`,
  );
  const remove = db.prepare<[number]>('DELETE FROM saved_search WHERE id = ?');
  return {
    /** By name. */
    list: (): SavedSearch[] => all.all().map(toSearch).toSorted(byName),
    /** Under a name that is there already it takes that one's place. @throws UserError bad-input */
    save: (name: string, query: SearchQuery): SavedSearch =>
      toSearch(save.get(tidyName(name), nameKey(name), JSON.stringify(query), Date.now())!),
    /** @throws UserError not-found */
    remove(id: number): void {
      if (remove.run(id).changes === 0) throw new UserError('not-found', 'That search is not there any more.');
    },
  };
}

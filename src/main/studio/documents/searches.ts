/** Saved searches that are shared. The key is the folded name: two of one name are one. */
import { nameKey } from '../../catalogue/given-name.ts';
import type { Catalogue } from '../../catalogue/open.ts';
import type { DocumentKind, LocalDocument } from './document-kind.ts';
import { portable, understood, type SharePaths } from './portable-search.ts';

export function sharedSearches(
  { savedSearches, collections, studio }: Pick<Catalogue, 'savedSearches' | 'collections' | 'studio'>,
  shares: SharePaths,
): DocumentKind {
  const nameOf = (id: number) => collections.sharedName(id);
  return {
    kind: 'search',
    tellsRemoval: true,
    nameOf: (key) => savedSearches.shared().find(({ name }) => nameKey(name) === key)?.name ?? key,
    local() {
      const found = new Map<string, LocalDocument | null>();
      for (const search of savedSearches.shared()) {
        const said = portable(search, shares, nameOf);
        found.set(
          nameKey(search.name),
          'json' in said ? { mark: said.json, changedMs: search.changedMs, content: () => said.json } : null,
        );
      }
      return Promise.resolve(found);
    },
    async apply(key, content) {
      const search = understood(content, shares, (name) => collections.sharedId(name));
      if (!search || nameKeyOrNull(search.name) !== key) return null;
      savedSearches.receive(search.name, search.query);
      studio.documents.setPersonal('search', key, false);
      return (await this.local()).get(key)?.mark ?? null;
    },
    remove(key) {
      for (const { id, name } of savedSearches.shared()) if (nameKey(name) === key) savedSearches.remove(id);
      return Promise.resolve();
    },
    keep(key) {
      for (const { id, name } of savedSearches.shared()) if (nameKey(name) === key) savedSearches.setShared(id, false);
    },
  };
}

function nameKeyOrNull(name: string): string | null {
  return /[\p{L}\p{N}]/u.test(name) ? nameKey(name) : null;
}

/** What of the user's own is shared with the studio, and what is personal: shown, chosen, and its former versions. */
import type { SharedItem, SharedKind, SharedVersion } from '../../shared/calls/studio.ts';
import type { SavedSearch } from '../../shared/calls/files.ts';
import { UserError } from '../../shared/errors.ts';
import type { SearchQuery } from '../../shared/types.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import { nameKey } from '../catalogue/given-name.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { SHIPPED_VOCABULARIES_FOLDER } from '../tag/installed.ts';
import type { Vocabularies } from '../tag/vocabularies.ts';
import { documentKinds, sharePaths } from './documents/kinds.ts';
import { portable } from './documents/portable-search.ts';
import { readMembership, requireMembership } from './membership.ts';
import { nothingChanged } from './sync/session.ts';

type SharingDeps = Pick<CatalogueAccess, 'dataFolder' | 'catalogue'> & { vocabularies: Vocabularies };

/** By kind, then by name. @throws UserError no-studio */
export async function sharedItems({ dataFolder, catalogue, vocabularies }: SharingDeps): Promise<SharedItem[]> {
  requireMembership(dataFolder);
  const { collections, savedSearches, studio } = catalogue();
  const own = (await vocabularies.all()).found.filter(({ path }) => !path.startsWith(SHIPPED_VOCABULARIES_FOLDER));
  const by = (kind: 'search' | 'vocabulary', key: string) => {
    const latest = studio.documents.latest(kind, key);
    return { author: latest?.author ?? null, atMs: latest?.atMs ?? null };
  };
  const nobody = { author: null, atMs: null };
  return [
    ...collections.list().map(({ id, name, personal }): SharedItem => {
      return { kind: 'collection', id: String(id), name, shared: personal !== true, ...nobody };
    }),
    ...savedSearches.list().map(({ id, name, shared = false }): SharedItem => {
      const inStudio = savedSearches.shared().find((one) => one.id === id)?.name ?? name;
      return { kind: 'search', id: String(id), name, shared, ...(shared ? by('search', nameKey(inStudio)) : nobody) };
    }),
    ...own.map(({ vocabulary: { id, name } }): SharedItem => {
      const shared = !studio.documents.isPersonal('vocabulary', id);
      return { kind: 'vocabulary', id, name, shared, ...(shared ? by('vocabulary', id) : nobody) };
    }),
  ];
}

/**
 * It is sent with the next exchange. What was shared stays with others as their own.
 * @throws UserError no-studio, not-found, name-taken, bad-input for a search that others would not understand
 */
export async function share(deps: SharingDeps, kind: SharedKind, id: string, isShared: boolean): Promise<void> {
  requireMembership(deps.dataFolder);
  const { collections, savedSearches, studio } = deps.catalogue();
  if (kind === 'collection') collections.setPersonal(Number(id), !isShared);
  else if (kind === 'search') {
    const search = savedSearches.byId(Number(id));
    if (isShared) requirePortable(deps, search);
    savedSearches.setShared(search.id, isShared);
    studio.documents.setPersonal('search', nameKey(search.name), !isShared);
  } else {
    const { vocabulary, shipped } = await deps.vocabularies.get(id);
    if (shipped) throw new UserError('bad-input', `“${id}” is a built-in vocabulary, which everybody has.`);
    studio.documents.setPersonal('vocabulary', vocabulary.id, !isShared);
  }
}

/** @throws UserError as {@link share} when it is to be shared, or is shared already */
export function saveSearch(
  deps: Pick<SharingDeps, 'dataFolder' | 'catalogue'>,
  { name, query, shared }: { name: string; query: SearchQuery; shared?: boolean },
): SavedSearch {
  const { savedSearches, studio } = deps.catalogue();
  const isMember = shared === true ? requireMembership(deps.dataFolder) : readMembership(deps.dataFolder);
  const before = savedSearches.named(name);
  const isShared = shared ?? before?.shared ?? false;
  if (isShared && isMember) requirePortable(deps, { name, query });
  const { id } = savedSearches.save(name, query);
  if (shared === undefined || shared === (before?.shared ?? false)) return savedSearches.byId(id);
  studio.documents.setPersonal('search', nameKey(name), !shared);
  return savedSearches.setShared(id, shared);
}

/** All members' versions of a search or vocabulary, the latest first. @throws UserError no-studio, not-found */
export function versionsOf(deps: SharingDeps, kind: 'search' | 'vocabulary', name: string): SharedVersion[] {
  requireMembership(deps.dataFolder);
  const found = deps.catalogue().studio.documents.versions(kind, keyOf(kind, name));
  if (found.length === 0) {
    throw new UserError('not-found', `The studio has no ${kind} named “${name}”. “earmark studio shared” lists all.`);
  }
  return found.map(({ author, atMs, state, content }, at) => ({ author, atMs, state, content, holds: at === 0 }));
}

/**
 * A former version becomes a change made here, and is sent as such.
 * @param changed called with the tags that are concerned
 * @throws UserError no-studio, not-found, bad-input when this machine cannot use it
 */
export async function restoreVersion(
  deps: SharingDeps,
  { kind, name, author }: { kind: 'search' | 'vocabulary'; name: string; author: string },
  changed: (tagIds: number[]) => void,
): Promise<void> {
  const membership = requireMembership(deps.dataFolder);
  const version = versionsOf(deps, kind, name).find((one) => one.author === author && one.content !== null);
  if (!version) throw new UserError('not-found', `“${author}” has no version of “${name}”. Run “earmark studio versions” without “--restore” to list them.`); // prettier-ignore
  const here = nothingChanged();
  const one = documentKinds(deps.catalogue(), membership, here).find((other) => other.kind === kind)!;
  if ((await one.apply(keyOf(kind, name), version.content!)) === null) {
    throw new UserError('bad-input', `This version of “${name}” cannot be used on this machine: it refers to a share or collection that is not here, or it is personal.`); // prettier-ignore
  }
  changed([...here.tags]);
}

function keyOf(kind: 'search' | 'vocabulary', name: string): string {
  return kind === 'search' ? nameKey(name) : name.trim();
}

function requirePortable(
  { dataFolder, catalogue }: Pick<SharingDeps, 'dataFolder'> & { catalogue: () => Catalogue },
  search: Pick<SavedSearch, 'name' | 'query'>,
): void {
  const said = portable(search, sharePaths(requireMembership(dataFolder)), (id) =>
    catalogue().collections.sharedName(id),
  );
  if ('json' in said) return;
  throw new UserError('bad-input', `“${search.name}” cannot be shared: ${said.problem}.`);
}

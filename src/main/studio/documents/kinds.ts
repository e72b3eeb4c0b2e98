/** All kinds of what is shared as a whole, in the order in which they are exchanged. */
import { dirname } from 'node:path';
import type { Catalogue } from '../../catalogue/open.ts';
import { Vocabularies } from '../../tag/vocabularies.ts';
import type { Membership } from '../membership.ts';
import type { ChangedHere } from '../sync/session.ts';
import type { DocumentKind } from './document-kind.ts';
import { sharedHeads } from './heads.ts';
import type { SharePaths } from './portable-search.ts';
import { sharedSearches } from './searches.ts';
import { sharedVocabularies } from './vocabularies.ts';

/** @param changed gets the tags of what is followed */
export function documentKinds(
  catalogue: Catalogue,
  membership: Pick<Membership, 'shares'>,
  { tags }: Pick<ChangedHere, 'tags'>,
): DocumentKind[] {
  const changed = (tagIds: readonly number[]) => tagIds.forEach((id) => tags.add(id));
  const vocabularies = new Vocabularies(dirname(catalogue.path));
  return [
    sharedSearches(catalogue, sharePaths(membership)),
    sharedVocabularies(catalogue, vocabularies, changed),
    sharedHeads(catalogue, changed),
  ];
}

export function sharePaths({ shares }: Pick<Membership, 'shares'>): SharePaths {
  return Object.entries(shares).map(([name, path]) => ({ name, path }));
}

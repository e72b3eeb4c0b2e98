/** A saved search as other machines understand it: folders by their shares, collections by their names. */
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import type { SavedSearch } from '../../../shared/calls/files.ts';
import { referenceChecks, SEARCH_CHECKS } from '../../../shared/query/search-checks.ts';
import type { ReferenceSound, SearchQuery } from '../../../shared/types.ts';
import { isInside } from '../../scan/roots.ts';
import { isSharedPath } from '../shares.ts';

const namedFile = { share: z.string().max(63), path: z.string().max(2400) };
const place = z.strictObject(namedFile);
const references = referenceChecks(namedFile);
const content = z.object({
  name: z.string().min(1).max(200),
  query: z.strictObject(SEARCH_CHECKS),
  like: place.optional(),
  alsoLike: references.optional(),
  unlike: references.optional(),
  folder: place.optional(),
  collection: z.string().max(500).optional(),
});

/** Where this machine has the shares, absolute. */
export type SharePaths = readonly { name: string; path: string }[];

/** `in:` with a path of one machine. */
const PATH_IN_TEXT = /(?:^|\s)-?in:"?(?:[\\/~]|[a-z]:[\\/])/iu;

/**
 * @param nameOf name of a collection that is shared; null for others
 * @returns JSON; or why others would not understand it, as the end of a sentence
 */
export function portable(
  { name, query }: Pick<SavedSearch, 'name' | 'query'>,
  shares: SharePaths,
  nameOf: (collectionId: number) => string | null,
): { json: string } | { problem: string } {
  const { likePath, alsoLike = [], unlike = [], filters, ...rest } = query;
  const { folder, collectionId, ...others } = filters ?? {};
  if (rest.text !== undefined && PATH_IN_TEXT.test(rest.text)) {
    return {
      problem: 'its text contains a folder of this machine. Use part of a folder name instead, such as in:doors',
    };
  }
  const isPath = folder !== undefined && /^(?:[\\/]|[a-z]:[\\/])/iu.test(folder);
  const [like, below] = [likePath === undefined ? null : inShare(likePath, shares), isPath ? inShare(folder, shares) : null]; // prettier-ignore
  const [more, less] = [alsoLike, unlike].map((sounds) => sounds.map(({ path, ...part }) => ({ ...inShare(path, shares), ...part }))); // prettier-ignore
  const isElsewhere = [...more!, ...less!].some(({ share }) => share === undefined);
  if ((likePath !== undefined && !like) || isElsewhere)
    return { problem: 'it searches by a sound that is in no share' };
  if (isPath && !below) return { problem: 'it searches in a folder that is in no share' };
  const collection = collectionId === undefined ? null : nameOf(collectionId);
  if (collectionId !== undefined && collection === null) {
    return { problem: 'it searches in a collection that is personal. Share the collection first' };
  }
  const kept = { ...others, ...(folder !== undefined && !isPath ? { folder } : {}) };
  return {
    json: JSON.stringify({
      name,
      query: inOrder({ ...rest, ...(Object.keys(kept).length > 0 ? { filters: inOrder(kept) } : {}) }),
      ...(like ? { like } : {}),
      ...(more!.length > 0 ? { alsoLike: more } : {}),
      ...(less!.length > 0 ? { unlike: less } : {}),
      ...(below ? { folder: below } : {}),
      ...(collection === null ? {} : { collection }),
    }),
  };
}

/**
 * @param json of the server: not to be trusted
 * @param idOf of the collection of that name that is shared; null for others
 * @returns null when it makes no sense, or is about something that this machine does not have
 */
export function understood(
  json: string,
  shares: SharePaths,
  idOf: (name: string) => number | null,
): Pick<SavedSearch, 'name' | 'query'> | null {
  const parsed = content.safeParse(jsonOrNull(json));
  if (!parsed.success) return null;
  const { name, query, like, alsoLike = [], unlike = [], folder, collection } = parsed.data;
  const [likePath, below] = [like && onThisMachine(like, shares), folder && onThisMachine(folder, shares)];
  const collectionId = collection === undefined ? undefined : idOf(collection);
  const [more, less] = [soundsHere(alsoLike, shares), soundsHere(unlike, shares)];
  if (likePath === null || below === null || collectionId === null || !more || !less) return null;
  const filters = {
    ...query.filters,
    ...(below === undefined ? {} : { folder: below }),
    ...(collectionId === undefined ? {} : { collectionId }),
  };
  const { filters: _, ...rest } = query;
  const whole: SearchQuery = {
    ...rest,
    ...(likePath === undefined ? {} : { likePath }),
    ...(more.length > 0 ? { alsoLike: more } : {}),
    ...(less.length > 0 ? { unlike: less } : {}),
    ...(Object.keys(filters).length > 0 ? { filters } : {}),
  };
  return { name, query: whole };
}

function inShare(path: string, shares: SharePaths): z.infer<typeof place> | null {
  const share = shares.find((one) => isInside(path, one.path));
  if (!share) return null;
  const below = relative(share.path, path).split(sep).join('/').normalize('NFC');
  return below === '' || isSharedPath(below) ? { share: share.name, path: below } : null;
}

function onThisMachine({ share, path }: z.infer<typeof place>, shares: SharePaths): string | null {
  const found = shares.find(({ name }) => name === share);
  if (!found || (path !== '' && !isSharedPath(path))) return null;
  return path === '' ? found.path : join(found.path, ...path.split('/'));
}

/** @returns null when one of them cannot be on this machine */
function soundsHere(sounds: z.infer<typeof references>, shares: SharePaths): ReferenceSound[] | null {
  const found = sounds.flatMap(({ share, path: below, ...part }) => {
    const path = onThisMachine({ share, path: below }, shares);
    return path === null ? [] : [{ path, ...part }];
  });
  return found.length === sounds.length ? found : null;
}

/** Two that mean the same are the same text. */
function inOrder(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>)
      .filter(([, one]) => one !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

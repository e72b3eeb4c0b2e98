/** Filters by what the user said about files: favourites, stars, collections; each as a statement that gives ids from an index. */
import type { SearchFilters } from '../../../shared/query/filters.ts';
import type { Condition } from './condition.ts';

const FAVOURITES: Condition = { sql: 'SELECT file_id FROM rating WHERE favourite = 1', parameters: [] };
export const NO_FAVOURITE: Condition = { sql: `file.id NOT IN (${FAVOURITES.sql})`, parameters: [] };

/** @param least 1..5 */
const withStars = (least: number): Condition => ({
  // "stars > 0" is what the index is over.
  sql: 'SELECT file_id FROM rating WHERE stars > 0 AND stars >= ?',
  parameters: [least],
});
const inCollection = (id: number): Condition => ({
  sql: 'SELECT file_id FROM collection_file WHERE collection_id = ?',
  parameters: [id],
});

export type UserFilters = Pick<SearchFilters, 'favourite' | 'minStars' | 'collectionId'>;

/** The files that filters name; `favourite: false` names none, see {@link NO_FAVOURITE}. */
export function userSets({ favourite, minStars, collectionId }: UserFilters): Condition[] {
  return [
    ...(favourite ? [FAVOURITES] : []),
    ...(minStars === undefined ? [] : [withStars(minStars)]),
    ...(collectionId === undefined ? [] : [inCollection(collectionId)]),
  ];
}

/** @param set a statement that gives ids of files */
export function inSet({ sql, parameters }: Condition): Condition {
  return { sql: `file.id IN (${sql})`, parameters };
}

export const USER_CONDITIONS = {
  favourite: (favourite: boolean) => (favourite ? inSet(FAVOURITES) : NO_FAVOURITE),
  minStars: (least: number) => inSet(withStars(least)),
  collectionId: (id: number) => inSet(inCollection(id)),
};

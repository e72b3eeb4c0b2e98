/** Filters by what the user said about files: favourites, stars, collections. */
import type { Condition } from './condition.ts';

export interface UserFilters {
  /** true: favourites alone; false: all but them. */
  favourite?: boolean;
  /** At least so many, 1..5. */
  minStars?: number;
  collectionId?: number;
}

/**
 * The files that filters name, each filter as a statement that gives their ids from an index. `favourite: false` names
 * none; see {@link userConditions}.
 */
export function userSets({ favourite, minStars, collectionId }: UserFilters): Condition[] {
  const sets: Condition[] = [];
  if (favourite) sets.push({ sql: FAVOURITES, parameters: [] });
  if (minStars !== undefined) {
    // "stars > 0" is what the index is over.
    sets.push({ sql: 'SELECT file_id FROM rating WHERE stars > 0 AND stars >= ?', parameters: [minStars] });
  }
  if (collectionId !== undefined) {
    sets.push({ sql: 'SELECT file_id FROM collection_file WHERE collection_id = ?', parameters: [collectionId] });
  }
  return sets;
}

export function userConditions(filters: UserFilters): Condition[] {
  const conditions = userSets(filters).map(inSet);
  if (filters.favourite === false) conditions.push(NO_FAVOURITE);
  return conditions;
}

/** @param set a statement that gives ids of files */
export function inSet({ sql, parameters }: Condition): Condition {
  return { sql: `file.id IN (${sql})`, parameters };
}

const FAVOURITES = 'SELECT file_id FROM rating WHERE favourite = 1';
export const NO_FAVOURITE: Condition = { sql: `file.id NOT IN (${FAVOURITES})`, parameters: [] };

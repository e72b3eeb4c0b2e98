/** Which files count: conditions on rows of `file` that most statements share. */

/** A condition on rows of `file`: they belong to a root that the user has not removed. Roots are few. */
export const ROOT_IN_USE = 'file.root_id NOT IN (SELECT id FROM root WHERE removed_ms IS NOT NULL)';

/**
 * Files that are shown in lists: analysed at least once, not known to be unusable, in a root that is in use.
 * Offline ones are.
 * What stands here must be in every index of an order (stores/file-lists.ts).
 */
export const LISTED = `file.state IN ('ready', 'pending') AND file.duration_s IS NOT NULL AND ${ROOT_IN_USE}`;

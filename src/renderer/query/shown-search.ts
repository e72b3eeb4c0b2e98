/** A query that was kept, as the window shows it. */
import type { FileList } from '../../shared/calls/files.ts';
import { filterText } from '../../shared/query/values.ts';
import type { SearchQuery } from '../../shared/types.ts';

/** A list that is searched in: a collection, or the favourites. */
export type ListInUse = Pick<FileList, 'collectionId' | 'favourite'>;

/**
 * @returns the text for the field, and the list. Filters that were kept beside the text are typed before it: what stands
 *   later in a text counts, as the text counts against them.
 */
export function shownSearch({ text = '', filters = {} }: SearchQuery): { text: string; list: ListInUse | null } {
  const { collectionId, favourite, ...rest } = filters;
  const list = {
    ...(collectionId !== undefined && { collectionId }),
    ...(favourite === true && { favourite }),
  };
  const written = filterText({ ...rest, ...(favourite === false && { favourite }) });
  return {
    text: [written, text].filter((part) => part !== '').join(' '),
    list: Object.keys(list).length === 0 ? null : list,
  };
}

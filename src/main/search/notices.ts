/** What a search has to say besides its hits. */
import { UserError } from '../../shared/errors.ts';
import type { SearchFilters } from '../../shared/types.ts';
import { restricts, type FilterLookup } from './filters.ts';
import type { Coverage } from './library.ts';
import type { Question } from './question.ts';

/** There is nothing to search in: why, and what to do. */
export function nothingIndexed({ files, listenedByAny }: Coverage): UserError {
  if (listenedByAny > 0) {
    const message =
      'No sound has been listened to with this model yet. Index your folders again with it, or search with the model used before.';
    return new UserError('nothing-indexed', message);
  }
  const message =
    files > 0
      ? `None of the ${formatted(files)} sounds found has been listened to yet. Index your folders again, or wait until indexing has begun.`
      : 'No sound has been listened to yet. Index a folder first.';
  return new UserError('nothing-indexed', message);
}

/** How the words were understood, where that is not what stands in the field. */
export function questionNotices({ without, isCut, text }: Question): string[] {
  const notices: string[] = [];
  if (without.length > 0) {
    const terms = without.map((term) => `“${term}”`).join(', ');
    notices.push(`Left out: ${terms}. A minus before a word does the same; words in quotes are taken as they are.`);
  }
  if (isCut) {
    const words = text.split(' ').length;
    notices.push(`The description is very long: only its first ${words === 1 ? `${String(text.length)} characters` : `${String(words)} words`} count.`); // prettier-ignore
  }
  return notices;
}

/** Words that the model cannot know. */
export function strangeNotice(text: string, model: string): string {
  return `The model “${model}” does not know “${text}”: only names and tags are searched for it. English words find sounds, too.`;
}

/** null when everything has been listened to. */
export function coverageNotice({ files, listened }: Coverage): string | null {
  const missing = files - listened;
  if (missing <= 0) return null;
  // Rounded up: "0 % has not been listened to" would read as if all was well.
  const percent = Math.ceil((100 * missing) / files);
  const verb = missing === 1 ? 'has' : 'have';
  return `${percent} % of the library (${formatted(missing)} of ${formatted(files)} sounds) ${verb} not been listened to yet.`;
}

/**
 * Why there are no hits.
 * @param ranked files that were ranked, hits or not
 */
export function emptyNotice(filters: SearchFilters, lookup: FilterLookup, ranked: number): string | null {
  if (ranked > 0)
    return 'Nothing in the library is likely to be that. The nearest sounds can be shown all the same: ask for unlikely hits, too.';
  if (lookup.firstFileIds(filters, 1).length > 0) return null;
  if (!filters.includeOffline && lookup.firstFileIds({ ...filters, includeOffline: true }, 1).length > 0) {
    return restricts(filters)
      ? 'All sounds that pass the filters are offline: their drive or folder is not there now.'
      : 'All sounds are offline: their drives or folders are not there now.';
  }
  if (
    filters.folder !== undefined &&
    lookup.firstFileIds({ folder: filters.folder, includeOffline: true }, 1).length === 0
  ) {
    return `No indexed sound lies in “${filters.folder}”.`;
  }
  return 'No sound passes the filters.';
}

function formatted(count: number): string {
  return count.toLocaleString('en');
}

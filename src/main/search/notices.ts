/** What a search has to say besides its hits. */
import { UserError } from '../../shared/errors.ts';
import type { SearchFilters } from '../../shared/query/filters.ts';
import { restricts, type FilterLookup } from '../catalogue/queries/filters.ts';
import type { Coverage } from '../catalogue/stores/totals.ts';
import type { Question } from './question.ts';

/** There is nothing to search in: why, and what to do. */
export function nothingIndexed({ files }: Coverage): UserError {
  const message =
    files > 0
      ? `None of the ${formatted(files)} files has been analysed yet. Index your folders, or wait until analysis starts.`
      : 'No files analysed yet. Index a folder first.';
  return new UserError('nothing-indexed', message);
}

/** How the words were understood, where that is not what stands in the field. */
export function questionNotices({ without, isCut, text, unknownFilters }: Question): string[] {
  const notices = unknownFilters.map(
    ({ written, key, meant }) =>
      `“${key}:” is not a filter: “${written}” is searched as words.${meant === null ? '' : ` The filter is ${meant}.`}`,
  );
  if (without.length > 0) {
    const terms = without.map((term) => `“${term}”`).join(', ');
    notices.push(`Excluded: ${terms}. A minus before a word does the same; quoted words are searched literally.`);
  }
  if (isCut) {
    const words = text.split(' ').length;
    notices.push(`The description is too long. Only the first ${words === 1 ? `${String(text.length)} characters` : `${String(words)} words`} are used.`); // prettier-ignore
  }
  return notices;
}

/**
 * None of the words is one that a model can know.
 * @param unaware the models of which that is true, of all that are asked
 */
export function unknownWordsNotices(text: string, unaware: readonly string[], models: readonly string[]): string[] {
  if (unaware.length === 0) return [];
  if (unaware.length === models.length) {
    const names = unaware.map((model) => `“${model}”`).join(' and ');
    const verb = unaware.length === 1 ? 'The model' : 'The models';
    const know = unaware.length === 1 ? 'does not know' : 'do not know';
    return [`${verb} ${names} ${know} “${text}”, so only names and tags are searched. Use English words to search by sound.`]; // prettier-ignore
  }
  const other = models.find((model) => !unaware.includes(model))!;
  return [`The model “${unaware[0]!}” does not know “${text}”, so only “${other}” searches by sound.`];
}

/** What the second model has not analysed; null when it has analysed everything. */
export function besideNotice(second: string, first: string, { files, analysed }: Coverage): string | null {
  const missing = files - analysed;
  if (missing <= 0) return null;
  const verb = missing === 1 ? 'has' : 'have';
  return `${formatted(missing)} of ${formatted(files)} files ${verb} not been analysed with “${second}”, so “${first}” alone ranks them. Analyse them: earmark --model ${second} index.`;
}

/** The second model of the query is the first. */
export function isInUse(model: string): UserError {
  return new UserError('bad-input', `“${model}” is the model in use. Choose another one to search with as well.`);
}

/** The second model of the query has analysed nothing here. */
export function besideNotIndexed(second: string): UserError {
  const sentence = `“${second}” has not analysed any file of this library. Analyse it first (earmark --model ${second} index), or search with one model.`;
  return new UserError('nothing-indexed', sentence);
}

/** null when everything has been analysed. */
export function coverageNotice({ files, analysed, analysedByAny }: Coverage): string | null {
  const missing = files - analysed;
  if (missing <= 0) return null;
  // Of another model, or of the version of this one that came with an earlier Earmark.
  if (analysed === 0 && analysedByAny > 0) {
    return 'Nothing has been analysed with the current model yet, so only names, tags and filters are searched. Index your folders to search by sound.';
  }
  // Rounded up: "0 % has not been analysed" would read as if all was well.
  const percent = Math.ceil((100 * missing) / files);
  const verb = missing === 1 ? 'has' : 'have';
  return `${percent} % of the library (${formatted(missing)} of ${formatted(files)} files) ${verb} not been analysed yet.`;
}

/**
 * Why there are no hits.
 * @param ranked files that were ranked, hits or not
 */
export function emptyNotice(filters: SearchFilters, lookup: FilterLookup, ranked: number): string | null {
  if (ranked > 0) return 'No file is a likely match.';
  if (lookup.firstFileIds(filters, 1).length > 0) return null;
  if (!filters.includeOffline && lookup.firstFileIds({ ...filters, includeOffline: true }, 1).length > 0) {
    return restricts(filters)
      ? 'All files that match the filters are offline: their drives or folders are not available.'
      : 'All files are offline: their drives or folders are not available.';
  }
  if (
    filters.folder !== undefined &&
    lookup.firstFileIds({ folder: filters.folder, includeOffline: true }, 1).length === 0
  ) {
    return `No indexed files in “${filters.folder}”.`;
  }
  return 'No files match the filters.';
}

function formatted(count: number): string {
  return count.toLocaleString('en');
}

/** The catalogue follows a vocabulary that was saved or removed. */
import type { Catalogue } from '../catalogue/open.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Suggestions of labels that are gone go; decisions about them stay. Names of tags follow at once.
 * @returns tags whose names or suggestions may be others now
 */
export function takeUpVocabulary({ tagRows, suggestions }: Catalogue, { id, labels }: Vocabulary): number[] {
  if (tagRows.ofVocabulary(id).length === 0) return []; // never used
  tagRows.ensure(id, labels);
  suggestions.keepLabels(
    id,
    labels.map((label) => label.id),
  );
  return tagRows.ofVocabulary(id).map((tag) => tag.id);
}

/** Its suggestions go; decisions stay. @returns its tags */
export function forgetVocabulary({ tagRows, suggestions }: Catalogue, id: string): number[] {
  suggestions.forgetVocabulary(id);
  return tagRows.ofVocabulary(id).map((tag) => tag.id);
}

/** Copies a vocabulary in: our JSON, a table of labels (CSV or spreadsheet), or the list of the Universal Category System. */
import { UserError } from '../../shared/errors.ts';
import { readUntrusted } from '../untrusted/read-untrusted.ts';
import type { Vocabularies } from './vocabularies.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * @param path absolute; .json, .csv or .xlsx
 * @throws UserError not-found, no-permission, bad-input for another kind of file, vocabulary-damaged, name-taken when
 *   there is one of that id
 */
export async function importVocabulary(path: string, vocabularies: Vocabularies): Promise<Vocabulary> {
  const content = await readUntrusted('vocabulary', { path }, 'vocabulary-damaged');
  const there = await vocabularies.find(content.id);
  if (there) {
    throw new UserError('name-taken', `There is a vocabulary “${content.id}” already (${there.path}). Remove it first, or give this one another id or file name.`); // prettier-ignore
  }
  return vocabularies.save(content);
}

/** Copies a vocabulary in: our JSON, a table of labels (CSV or spreadsheet), or the list of the Universal Category System. */
import { UserError } from '../../shared/errors.ts';
import { readUntrusted } from '../untrusted/read-untrusted.ts';
import type { Vocabularies } from './vocabularies.ts';
import type { Vocabulary } from './vocabulary.ts';
import { VOCABULARY_FILE } from './vocabulary-file.ts';

/**
 * @param path absolute; .json, .csv or .xlsx
 * @throws UserError not-found, no-permission, bad-input for another kind of file, vocabulary-damaged, name-taken when
 *   there is one of that id
 */
export async function importVocabulary(path: string, vocabularies: Vocabularies): Promise<Vocabulary> {
  const content = await readUntrusted(VOCABULARY_FILE, { path }, 'vocabulary-damaged');
  const there = await vocabularies.find(content.id);
  if (there) {
    throw new UserError('name-taken', `The vocabulary “${content.id}” already exists (${there.path}). Remove it first, or change the id or file name of this one.`); // prettier-ignore
  }
  return vocabularies.save(content);
}

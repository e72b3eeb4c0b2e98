/** A vocabulary as a file elsewhere: JSON as it is, or a table that a spreadsheet opens. */
import { extname } from 'node:path';
import { UserError } from '../../shared/errors.ts';
import { csvLine } from '../csv/csv-line.ts';
import { writeWhole } from '../export/write-list.ts';
import type { Vocabulary } from './vocabulary.ts';
import { LABEL_COLUMNS, KEYWORD_SEPARATOR, PROMPT_SEPARATOR } from './vocabulary-table.ts';

/**
 * @param path absolute; ends in .json or .csv
 * @throws UserError bad-input for another ending, and what writeWhole throws
 */
export async function exportVocabulary(vocabulary: Vocabulary, path: string, replace: boolean): Promise<void> {
  const ending = extname(path).toLowerCase();
  if (ending !== '.json' && ending !== '.csv') {
    throw new UserError('bad-input', `“${path}” must end in .json or .csv: that says what is written.`);
  }
  const text = ending === '.json' ? `${JSON.stringify(vocabulary, null, 2)}\n` : tableOf(vocabulary);
  await writeWhole(path, [text], replace);
}

/** A table has no place for id, name, licence and description of the vocabulary itself: its file name stands for them. */
export function tableOf({ labels, groups }: Vocabulary): string {
  const rows = labels.map(({ id, name, group, prompts, keywords, ucs }) => {
    const { name: groupName, kind } = groups.find((one) => one.id === group)!;
    const cells = [id, name, groupName, kind, prompts.join(PROMPT_SEPARATOR), keywords.join(KEYWORD_SEPARATOR)];
    return [...cells, ucs?.catId ?? '', ucs?.category ?? '', ucs?.subCategory ?? ''];
  });
  return [LABEL_COLUMNS, ...rows].map((row) => csvLine(row)).join('');
}

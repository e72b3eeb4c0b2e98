/** A vocabulary as a file elsewhere: JSON as it is, or a table that a spreadsheet opens. */
import { extname } from 'node:path';
import { csvLine } from '../csv/csv-line.ts';
import { writeOutput, type OutputDeps } from './output-file.ts';
import type { Vocabulary } from '../tag/vocabulary.ts';
import { LABEL_COLUMNS, KEYWORD_SEPARATOR, PROMPT_SEPARATOR } from '../tag/vocabulary-table.ts';

/**
 * @param path absolute; ends in .json or .csv
 * @throws UserError what {@link writeOutput} throws
 */
export async function exportVocabulary(
  vocabulary: Vocabulary,
  path: string,
  replace: boolean,
  deps: OutputDeps,
): Promise<void> {
  const text =
    extname(path).toLowerCase() === '.json' ? `${JSON.stringify(vocabulary, null, 2)}\n` : tableOf(vocabulary);
  await writeOutput({ path, endings: ['.json', '.csv'], replace }, [text], deps);
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

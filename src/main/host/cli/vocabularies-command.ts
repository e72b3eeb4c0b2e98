/** `earmark vocabularies`: which tags there are, and bringing others in and out. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../../../shared/errors.ts';
import { checkVocabulary } from '../../tag/vocabulary.ts';
import { readRegularFile, UnfitFileError } from '../../files/regular-file.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { columns, formatCount, plural, printable } from './format.ts';
import { EXIT, printJson, printOut } from './output.ts';

/** As of an installed one. */
const MAX_BYTES = 16 * 2 ** 20;

const LIST_HELP = `
JSON: {"vocabularies": [{"id", "name", "labels", "shipped", "path", "scoredFiles", "readyFiles", "suggested", …}],
       "broken": [{"path", "sentences"}]}`;

export function registerVocabularies(program: Command, run: RunCommand): void {
  const command = program.command('vocabularies').description('list, import, export and check vocabularies');
  command
    .command('list', { isDefault: true })
    .description('list all vocabularies and invalid vocabulary files')
    .addHelpText('after', LIST_HELP)
    .action(() => run(list));
  command
    .command('import')
    .description('import a vocabulary: Earmark JSON, a CSV of labels, or the official UCS list (CSV or .xlsx)')
    .argument('<file>')
    .action((file: string) => run((context) => importOne(context, resolve(file))));
  command
    .command('export')
    .description('export a vocabulary as .json or .csv')
    .argument('<id>')
    .argument('<file>')
    .option('--replace', 'overwrite an existing file')
    .action((id: string, file: string, { replace }: { replace?: true }) =>
      run((context) => exportOne(context, id, resolve(file), replace ?? false)),
    );
  command
    .command('remove')
    .description('remove one of your vocabularies; decisions are kept')
    .argument('<id>')
    .action((id: string) => run((context) => removeOne(context, id)));
  command
    .command('check')
    .description('list all problems of a vocabulary file (JSON) without importing it')
    .argument('<file>')
    .action((file: string) => run((context) => check(context, resolve(file))));
}

async function list({ client, json }: CommandContext): Promise<number> {
  const answer = await client.call('vocabulary.list', null);
  if (json) {
    await printJson(answer);
    return EXIT.ok;
  }
  const rows = answer.vocabularies.map(({ id, labels, scoredFiles, suggested, accepted, shipped, name }) => [
    id,
    formatCount(labels),
    formatCount(scoredFiles),
    formatCount(suggested),
    formatCount(accepted),
    `${printable(name)}${shipped ? '' : ' (yours)'}`,
  ]);
  const lines = columns([['id', 'labels', 'scored', 'to review', 'accepted', 'name'], ...rows], [1, 2, 3, 4]);
  for (const { sentences } of answer.broken) lines.push('', ...sentences.map((sentence) => `invalid: ${printable(sentence)}`)); // prettier-ignore
  await printOut(lines.join('\n'));
  return EXIT.ok;
}

async function importOne({ client, json }: CommandContext, path: string): Promise<number> {
  const info = await client.call('vocabulary.import', { path });
  if (json) await printJson(info);
  else await printOut(`“${info.name}” with ${plural(info.labels, 'label')} imported. Use it with: earmark tag --vocabulary ${info.id}`); // prettier-ignore
  return EXIT.ok;
}

async function exportOne({ client, json }: CommandContext, id: string, path: string, replace: boolean) {
  const output = await client.call('output.grant', { path, replace });
  await client.call('vocabulary.export', { id, output });
  if (json) await printJson({ id, path });
  else await printOut(`Written: ${printable(path)}`);
  return EXIT.ok;
}

async function removeOne({ client, json }: CommandContext, id: string): Promise<number> {
  await client.call('vocabulary.remove', id);
  if (json) await printJson({ removed: id });
  else await printOut(`“${id}” removed. Its file is kept in the same folder with the extension .removed.`);
  return EXIT.ok;
}

async function check({ json }: CommandContext, path: string): Promise<number> {
  const text = await readRegularFile(path, MAX_BYTES).then(String, (error: unknown) => {
    if (error instanceof UnfitFileError) throw new UserError('vocabulary-damaged', `“${path}” is not a valid vocabulary: ${error.message}.`, error); // prettier-ignore
    throw new UserError('not-found', `“${path}” cannot be read. Check the spelling and its permissions.`, error);
  });
  const checked = checkVocabulary(text.replace(/^\uFEFF/, ''), path);
  const problems = 'problems' in checked ? checked.problems : [];
  if (json) await printJson({ path, problems });
  else if ('vocabulary' in checked)
    await printOut(`“${checked.vocabulary.name}” is valid: ${plural(checked.vocabulary.labels.length, 'label')} in ${plural(checked.vocabulary.groups.length, 'group')}.`); // prettier-ignore
  else await printOut(problems.map(printable).join('\n'));
  return problems.length === 0 ? EXIT.ok : EXIT.partly;
}

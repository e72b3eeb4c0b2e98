/** `--print0` and `--template`: results for other programs, one text each. */
import { basename } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { UserError } from '../../../shared/errors.ts';
import { shownLines } from '../../../shared/shown-text.ts';
import type { SearchHit, SearchQuery } from '../../../shared/types.ts';
import type { CommandContext } from './command.ts';
import { runSearch } from './commands.ts';
import { EXIT, printAside, printRaw } from './output.ts';

export interface PrintOptions {
  print0?: true;
  template?: (hit: SearchHit) => string;
}

const FIELDS: Readonly<Record<string, (hit: SearchHit) => string>> = {
  path: ({ path }) => path,
  name: ({ path }) => basename(path),
  score: ({ score }) => score.toFixed(4),
  band: ({ band }) => band,
  start: ({ startSeconds }) => seconds(startSeconds),
  end: ({ endSeconds }) => seconds(endSeconds),
  duration: ({ durationSeconds }) => seconds(durationSeconds),
  format: ({ format }) => format,
  id: ({ fileId }) => String(fileId),
};
const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', '\\': '\\' };

export const PRINT_HELP = `
For other programs:
  earmark search "glass breaks" --print0 | xargs -0 cp -t ~/Desktop/Glass
  earmark search "glass breaks" --template '{score}\\t{start}\\t{path}'
  Fields: ${Object.keys(FIELDS).map((field) => `{${field}}`).join(' ')}; times in seconds; \\t, \\n, \\\\; {{ is a brace.`; // prettier-ignore

export function withPrintOptions(command: Command): Command {
  return command
    .option('-0, --print0', 'only paths, each ended by a NUL instead of a line end')
    .option('--template <text>', 'this text for each result, with fields such as {path}', template);
}

/** Results as asked for. @returns the exit code @throws UserError bad-input for options that exclude each other */
export async function printHits(
  context: CommandContext,
  query: SearchQuery,
  { print0, template }: PrintOptions,
): Promise<number> {
  if (print0 === undefined && template === undefined) return runSearch(context, query);
  if (context.json)
    throw new UserError('bad-input', '--json prints everything. Leave it out with --print0 and --template.');
  const result = await context.client.call('search.query', query);
  for (const notice of result.notices) printAside(notice);
  const text = result.hits.map((hit) => (template ?? FIELDS['path']!)(hit) + (print0 ? '\0' : '\n')).join('');
  // A terminal would obey what stands in names; programs have to get them as they are.
  await printRaw(process.stdout.isTTY ? shownLines(text) : text);
  return EXIT.ok;
}

/** @throws InvalidArgumentError for a field that there is not */
export function template(text: string): (hit: SearchHit) => string {
  const parts = [...text.matchAll(/\{\{|\{([^{}]*)\}|\\(.)|[^{\\]+|[{\\]/gsu)].map(([whole, field, escaped]) => {
    if (field !== undefined) {
      if (Object.hasOwn(FIELDS, field)) return FIELDS[field]!;
      throw new InvalidArgumentError(`There is no field {${field}}. Fields: ${Object.keys(FIELDS).join(', ')}.`);
    }
    const literal = whole === '{{' ? '{' : escaped === undefined ? whole : (ESCAPES[escaped] ?? whole);
    return () => literal;
  });
  return (hit) => parts.map((part) => part(hit)).join('');
}

function seconds(value: number): string {
  return String(Number(value.toFixed(3)));
}

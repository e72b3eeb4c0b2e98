/** `earmark search` and `earmark similar`. */
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { UserError } from '../../../shared/errors.ts';
import { parseDuration } from '../../../shared/query/duration.ts';
import type { ReferenceSound, SearchQuery } from '../../../shared/types.ts';
import type { RunCommand } from './command.ts';
import { exportHits, withExportOptions, type ExportOptions } from './export-command.ts';
import { filterHelp, filterOptions, filtersOf, type FilterOptions } from './filter-options.ts';
import { PRINT_HELP, printHits, withPrintOptions, type PrintOptions } from './print-options.ts';
import { collectFile, REFERENCE_HELP, referenceQuery, withReferences, type ReferenceOptions } from './reference-options.ts'; // prettier-ignore

const SEARCH_HELP = `
Describe the sound. Exclude a sound with a minus; filters can be inline:
  earmark search "heavy wooden door slams in a stone hall -squeak"
  earmark search "rain on a tin roof -thunder dur:>30 fmt:wav"
  earmark search "footsteps in:Foley ch:2 sr:48000 tag:gravel"
  earmark search 'door fav: stars:>=3 col:"Night train"'
  earmark search "birds, no traffic"        these words also exclude: without, not, no, but not, except
  earmark search 'hall "door slam"'         in names and tags, quoted words match as a phrase

${filterHelp()}
${PRINT_HELP}

JSON: {"query", "model", "alsoModel" (with a second model), "hits": [{"path", "score", "startSeconds", "endSeconds", "band", "why", …}], "notices"}
  score 0..1, hits sorted by it; band strong | likely | maybe | unlikely; path absolute.`;

export function registerSearch(program: Command, run: RunCommand): void {
  withPrintOptions(withExportOptions(withReferences(withFilters(program.command('search')))))
    .description('search by description')
    .argument('<words...>', 'description of the sound')
    .option('--like <file>', 'also similar to this file (repeatable)', collectFile)
    .option('--export <file>', 'write the results as a list instead: .csv, .json, .m3u or .m3u8')
    .addHelpText('after', SEARCH_HELP)
    .action(
      (
        words: string[],
        options: FilterOptions & OutputOptions & ExportOptions & ReferenceOptions & PrintOptions & { export?: string },
      ) =>
        run((context) => {
          const like = (options.like ?? []).map((path) => ({ path }));
          const query = {
            text: words.join(' '),
            ...referenceQuery(like, options, true),
            ...queryOptions(options),
          };
          if (options.export === undefined) return printHits(context, query, options);
          if (options.print0 || options.template)
            throw new UserError('bad-input', '--export does not go with --print0 or --template. Choose one.');
          return exportHits(context, query, options.export, options);
        }),
    );

  withPrintOptions(withReferences(withFilters(program.command('similar'))))
    .description('find files similar to one or more files, indexed or not')
    .argument('<files...>', 'the reference files')
    .option('--at <time>', 'only this position in the first file (seconds or m:ss)', duration)
    .option('--to <time>', 'with --at: the part from there to here', duration)
    .option('--words <words>', 'also matching this description')
    .addHelpText('after', `${REFERENCE_HELP}\n${PRINT_HELP}`)
    .action(
      (files: string[], options: FilterOptions & OutputOptions & ReferenceOptions & PrintOptions & SimilarOptions) =>
        run((context) =>
          printHits(
            context,
            {
              ...referenceQuery(similarTo(files, options), options, options.words !== undefined),
              ...(options.words === undefined ? {} : { text: options.words }),
              ...queryOptions(options),
            },
            options,
          ),
        ),
    );
}

interface OutputOptions {
  limit?: number;
  all?: true;
  flat?: true;
  /** false: --no-also-model. */
  alsoModel?: string | false;
}

function withFilters(command: Command): Command {
  command
    .option('-n, --limit <count>', 'maximum number of results', positiveInteger, 20)
    .option('--all', 'also results below the relevance cut')
    .option('--flat', 'list copies and variants separately instead of the best one only')
    .option('--also-model <id>', 'rank by this model as well (its cost: “earmark models cost”)')
    .option('--no-also-model', 'rank by one model, whatever “earmark models combine” has set');
  for (const option of filterOptions()) command.addOption(option);
  return command;
}

function queryOptions(
  options: FilterOptions & OutputOptions & { export?: string },
): Pick<SearchQuery, 'filters' | 'limit' | 'includeUnlikely' | 'grouped' | 'alsoModel'> {
  const { alsoModel } = options;
  return {
    filters: filtersOf(options),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options.all ? { includeUnlikely: true } : {}),
    ...(alsoModel === undefined ? {} : { alsoModel: alsoModel === false ? null : alsoModel }),
    // A list that is exported has every file.
    grouped: !options.flat && options.export === undefined,
  };
}

interface SimilarOptions {
  at?: number;
  to?: number;
  words?: string;
}

/** The first file at its position, the others whole. */
function similarTo(files: readonly string[], { at, to }: SimilarOptions): ReferenceSound[] {
  if (to !== undefined && (at === undefined || to <= at)) {
    throw new UserError('bad-input', '--to is the end of a part that begins at --at. Give both, --to later than --at.');
  }
  const part = { ...(at !== undefined && { startSeconds: at }), ...(to !== undefined && { endSeconds: to }) };
  return files.map((file, position) => ({ path: resolve(file), ...(position === 0 && part) }));
}

function positiveInteger(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number, 1 or greater.');
  return number;
}

function duration(value: string): number {
  const seconds = parseDuration(value);
  if (seconds === null) throw new InvalidArgumentError('Use seconds (2.5), or minutes and seconds (1:30 or 1m30).');
  return seconds;
}

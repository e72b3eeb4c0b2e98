/** `earmark playlist`: files that fit a description, no two alike, as a playlist. */
import { InvalidArgumentError, type Command } from 'commander';
import { MAX_PLAYLIST } from '../../../shared/calls/playlists.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { checkExport, exportList, withExportOptions, type ExportOptions } from './export-command.ts';
import { filterHelp, filterOptions, filtersOf, type FilterOptions } from './filter-options.ts';
import { columns, formatTime, printable } from './format.ts';
import { EXIT, printAside, printJson, printOut } from './output.ts';

const DEFAULT_COUNT = 20;
const DEFAULT_DIVERSITY = 0.5;

const HELP = `
  earmark playlist "calm piano" --count 20 --out calm.m3u8
  earmark playlist "driving techno bpm:125-130" --diversity 0.2
  earmark playlist "rain" --out rain.m3u8 --relative

Only results that a search lists are taken. Copies, and variants of a series, are one.

${filterHelp()}

JSON: {"model", "entries": [{"fileId", "path", "durationSeconds", "score", "band"}], "notices"}; with --out as export`;

interface PlaylistOptions extends FilterOptions, ExportOptions {
  count: number;
  diversity: number;
  out?: string;
}

export function registerPlaylist(program: Command, run: RunCommand): void {
  const command = withExportOptions(program.command('playlist'))
    .description('make a playlist of files that fit a description and differ from each other')
    .argument('<words...>', 'description of the sound, with filters')
    .option('-n, --count <count>', 'number of files', wholeNumber, DEFAULT_COUNT)
    .option('--diversity <share>', '0 = the best ones … 1 = those that differ most', share, DEFAULT_DIVERSITY)
    .option('--out <file>', 'write it: .m3u8, .m3u, .csv or .json');
  for (const option of filterOptions()) command.addOption(option);
  command
    .addHelpText('after', HELP)
    .action((words: string[], options: PlaylistOptions) =>
      run((context) => playlist(context, words.join(' '), options)),
    );
}

async function playlist(context: CommandContext, text: string, options: PlaylistOptions): Promise<number> {
  const { count, diversity, out } = options;
  if (out !== undefined) await checkExport(out, options);
  const query = { text, filters: filtersOf(options) };
  const made = await context.client.call('playlist.make', { query, count, diversity });
  for (const notice of made.notices) printAside(notice);
  const found = made.entries.length;
  if (found > 0 && found < count)
    printAside(`Only ${found} of ${count} files could be found: no others fit well enough.`);
  if (out !== undefined) return exportList(context, made.entries.map(({ fileId }) => fileId), out, options); // prettier-ignore
  if (context.json) await printJson(made);
  else if (made.entries.length === 0) await printOut('No results. Try other words or fewer filters.');
  else await printOut(columns(made.entries.map(({ path, durationSeconds, score }) => [score.toFixed(2), formatTime(durationSeconds), printable(path)]), [1]).join('\n')); // prettier-ignore
  return EXIT.ok;
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= MAX_PLAYLIST) return number;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_PLAYLIST}.`);
}

function share(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && number >= 0 && number <= 1) return number;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}

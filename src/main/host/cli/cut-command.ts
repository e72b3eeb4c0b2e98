/** `earmark cut`: parts of files, or every match of a search, as files of their own. Sources are only read. */
import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  DEFAULT_NAME,
  LONGEST_NAME,
  NAME_FIELDS,
  FRAME_RATES,
  LIST_FORMATS,
  PIECE_FORMATS,
  type CutRequest,
  type CutSummary,
  type FrameRate,
  type ListFormat,
  type PieceFormat,
} from '../../../shared/calls/cut.ts';
import { UserError } from '../../../shared/errors.ts';
import { parseDuration } from '../../../shared/query/duration.ts';
import { LAST_SECOND, preciseClock } from '../../../shared/units.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { columns, plural, printable } from './format.ts';
import { followJob } from './job.ts';
import { EXIT, printAside, printJson, printOut } from './output.ts';
import { indexedFolders } from './selection.ts';

const HELP = `
Times are seconds (45.5) or clock times (0:45.5, 1:02:03.25), kept to the sample. Pieces never replace a file: a name
that is taken gets a number. WAV has bit depth, sample rate and channels of the source, sample by sample (of lossy
sources what the decoder gives, as 32-bit float); FLAC has up to 24 bits; MP3 is 320 kbit/s. A WAV piece keeps the
broadcast metadata (bext, iXML, INFO) of its source, with the time reference moved on, and says where it was cut from.

With --search, every match that a search lists becomes a piece, less likely ones included: the match itself where the
model tells moments apart, else its window. Filters can be among the words.

With --list, no sound is written: --out is a file, one list of the same places with their in and out points. csv: a table,
times in seconds; m3u: a playlist that VLC plays place by place; edl: CMX 3600, in whole frames of --fps; reaper: regions
for the Region/Marker Manager, of one file. An existing list is overwritten only with --replace.

Names (--name), without extension:
${columns(Object.entries(NAME_FIELDS).map(([field, meaning]) => ['', `{${field}}`, meaning])).join('\n')}

Examples:
  earmark cut take.wav --from 0:45 --to 0:47.5 --out pieces
  earmark cut take.wav --from 1:02:03.25 --out pieces --format flac --name "{stem} door"
  earmark cut --search "dog bark" ~/Sounds/Takes --out barks --pad 0.2
  earmark cut --search "dog bark" ~/Sounds/Takes --list edl --fps 25 --out barks.edl

JSON: {"pieces": [{"path", "source", "startSeconds", "endSeconds"}], "failed": [{"path", "code", "message"}]};
of a list, "path" is the list of each place.`;

interface CutOptions {
  from?: number;
  to?: number;
  search?: string;
  out: string;
  name?: string;
  format?: PieceFormat;
  list?: ListFormat;
  fps?: FrameRate;
  replace?: boolean;
  limit?: number;
  pad?: number;
}

export function registerCut(program: Command, run: RunCommand): void {
  program
    .command('cut')
    .description('write parts of a file, or all matches of a search, to new files')
    .argument('[paths...]', 'an audio file, indexed or not; with --search, folders to search in (default: the library)')
    .option('--from <time>', 'start of the part (default: start of the file)', time)
    .option('--to <time>', 'end of the part (default: end of the file)', time)
    .option('--search <words>', 'instead: every match of this description')
    .requiredOption('--out <path>', 'output folder, created if its parent folder exists; with --list, the file')
    .option('--name <pattern>', `name pattern of the new files (default: "${DEFAULT_NAME}")`, namePattern)
    .addOption(new Option('--format <format>', 'format of the new files (default: wav)').choices(PIECE_FORMATS))
    .addOption(new Option('--list <format>', 'write a list of the places instead').choices(LIST_FORMATS))
    .option('--fps <rate>', `with --list edl: frames per second, ${FRAME_RATES.join(', ')} (default: 25)`, frameRate)
    .option('--replace', 'with --list: overwrite an existing file')
    .option('-n, --limit <count>', 'with --search: maximum number of matches, best files first', matches)
    .option('--pad <seconds>', 'with --search: seconds to add before and after each match', time)
    .addHelpText('after', HELP)
    .action(
      (paths: string[], options: CutOptions) =>
      run((context) => (checkOptions(options), options.search === undefined ? cutFile(context, paths, options) : cutMatches(context, paths, options)), 'winds-up'), // prettier-ignore
    );
}

async function cutFile(context: CommandContext, paths: string[], options: CutOptions): Promise<number> {
  const { from: startSeconds = 0, to: endSeconds = null, limit, pad } = options;
  const [path, ...others] = paths;
  if (path === undefined || others.length > 0) throw new UserError('bad-input', 'Specify one file to cut, or --search with a description.'); // prettier-ignore
  if (limit !== undefined || pad !== undefined) throw new UserError('bad-input', '--limit and --pad require --search.'); // prettier-ignore
  const summary = await cut(context, { pieces: [{ path: resolve(path), startSeconds, endSeconds }] }, options);
  if (summary === null) return EXIT.interrupted;
  const [failure] = summary.failed;
  if (failure) throw new UserError(failure.code, failure.message);
  return told(context, summary, options.list !== undefined);
}

async function cutMatches(context: CommandContext, paths: string[], options: CutOptions): Promise<number> {
  const { search: text = '', limit, pad: paddingSeconds = 0, from, to } = options;
  if (from !== undefined || to !== undefined) throw new UserError('bad-input', 'Use --from and --to with a file, not with --search.'); // prettier-ignore
  const folders = await indexedFolders(context.client, paths);
  const query = { text, ...(limit === undefined ? {} : { limit }) };
  const summary = await cut(context, { query, folders, paddingSeconds }, options);
  return summary === null ? EXIT.interrupted : told(context, summary, options.list !== undefined);
}

function namePattern(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('It must not be empty. Leave it out for the default.');
  if (value.length <= LONGEST_NAME) return value;
  throw new InvalidArgumentError(`It must not be longer than ${LONGEST_NAME} characters.`);
}

/** Options that would do nothing are a mistake. */
function checkOptions({ list, name, format, fps, replace }: CutOptions): void {
  if (list !== undefined && (name !== undefined || format !== undefined)) throw new UserError('bad-input', '--name and --format are for new audio files, not for a list.'); // prettier-ignore
  if (list === undefined && replace) throw new UserError('bad-input', '--replace requires --list: audio files are never overwritten.'); // prettier-ignore
  if (list !== 'edl' && fps !== undefined) throw new UserError('bad-input', '--fps requires --list edl.');
}

async function cut(
  context: CommandContext,
  from: CutRequest['from'],
  { out, name = DEFAULT_NAME, format = 'wav', list, fps, replace = false }: CutOptions,
): Promise<CutSummary | null> {
  const { client } = context;
  const output = await client.call('output.grant', { path: resolve(out), replace });
  if (list !== undefined) {
    const rate = fps === undefined ? {} : { framesPerSecond: fps };
    return followJob(context, () => client.call('cut.list', { from, output, format: list, ...rate }), 'cut');
  }
  return followJob(context, () => client.call('cut.start', { from, output, format, name }), 'cut');
}

async function told(
  { json }: CommandContext,
  { pieces, failed, notices, cancelled }: CutSummary,
  isList: boolean,
): Promise<number> {
  for (const notice of notices) printAside(notice);
  if (json) await printJson({ pieces, failed });
  else await printOut((isList ? describeList(pieces, failed) : describePieces(pieces, failed)).join('\n'));
  if (cancelled) return EXIT.interrupted;
  return failed.length > 0 ? EXIT.partly : EXIT.ok;
}

function describePieces(pieces: CutSummary['pieces'], failed: CutSummary['failed']): string[] {
  const rows = pieces.map(({ path, startSeconds, endSeconds }) => ['', `${preciseClock(startSeconds)}–${preciseClock(endSeconds)}`, printable(path)]); // prettier-ignore
  const skipped = failed.map(({ message }) => `  skipped  ${printable(message)}`);
  const sum = pieces.length === 0 ? 'No files written.' : `${plural(pieces.length, 'file')} written.`;
  return [...columns(rows), ...skipped, sum];
}

function describeList(listed: CutSummary['pieces'], failed: CutSummary['failed']): string[] {
  const [first] = listed;
  const skipped = failed.map(({ message }) => `  skipped  ${printable(message)}`);
  const sum = first === undefined ? 'No matches, so no list was written.' : `${plural(listed.length, 'range')} written to ${printable(first.path)}`; // prettier-ignore
  return [...skipped, sum];
}

function frameRate(value: string): FrameRate {
  const rate = FRAME_RATES.find((one) => String(one) === value);
  if (rate !== undefined) return rate;
  throw new InvalidArgumentError(`Use one of ${FRAME_RATES.join(', ')}.`);
}

function time(value: string): number {
  const seconds = parseDuration(value);
  if (seconds === null) throw new InvalidArgumentError('Use seconds (45.5), or a clock time (0:45.5 or 1:02:03.25).');
  if (seconds > LAST_SECOND) throw new InvalidArgumentError('No file is that long.');
  return seconds;
}

function matches(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 100_000) return number;
  throw new InvalidArgumentError('It must be a whole number from 1 to 100,000.');
}

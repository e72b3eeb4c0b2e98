/**
 * `earmark duplicates`: files with the same audio, whatever their names, folders and tags; with --near, the same recording in
 * another form. Nothing is deleted.
 */
import { InvalidArgumentError, type Command } from 'commander';
import type { CompareSummary, NearDuplicateGroup, NearDuplicates } from '../../../shared/calls/duplicates.ts';
import type { DuplicateGroup, LibraryCalls } from '../../../shared/calls/library.ts';
import { UserError } from '../../../shared/errors.ts';
import { bestWords, differenceWords } from '../../../shared/near-duplicates.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { checkExport, exportList, withExportOptions, type ExportOptions } from './export-command.ts';
import { columns, formatBytes, formatDuration, plural, printable } from './format.ts';
import { followJob } from './job.ts';
import { EXIT, printAside, printJson, printOut } from './output.ts';
import { indexedFolders } from './selection.ts';

/** Of `duplicate.list`. */
const MOST_GROUPS = 10_000;

const HELP = `
Two files are duplicates when their encoded audio is equal; tags may differ. Near-duplicates are the same recording in
another format, at another level, sample rate, bit depth or number of channels, trimmed, or with silence added. What is left of
a single hit or note without its start can be missed. Earmark deletes nothing.

--near compares the files that were not compared yet with the whole library, which may take a while. Ctrl-C keeps what was
compared; the next run continues. “earmark search dup:near” finds the files afterwards.

Examples:
  earmark duplicates
  earmark duplicates --near
  earmark duplicates --near ~/Sounds/Incoming --export copies.csv

JSON: {"groups": [{"contentId", "durationSeconds", "spareBytes", "files": [{"fileId", "path", "bytes", "offline"}]}],
"total", "spareBytes"}; spareBytes: all but the largest file of each group.
With --near: {"groups": [{"bestBy", "spareBytes", "files": [{"fileId", "path", "bytes", "offline", "durationSeconds",
"differences", "isSameAudio"}]}], "total", "spareBytes", "waiting", "failed"}; the best copy is the first file of each group.`;

interface Options extends ExportOptions {
  near?: true;
  limit: number;
  export?: string;
}

export function registerDuplicates(program: Command, run: RunCommand): void {
  withExportOptions(program.command('duplicates'))
    .description('list files with the same audio, or with --near the same recording in another form')
    .argument('[folders...]', 'with --near: only these folders, compared with the whole library')
    .option('--near', 'near-duplicates: other format, level, sample rate or length')
    .option('--limit <number>', 'so many groups, largest savings first', groups, 50)
    .option('--export <file>', 'with --near: write all but the best copies to a file: .csv, .json, .m3u or .m3u8')
    .addHelpText('after', HELP)
    .action((folders: string[], options: Options) =>
      run((context) => (options.near ? runNear(context, folders, options) : runExact(context, folders, options)), 'winds-up'),
    );
} // prettier-ignore

async function runExact({ client, json }: CommandContext, folders: string[], options: Options): Promise<number> {
  if (folders.length > 0 || options.export !== undefined) throw new UserError('bad-input', 'Folders and --export require --near.'); // prettier-ignore
  const found = await client.call('duplicate.list', { limit: options.limit });
  if (json) await printJson(found);
  else await printOut(describeDuplicates(found).join('\n'));
  return EXIT.ok;
}

async function runNear(context: CommandContext, named: string[], options: Options): Promise<number> {
  const { client, json } = context;
  if (options.export !== undefined) await checkExport(options.export, options);
  const folders = await indexedFolders(client, named);
  const summary = await followJob(context, () => client.call('duplicate.compare', { folders }), 'duplicates');
  if (summary === null) return EXIT.interrupted;
  const { export: file, limit } = options;
  const found = await client.call('duplicate.near', { folders, limit: file === undefined ? limit : MOST_GROUPS });
  for (const { message } of summary.failed) printAside(message);
  if (summary.cancelled) printAside(`Stopped. ${plural(found.waiting, 'file')} not compared yet.`);
  if (file !== undefined) {
    const copies = found.groups.flatMap(({ files }) => files.slice(1).map(({ fileId }) => fileId));
    return exitOf(summary, await exportList(context, copies, file, options));
  }
  const { groups: listed, total, spareBytes, waiting } = found;
  if (json) await printJson({ groups: listed, total, spareBytes, waiting, failed: summary.failed });
  else await printOut(describeNear(found).join('\n'));
  return exitOf(summary, EXIT.ok);
}

function exitOf({ cancelled, failed }: CompareSummary, code: number): number {
  if (cancelled) return EXIT.interrupted;
  return code === EXIT.ok && failed.length > 0 ? EXIT.partly : code;
}

function groups(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= MOST_GROUPS) return number;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_GROUPS.toLocaleString('en-GB')}.`);
}

/** The groups for a human, and how many there are in all. */
export function describeDuplicates(found: LibraryCalls['duplicate.list']['output']): string[] {
  if (found.total === 0) return ['No duplicates.'];
  const sum = `${plural(found.total, 'group')} of duplicates${shown(found)}: ${formatBytes(found.spareBytes)} in extra copies`;
  return [...found.groups.flatMap(describeGroup), sum];
}

function shown({ groups: listed, total }: { groups: readonly unknown[]; total: number }): string {
  return listed.length < total ? ` (${listed.length} shown; --limit shows more)` : '';
}

function describeGroup({ durationSeconds, spareBytes, files }: DuplicateGroup): string[] {
  const head = `${plural(files.length, 'file')} · ${formatDuration(durationSeconds)} · ${formatBytes(spareBytes)} in extra copies`;
  return [head, ...files.map(({ path, offline }) => `  ${printable(path)}${offline ? ' (offline)' : ''}`), ''];
}

/** The groups for a human, the best copy of each first. */
export function describeNear(found: NearDuplicates): string[] {
  const waiting = found.waiting > 0 ? [`${plural(found.waiting, 'file')} not compared yet.`] : [];
  if (!found.hasCompared && found.waiting === 0) return ['No files to compare yet. Run “earmark index” first.'];
  if (found.total === 0) return ['No near-duplicates.', ...waiting];
  const sum = `${plural(found.total, 'group')} of near-duplicates${shown(found)}: ${formatBytes(found.spareBytes)} besides the best copies`;
  return [...found.groups.flatMap(describeNearGroup), sum, ...waiting];
}

function describeNearGroup(group: NearDuplicateGroup): string[] {
  const why = bestWords(group);
  const head = `${plural(group.files.length, 'file')} · ${formatBytes(group.spareBytes)} besides the best copy`;
  const rows = group.files.map((file, i) => {
    const words = i > 0 ? differenceWords(file) : `best copy${why === '' ? '' : `: ${why}`}`;
    return ['', `${printable(file.path)}${file.offline ? ' (offline)' : ''}`, words];
  });
  return [head, ...columns(rows), ''];
}

/** `earmark export`, `earmark sidecars`, and `--export` of a search: lists of files for other programs. */
import { extname, resolve } from 'node:path';
import type { Command } from 'commander';
import type { ExportFormat } from '../../../shared/calls/write.ts';
import { UserError } from '../../../shared/errors.ts';
import type { SearchQuery } from '../../../shared/types.ts';
import { freeTarget } from '../../files/write-whole.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { byReason, plural, printable } from './format.ts';
import { EXIT, printAside, printJson, printOut } from './output.ts';
import { acceptedFiles, filesBelow } from './selection.ts';

const HELP = `
The file extension selects the format: .csv (table), .json (for programs), .m3u or .m3u8 (playlist).
docs/exports.md lists the columns and fields.

Examples:
  earmark export library.csv
  earmark export doors.m3u8 ~/Sounds/Doors --relative
  earmark export picks.json --collection "Night train"
  earmark search "rain on a tin roof" --export rain.m3u8

JSON: {"path", "format", "files", "leftOut": [{"path", "reason"}]}`;

export interface ExportOptions {
  replace?: true;
  relative?: true;
  bom?: boolean;
}

interface Selection {
  collection?: string;
  favourites?: true;
}

export function registerExport(program: Command, run: RunCommand): void {
  withExportOptions(program.command('export'))
    .description('export a list of files as CSV, JSON or a playlist')
    .argument('<file>', 'output file: .csv, .json, .m3u or .m3u8')
    .argument('[folders...]', 'only files in these folders (default: the whole library)')
    .option('--collection <name>', 'the files of a collection')
    .option('--favourites', 'only favourites')
    .addHelpText('after', HELP)
    .action((file: string, folders: string[], options: ExportOptions & Selection) =>
      run(async (context) => exportList(context, await selected(context, folders, options), file, options)),
    );
  program
    .command('sidecars')
    .description('write accepted tags into XMP sidecars (name.ext.xmp); the audio files are not changed')
    .argument('[folders...]', 'only files in these folders (default: the whole library)')
    .addHelpText('after', '\nJSON: {"written": [paths], "leftOut": [{"path", "reason"}]}')
    .action((folders: string[]) => run((context) => runSidecars(context, folders))); // prettier-ignore
}

/** `--export FILE` of a command that finds files. */
export function withExportOptions(command: Command): Command {
  return command
    .option('--replace', 'overwrite an existing file')
    .option('--relative', 'playlist: paths relative to the playlist')
    .option('--no-bom', 'CSV: no byte order mark');
}

/** Writes the list and says so. @param file as typed */
export async function exportList(
  { client, json }: CommandContext,
  fileIds: number[],
  file: string,
  options: ExportOptions,
): Promise<number> {
  const path = resolve(file);
  const format = formatOf(path);
  const output = await client.call('output.grant', { path, replace: options.replace ?? false });
  const { files, leftOut } = await client.call('export.files', {
    fileIds,
    format,
    output,
    relativePaths: options.relative ?? false,
    byteOrderMark: options.bom ?? true,
  });
  if (json) await printJson({ path, format, files, leftOut });
  else await printOut([`${plural(files, 'file')} written to ${printable(path)}`, ...byReason('skipped', leftOut, null)].join('\n')); // prettier-ignore
  return leftOut.length > 0 ? EXIT.partly : EXIT.ok;
}

/**
 * Before work that may take long.
 * @param file as typed
 * @throws UserError bad-input, name-taken, not-found when nothing could be written there
 */
export async function checkExport(file: string, { replace = false }: { replace?: boolean }): Promise<void> {
  formatOf(file);
  await freeTarget(resolve(file), replace);
}

/** The hits of a search as a list, best first. */
export async function exportHits(
  context: CommandContext,
  query: SearchQuery,
  file: string,
  options: ExportOptions,
): Promise<number> {
  await checkExport(file, options);
  const { hits, notices } = await context.client.call('search.query', query);
  for (const notice of notices) printAside(notice);
  return exportList(context, hits.map(({ fileId }) => fileId), file, options); // prettier-ignore
}

/** By the extension. @throws UserError bad-input for any other */
function formatOf(path: string): ExportFormat {
  const ending = extname(path).toLowerCase();
  if (ending === '.csv') return 'csv';
  if (ending === '.json') return 'json';
  if (ending === '.m3u' || ending === '.m3u8') return 'm3u';
  throw new UserError('bad-input', `“${path}” has no supported file extension. Use .csv, .json, .m3u or .m3u8.`); // prettier-ignore
}

async function selected({ client }: CommandContext, folders: string[], options: Selection): Promise<number[]> {
  const { collection, favourites } = options;
  if (collection === undefined && !favourites) return filesBelow(client, folders);
  if (folders.length > 0)
    throw new UserError('bad-input', 'Use folders, --collection or --favourites, only one of them.');
  const wanted = collection === undefined ? undefined : await collectionId(client, collection);
  const of = { ...(wanted === undefined ? {} : { collectionId: wanted }), ...(favourites ? { favourite: true } : {}) };
  return client.call('file.list', { of, order: 'name', descending: false });
}

async function collectionId(client: CommandContext['client'], name: string): Promise<number> {
  const all = await client.call('collection.list', null);
  const found = all.find((one) => one.name.toLowerCase() === name.trim().toLowerCase());
  if (found) return found.id;
  const names = all.map((one) => `“${one.name}”`).join(', ');
  throw new UserError('not-found', `No collection “${name}”. ${names === '' ? 'The library has no collections.' : `Collections: ${names}.`}`); // prettier-ignore
}

async function runSidecars({ client, json }: CommandContext, folders: string[]): Promise<number> {
  const { written, leftOut } = await client.call('write.sidecars', { fileIds: await acceptedFiles(client, folders) });
  if (json) await printJson({ written, leftOut });
  else await printOut([`${plural(written.length, 'sidecar')} written.`, ...byReason('skipped', leftOut, null)].join('\n')); // prettier-ignore
  return leftOut.length > 0 ? EXIT.partly : EXIT.ok;
}

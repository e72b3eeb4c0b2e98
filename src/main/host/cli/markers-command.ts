/** `earmark markers`: the matches of a search as cue points or regions in the files; or what markers files have. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { LONGEST_LABEL, MARKER_KINDS, type Marker, type MarkerKind } from '../../../shared/calls/markers.ts';
import { UserError } from '../../../shared/errors.ts';
import { preciseClock } from '../../../shared/units.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { columns, plural, printable } from './format.ts';
import { followJob } from './job.ts';
import { EXIT, printJson, printOut } from './output.ts';
import { idOfFile, pathsOf } from './selection.ts';
import { carryOut, checkConsent, type ConsentOptions } from './write-command.ts';

const HELP = `
With --search, every match that a search lists in these files, less likely ones included, becomes a marker: a region (cue
point with a length), or with --kind point its start. Only WAV and RF64 files can be written. Existing markers and the audio
data stay identical, markers that a file has already are not written twice, and \`earmark undo\` restores the files.
Without --search, the markers that the files have are listed.

Examples:
  earmark markers take.wav --search "dog bark" --plan
  earmark markers take.wav --search "dog bark" --label Bark --yes
  earmark markers take.wav

JSON: with --search as write (field "marker", profile "markers"); without:
{"files": [{"path", "markers": [{"startSeconds", "endSeconds" (null: a point), "label"}]}]}`;

interface MarkersOptions extends ConsentOptions {
  search?: string;
  label?: string;
  kind?: MarkerKind;
}

export function registerMarkers(program: Command, run: RunCommand): void {
  program
    .command('markers')
    .description('write matches of a search into WAV files as cue points or regions, or list those that they have')
    .argument('<files...>', 'indexed audio files')
    .option('--search <words>', 'write the matches of this description')
    .option('--label <text>', 'label of the markers (default: the words of the description)', labelOf)
    .addOption(new Option('--kind <kind>', 'regions, or points without an end (default: region)').choices(MARKER_KINDS))
    .option('--plan', 'preview only')
    .option('--yes', 'write without asking')
    .option('--all', 'show the changes of all files')
    .addHelpText('after', HELP)
    .action((files: string[], options: MarkersOptions) =>
      run((context) => (options.search === undefined ? list(context, files, options) : write(context, files, options)), 'winds-up'),
    ); // prettier-ignore
}

async function write(context: CommandContext, files: string[], options: MarkersOptions): Promise<number> {
  const { client, json } = context;
  const { search: text = '', kind = 'region', label } = options;
  checkConsent(options, json);
  const fileIds = await idsOf(context, files);
  const request = { from: { query: { text }, fileIds }, kind, ...(label === undefined ? {} : { label }) };
  const plan = await followJob(context, () => client.call('markers.plan', request), 'plan');
  if (!plan) return EXIT.interrupted;
  return carryOut(context, plan, options, { counted: 'marker', without: 'without a match', named: true });
}

async function list(context: CommandContext, paths: string[], options: MarkersOptions): Promise<number> {
  const { client, json } = context;
  if (Object.keys(options).length > 0) throw new UserError('bad-input', 'Markers are written with --search. Describe the sound to mark.'); // prettier-ignore
  const fileIds = await idsOf(context, paths);
  const pathOf = await pathsOf(client, fileIds);
  const files: { path: string; markers: Marker[] }[] = [];
  for (const fileId of fileIds) {
    files.push({ path: pathOf.get(fileId) ?? '', markers: await client.call('file.markers', fileId) });
  }
  if (json) await printJson({ files });
  else await printOut(files.flatMap(({ path, markers }) => [printable(path), ...described(markers)]).join('\n'));
  return EXIT.ok;
}

async function idsOf({ client }: CommandContext, files: readonly string[]): Promise<number[]> {
  const ids: number[] = [];
  for (const file of files) ids.push(await idOfFile(client, file));
  return [...new Set(ids)];
}

function labelOf(text: string): string {
  if (text.length <= LONGEST_LABEL) return text;
  throw new InvalidArgumentError(`It must have at most ${LONGEST_LABEL} characters.`);
}

function described(markers: readonly Marker[]): string[] {
  const rows = markers.map(({ startSeconds, endSeconds, label }) => {
    const end = endSeconds === null ? '' : `–${preciseClock(endSeconds)}`;
    return ['', `${preciseClock(startSeconds)}${end}`, printable(shortened(label))];
  });
  return [...columns(rows), `${plural(markers.length, 'marker')}.`];
}

/** A file may have labels of any length. */
function shortened(label: string): string {
  return label.length <= LONGEST_LABEL ? label : `${label.slice(0, LONGEST_LABEL)}…`;
}

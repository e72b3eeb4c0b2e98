/** `earmark undo`: the files as they were before a write or a rename. */
import type { Command } from 'commander';
import { UserError } from '../../../shared/errors.ts';
import type { WriteRun } from '../../../shared/calls/write.ts';
import { MARKERS_PROFILE } from '../../../shared/calls/markers.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { byReason, columns, formatCount, formatMoment, plural, printable } from './format.ts';
import { followJob } from './job.ts';
import { EXIT, printJson, printOut } from './output.ts';
import { canAsk, confirm } from './question.ts';
import { idOfFile } from './selection.ts';
import { outcomes } from './write-command.ts';

const HELP = `
Without --run and files: a list of all runs. Files changed by another program since are skipped and listed. Run the
command again to retry files that could not be restored. In a studio, runs of other members are listed, too.

Examples:
  earmark undo
  earmark undo --run 3 --yes
  earmark undo ~/Sounds/door_03.wav --yes

JSON: {"runs": […]} | {"run": {"runId", "undone", "notRestored", …}, "notRestored": [{"path", "outcome", "reason"}]}`;

interface UndoOptions {
  run?: string;
  yes?: true;
}

export function registerUndo(program: Command, run: RunCommand): void {
  program
    .command('undo')
    .description('restore files to their state before a write or rename')
    .argument('[files...]', 'only these files, in the run that changed them last')
    .option('--run <number>', 'a whole run; `earmark undo` lists them')
    .option('--yes', 'without asking')
    .addHelpText('after', HELP)
    .action((files: string[], options: UndoOptions) => run((context) => runUndo(context, files, options), 'winds-up'));
}

async function runUndo(context: CommandContext, files: string[], options: UndoOptions): Promise<number> {
  const { client, json } = context;
  const runs = await client.call('write.runs', null);
  if (options.run === undefined && files.length === 0) {
    if (options.yes) throw new UserError('bad-input', 'Specify what to undo: --run with a number, or files.');
    return listRuns(runs, json);
  }
  const runId = options.run === undefined ? null : numberOfRun(options.run, runs);
  const fileIds: number[] = [];
  for (const file of files) fileIds.push(await idOfFile(client, file));
  const what = files.length > 0 ? plural(files.length, 'file') : `run ${runId}`;
  if (!options.yes) {
    if (!canAsk(json)) throw new UserError('bad-input', 'Cannot ask for confirmation here. Pass --yes to undo.');
    if (!(await confirm(`Undo ${what}?`, context.stop))) {
      await printOut('Nothing was changed.');
      return context.stop.aborted ? EXIT.interrupted : EXIT.ok;
    }
  }
  const run = await followJob(context, () => client.call('write.undo', { runId, fileIds }), 'undo');
  if (!run) return EXIT.interrupted;
  const notRestored = await outcomes(context, run.runId, ['not-restored']);
  if (json) await printJson({ run, notRestored });
  else {
    const lines = byReason('not restored', notRestored, null);
    await printOut([`Run ${run.runId}: ${plural(run.undone, 'file')} restored, ${formatCount(run.notRestored)} not restored.`, ...lines].join('\n')); // prettier-ignore
  }
  if (context.stop.aborted) return EXIT.interrupted;
  return notRestored.length > 0 ? EXIT.partly : EXIT.ok;
}

function numberOfRun(text: string, runs: readonly WriteRun[]): number {
  const found = runs.find(({ runId }) => String(runId) === text.trim());
  if (found) return found.runId;
  throw new UserError('not-found', `No run “${text}”. \`earmark undo\` lists all runs.`);
}

async function listRuns(runs: readonly WriteRun[], json: boolean): Promise<number> {
  if (json) await printJson({ runs });
  else if (runs.length === 0) await printOut('No writes or renames yet.');
  else {
    const rows = runs.map((run) => [
      String(run.runId),
      formatMoment(run.startedMs),
      whatOf(run),
      printable(run.author ?? ''),
      formatCount(run.written),
      formatCount(run.undone),
      formatCount(run.notRestored),
    ]);
    await printOut(columns([['run', 'started', 'what', 'by', 'written', 'undone', 'not restored'], ...rows], [0, 4, 5, 6]).join('\n')); // prettier-ignore
  }
  return EXIT.ok;
}

function whatOf({ kind, profileId }: WriteRun): string {
  if (kind === 'rename') return 'names';
  return profileId === MARKERS_PROFILE ? 'markers' : `tags (${printable(profileId)})`;
}

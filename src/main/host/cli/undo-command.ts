/** `earmark undo`: the files as they were before a write or a rename. */
import type { Command } from 'commander';
import { UserError } from '../../../shared/errors.ts';
import type { WriteRun } from '../../../shared/calls/write.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { columns, formatCount, plural, printable } from './format.ts';
import { followJob } from './job.ts';
import { EXIT, printJson, printOut } from './output.ts';
import { canAsk, confirm } from './question.ts';
import { idOfFile } from './selection.ts';
import { outcomes } from './write-command.ts';

const HELP = `
Without --run and files: the runs there were. A file that another program has changed since is left alone, and that is
said. What could not be restored can be tried again.

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
    .description('make files what they were before a write or a rename')
    .argument('[files...]', 'only these, of whatever run changed them last')
    .option('--run <number>', 'a whole run; `earmark undo` lists them')
    .option('--yes', 'without asking')
    .addHelpText('after', HELP)
    .action((files: string[], options: UndoOptions) => run((context) => runUndo(context, files, options), 'winds-up'));
}

async function runUndo(context: CommandContext, files: string[], options: UndoOptions): Promise<number> {
  const { client, json } = context;
  const runs = await client.call('write.runs', null);
  if (options.run === undefined && files.length === 0) {
    if (options.yes) throw new UserError('bad-input', 'Say what is to be undone: --run with a number, or files.');
    return listRuns(runs, json);
  }
  const runId = options.run === undefined ? null : numberOfRun(options.run, runs);
  const fileIds: number[] = [];
  for (const file of files) fileIds.push(await idOfFile(client, file));
  const what = files.length > 0 ? plural(files.length, 'file') : `run ${runId}`;
  if (!options.yes) {
    if (!canAsk(json)) throw new UserError('bad-input', 'Nobody can be asked here. Say --yes to undo it.');
    if (!(await confirm(`Undo ${what}?`, context.stop))) {
      await printOut('Nothing was changed.');
      return context.stop.aborted ? EXIT.interrupted : EXIT.ok;
    }
  }
  const run = await followJob(
    context,
    () => client.call('write.undo', { runId, fileIds }),
    (id) => client.call('write.wait', id),
  );
  if (!run) return EXIT.interrupted;
  const notRestored = await outcomes(context, run.runId, ['not-restored']);
  if (json) await printJson({ run, notRestored });
  else {
    const lines = notRestored.map(
      ({ path, reason }) => `  as it is  ${printable(path)}\n            ${printable(reason)}`,
    );
    await printOut([`Run ${run.runId}: ${plural(run.undone, 'file')} as before, ${formatCount(run.notRestored)} not.`, ...lines].join('\n')); // prettier-ignore
  }
  if (context.stop.aborted) return EXIT.interrupted;
  return notRestored.length > 0 ? EXIT.partly : EXIT.ok;
}

function numberOfRun(text: string, runs: readonly WriteRun[]): number {
  const found = runs.find(({ runId }) => String(runId) === text.trim());
  if (found) return found.runId;
  throw new UserError('not-found', `There is no run “${text}”. \`earmark undo\` lists those there are.`);
}

async function listRuns(runs: readonly WriteRun[], json: boolean): Promise<number> {
  if (json) await printJson({ runs });
  else if (runs.length === 0) await printOut('Nothing has been written or renamed yet.');
  else {
    const rows = runs.map((run) => [
      String(run.runId),
      new Date(run.startedMs).toLocaleString('en-GB'),
      run.kind === 'rename' ? 'names' : `tags (${printable(run.profileId)})`,
      formatCount(run.written),
      formatCount(run.undone),
      formatCount(run.notRestored),
    ]);
    await printOut(columns([['run', 'begun', 'what', 'written', 'undone', 'not restored'], ...rows], [0, 3, 4, 5]).join('\n')); // prettier-ignore
  }
  return EXIT.ok;
}

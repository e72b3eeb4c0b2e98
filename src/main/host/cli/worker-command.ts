/** `earmark worker`: this machine analyses files of a studio that nobody has analysed yet. */
import { InvalidArgumentError, type Command } from 'commander';
import type { WorkSummary } from '../../../shared/calls/studio.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { formatDuration, plural, printable } from './format.ts';
import { followJob } from './job.ts';
import { EXIT, printJson, printOut } from './output.ts';
import { collectFolders, type NamedFolder } from './studio-command.ts';

const HELP = `
A worker looks through its shares, tells the studio what lies there, and analyses files that no other worker has. Any number
of machines can work at the same time; a file whose worker stops is taken by another one after the lease.

Once a library has joined (with URL, or by "earmark studio join"), URL and shares need not be given again. A URL of the same
studio replaces login and address; with that of another studio, use another data folder (--data). Write the password to
PGPASSWORD, not into the URL: command lines can be read by all users of a machine.
  PGPASSWORD=… earmark worker postgres://render@nas.local/studio --share sfx=/mnt/sfx
  earmark worker --until-empty        afterwards, and in scripts

Cores and priority are those of the settings of this library, as in the app. "earmark studio status" shows all workers.

JSON: {"worker", "analysed", "takenOver", "failed": [{"path", "code", "message"}], "left", "audioSeconds", "seconds", "cancelled"}`;

interface WorkerOptions {
  share: NamedFolder[];
  untilEmpty?: true;
  retryFailed?: true;
  lease: number;
}

export function registerWorker(program: Command, run: RunCommand): void {
  program
    .command('worker')
    .description('analyse files of a studio, together with other machines')
    .argument('[url]', 'address of the studio, with a login of the role editor')
    .option('--share <name=folder>', 'folder of a share on this machine (repeatable)', collectFolders, [])
    .option('--until-empty', 'stop when no file of these shares is left to analyse')
    .option('--retry-failed', 'analyse files again that could not be analysed')
    .option('--lease <seconds>', 'time after which others take over the files of this worker if it stops', seconds, 60)
    .addHelpText('after', HELP)
    .action((url: string | undefined, options: WorkerOptions) =>
      run((context) => work(context, url ?? null, options), 'winds-up', { load: 'background' }),
    );
}

async function work(context: CommandContext, url: string | null, options: WorkerOptions): Promise<number> {
  const { share, untilEmpty = false, retryFailed = false, lease } = options;
  const request = { url, shares: share, untilEmpty, retryFailed, leaseSeconds: lease };
  const summary = await followJob(context, () => context.client.call('studio.work', request), 'work');
  if (summary === null) return EXIT.interrupted;
  if (context.json) await printJson(summary);
  else await printOut(describeWork(summary).join('\n'));
  return summary.cancelled ? EXIT.interrupted : EXIT.ok;
}

/** For a human. */
export function describeWork(work: WorkSummary): string[] {
  const { analysed, takenOver, failed, left, seconds: took, cancelled } = work;
  return [
    cancelled ? 'Stopped. Results so far are in the studio; other workers go on.' : 'Nothing is left to analyse.',
    `Analysed: ${plural(analysed, 'file')} in ${formatDuration(took)}`,
    ...(takenOver > 0 ? [`Copies:   ${plural(takenOver, 'file')} already known to the studio`] : []),
    ...failed.map(({ message }) => printable(message)),
    ...(left > 0 ? [`${plural(left, 'file')} not yet analysed.`] : []),
  ];
}

function seconds(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 3600) {
    throw new InvalidArgumentError('It must be a whole number of seconds from 1 to 3600.');
  }
  return number;
}

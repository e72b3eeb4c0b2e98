/** Jobs on the command line: progress on stderr, Ctrl-C cancels and waits for what was done until then. */
import { UserError } from '../../../shared/errors.ts';
import { isUnended, waitForJob, type JobSummaries } from '../../../shared/jobs.ts';
import type { JobId, JobKind } from '../../../shared/types.ts';
import type { CommandContext } from './command.ts';
import { ProgressLine } from './progress.ts';

const KEPT = 'Stopping. Results so far are kept …';

const STOPPING: Record<JobKind, string> = {
  ...{
    index: KEPT,
    map: KEPT,
    tag: KEPT,
    plan: KEPT,
    write: KEPT,
    undo: KEPT,
    rename: KEPT,
    sync: KEPT,
    work: KEPT,
    duplicates: KEPT,
    evaluation: KEPT,
  },
  cut: 'Stopping. Pieces so far are kept …',
  import: 'Stopping …',
  download: 'Stopping. The partial download is kept …',
};

/**
 * @param start begins the job
 * @param kinds what it can be
 * @returns null when it was cancelled and has no summary
 */
export async function followJob<K extends JobKind>(
  { client, stop }: CommandContext,
  start: () => Promise<JobId>,
  ...kinds: [K, ...K[]]
): Promise<JobSummaries[K] | null> {
  const line = new ProgressLine(process.stderr);
  const quiet = [
    client.on('job.progress', (progress) => {
      if (isUnended(progress)) line.show(progress);
    }),
    client.on('engine.notice', ({ message }) => line.say(message)),
  ];
  let cancel = () => {};
  try {
    const job = await start();
    cancel = () => {
      line.say(STOPPING[kinds[0]]);
      void client.call('job.cancel', job).catch(() => {}); // it has just ended by itself
    };
    if (stop.aborted) cancel();
    else stop.addEventListener('abort', cancel, { once: true });
    return await waitForJob(client, job, ...kinds);
  } catch (error) {
    // Ctrl-C reaches the children as well; one that is just starting exits because of it, which is not reported.
    if (stop.aborted && !(error instanceof UserError)) return null;
    throw error;
  } finally {
    stop.removeEventListener('abort', cancel);
    line.clear();
    for (const off of quiet) off();
  }
}

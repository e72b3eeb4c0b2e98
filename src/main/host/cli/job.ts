/** Jobs on the command line: progress on stderr, Ctrl-C cancels and waits for what was done until then. */
import { UserError } from '../../../shared/errors.ts';
import type { JobId } from '../../../shared/types.ts';
import type { CommandContext } from './command.ts';
import { ProgressLine } from './progress.ts';

/**
 * @param start begins the job
 * @param wait answers when it has ended
 * @returns null when it was cancelled and has nothing to tell
 */
export async function followJob<T>(
  { client, stop }: CommandContext,
  start: () => Promise<JobId>,
  wait: (id: JobId) => Promise<T>,
): Promise<T | null> {
  const line = new ProgressLine(process.stderr);
  const quiet = [
    client.on('job.progress', (progress) => line.show(progress)),
    client.on('engine.notice', ({ message }) => line.say(message)),
  ];
  let cancel = () => {};
  try {
    const job = await start();
    cancel = () => {
      line.say('Stopping; what has been done is kept …');
      void client.call('job.cancel', job).catch(() => {}); // it has just ended by itself
    };
    if (stop.aborted) cancel();
    else stop.addEventListener('abort', cancel, { once: true });
    return await wait(job);
  } catch (error) {
    // Ctrl-C reaches the children as well; one that is just starting dies of it, and that is no news then.
    if (stop.aborted && !(error instanceof UserError)) return null;
    throw error;
  } finally {
    stop.removeEventListener('abort', cancel);
    line.clear();
    for (const off of quiet) off();
  }
}

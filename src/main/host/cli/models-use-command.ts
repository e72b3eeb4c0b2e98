/** `earmark models use`: another model, once it has heard what the one in use has; `earmark index` goes on with that. */
import type { IndexSummary } from '../../../shared/types.ts';
import type { CommandContext } from './command.ts';
import { formatCount, plural, printable } from './format.ts';
import { followJob } from './job.ts';
import { describeMove } from './models-words.ts';
import { EXIT, printJson, printOut } from './output.ts';

export const USE_HELP = `
The model in use answers until the new one has heard every sound that it has; then the new one takes its place. To stop
in between loses nothing: "earmark models use" or "earmark index" go on from there. What the old one heard is kept until
"earmark models remove ID --forget".

JSON: {"model": "the id in use", "move": null | {"from", "to", "sounds", "remaining", "outOfReach", "working"},
       "summary": null | what "earmark index" prints}`;

export async function runUse(context: CommandContext, id: string, now: boolean): Promise<number> {
  const { client, json } = context;
  const settings = await client.call('setting.set', now ? { model: id } : { nextModel: id });
  const summary = settings.nextModel === null ? null : await continueMove(context);
  const move = await client.call('model.move', null);
  const { model } = await client.call('setting.get', null);
  if (json) await printJson({ model, move, summary });
  else if (move !== null) await printOut(describeMove(move));
  else await printOut([`“${printable(model)}” is in use.`, ...(now ? [await heardLine(context)] : [])].join('\n'));
  return context.stop.aborted ? EXIT.interrupted : EXIT.ok;
}

/**
 * Has the model that the library moves to listen, with progress.
 * @returns null when the library does not move, or it was stopped before it began
 */
export async function continueMove(context: CommandContext): Promise<IndexSummary | null> {
  const { client } = context;
  if ((await client.call('model.move', null)) === null) return null;
  return followJob(
    context,
    async () => (await client.call('model.continueMove', null))!,
    (job) => client.call('job.wait', job),
  );
}

async function heardLine({ client }: CommandContext): Promise<string> {
  const { ready, files } = await client.call('status.get', null);
  if (ready === files) return `It has heard all of ${plural(files, 'sound')}.`;
  return `It has heard ${formatCount(ready)} of ${plural(files, 'sound')}; earmark index listens to the rest.`;
}

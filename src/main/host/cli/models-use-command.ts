/** `earmark models use`: switches to another model once it has analysed what the one in use has; `earmark index` continues that. */
import type { IndexSummary } from '../../../shared/types.ts';
import type { CommandContext } from './command.ts';
import { formatCount, plural, printable } from './format.ts';
import { followJob } from './job.ts';
import { describeMove } from './models-words.ts';
import { EXIT, printJson, printOut } from './output.ts';

export const USE_HELP = `
Searches use the current model until the new one has analysed all files. Results are kept when you stop:
"earmark models use" or "earmark index" continues. The analysis of the old model is kept until
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
  else await printOut([`“${printable(model)}” is in use.`, ...(now ? [await analysedLine(context)] : [])].join('\n'));
  return context.stop.aborted ? EXIT.interrupted : EXIT.ok;
}

/**
 * Has the model that the library moves to analyse files, with progress.
 * @returns null when the library does not move, or it was stopped before it began
 */
export async function continueMove(context: CommandContext): Promise<IndexSummary | null> {
  const { client } = context;
  if ((await client.call('model.move', null)) === null) return null;
  return followJob(context, async () => (await client.call('model.continueMove', null))!, 'index');
}

async function analysedLine({ client }: CommandContext): Promise<string> {
  const { ready, files } = await client.call('status.get', null);
  if (ready === files) return `All ${plural(files, 'file')} analysed.`;
  return `${formatCount(ready)} of ${plural(files, 'file')} analysed; earmark index analyses the rest.`;
}

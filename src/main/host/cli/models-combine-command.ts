/** `earmark models cost|combine`: a second model that ranks results beside the one in use, and what that costs. */
import type { Command } from 'commander';
import type { SearchCost } from '../../../shared/calls/models.ts';
import { UserError } from '../../../shared/errors.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { columns, formatBytes, formatCount, printable } from './format.ts';
import { EXIT, printJson, printOut } from './output.ts';

const COST_HELP = `
Loads the model, searches with the one in use and with both, and prints what was measured. Nothing is changed.

JSON: {"cost": {"id", "loadSeconds", "memoryBytes", "aloneMs", "bothMs", "diskBytes", "analysedFiles", "files"}}`;

const COMBINE_HELP = `
Each file’s probability is the mean of both models. A file that only one of them has analysed counts by that one. The
model has to have analysed the library: earmark --model <id> index. For one search only: earmark search --also-model <id>.

Examples:
  earmark models combine msclap-2023
  earmark models combine --off

JSON: {"model": "the id in use", "alsoModel": "the second id" | null, "cost": null | what “earmark models cost” prints}`;

/** Adds the commands below `earmark models`. */
export function registerCombining(models: Command, run: RunCommand): void {
  models
    .command('cost')
    .description('measure what searching with this model as well costs here')
    .argument('<id>', 'id from “earmark models”')
    .addHelpText('after', COST_HELP)
    .action((id: string) => run((context) => runCost(context, id)));
  models
    .command('combine')
    .description('rank all searches by this model as well; measures its cost first')
    .argument('[id]', 'id from “earmark models”')
    .option('--off', 'rank by the model in use alone')
    .addHelpText('after', COMBINE_HELP)
    .action((id: string | undefined, { off = false }: { off?: boolean }) =>
      run((context) => runCombine(context, id, off)),
    );
}

async function runCost({ client, json }: CommandContext, id: string): Promise<number> {
  const cost = await client.call('model.searchCost', { id });
  if (json) await printJson({ cost });
  else await printOut(describeCost(cost));
  return EXIT.ok;
}

async function runCombine({ client, json }: CommandContext, id: string | undefined, off: boolean): Promise<number> {
  if ((id === undefined) !== off) {
    throw new UserError('bad-input', 'Give the id of a model, or --off for the model in use alone.');
  }
  const cost = id === undefined ? null : await client.call('model.searchCost', { id });
  const { model, alsoModel } = await client.call('setting.set', { alsoModel: cost?.id ?? null });
  if (json) await printJson({ model, alsoModel, cost });
  else if (cost === null) await printOut(`Searches use “${printable(model)}” alone.`);
  else await printOut(`${describeCost(cost)}\nSearches use “${printable(model)}” and “${printable(cost.id)}”.`);
  return EXIT.ok;
}

function describeCost(cost: SearchCost): string {
  const { id, loadSeconds, memoryBytes, aloneMs, bothMs, diskBytes, analysedFiles, files } = cost;
  const rows = [
    ['first search', `${loadSeconds.toFixed(1)} s to load it`],
    ['each search', `${milliseconds(bothMs)} with both, ${milliseconds(aloneMs)} with one`],
    ['memory', `${formatBytes(memoryBytes)} while it is loaded`],
    ['disk', `${formatBytes(diskBytes)} for its embeddings and its index`],
    ['analysed', `${formatCount(analysedFiles)} of ${formatCount(files)} files`],
  ];
  return [`“${printable(id)}” beside the model in use, measured on this machine:`, ...columns(rows)].join('\n');
}

function milliseconds(value: number): string {
  return `${value >= 10 ? Math.round(value) : value.toFixed(1)} ms`;
}

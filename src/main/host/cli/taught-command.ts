/** `earmark taught`: what tags have learnt from decisions, tags made from examples, and taking it to another machine. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { TaughtTag } from '../../../shared/calls/tags.ts';
import { UserError } from '../../../shared/errors.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { columns, plural, printable } from './format.ts';
import { EXIT, printJson, printOut } from './output.ts';
import { idOfFile } from './selection.ts';

const LIST_HELP = `
before, after: average precision over your own decisions, each judged by what the others taught.

JSON: {"taught": [{"tagId", "name", "accepted", "rejected", "before", "after", "inUse", "learntMs"}]}`;

export function registerTaught(program: Command, run: RunCommand): void {
  const command = program.command('taught').description('what tags have learnt from what you accepted and rejected');
  command
    .command('list', { isDefault: true })
    .description('tags that have learnt, with their gain')
    .addHelpText('after', LIST_HELP)
    .action(() => run(list));
  command
    .command('make')
    .description('make a new tag from at least three sounds that it fits')
    .argument('<name>')
    .argument('<files...>')
    .action((name: string, files: string[]) => run((context) => make(context, name, files)));
  for (const [verb, inUse] of [['use', true], ['ignore', false]] as const) {
    command
      .command(verb)
      .description(inUse ? 'let a tag use what it has learnt' : 'let a tag go by its prompts alone; decisions stay')
      .argument('<tag>', 'its name')
      .action((tag: string) => run((context) => use(context, tag, inUse)));
  } // prettier-ignore
  command
    .command('export')
    .description('write decisions and what was learnt as JSON, for another machine')
    .argument('<file>', 'what to write: ends in .json')
    .option('--replace', 'also over an existing file')
    .action((file: string, { replace }: { replace?: true }) =>
      run(async ({ client, json }) => {
        const path = resolve(file);
        const { tags, decisions } = await client.call('tag.exportTaught', { path, replace: replace ?? false });
        if (json) await printJson({ path, tags, decisions });
        else
          await printOut(`${plural(decisions, 'decision')} about ${plural(tags, 'tag')} written: ${printable(path)}`);
        return EXIT.ok;
      }),
    );
  command
    .command('import')
    .description('take over what `taught export` wrote; nothing decided here is overruled')
    .argument('<file>')
    .action((file: string) =>
      run(async ({ client, json }) => {
        const { tags, decisions } = await client.call('tag.importTaught', { path: resolve(file) });
        if (json) await printJson({ tags, decisions });
        else await printOut(`${plural(decisions, 'new decision')} about sounds that are here; ${plural(tags, 'tag')} the wiser.`); // prettier-ignore
        return EXIT.ok;
      }),
    );
}

async function list({ client, json }: CommandContext): Promise<number> {
  const taught = await client.call('tag.taught', null);
  if (json) await printJson({ taught });
  else if (taught.length === 0) {
    await printOut('No tag has learnt anything yet: it takes three decisions about one (earmark review), then `earmark tag`.'); // prettier-ignore
  } else {
    const rows = taught.map(({ name, accepted, rejected, before, after, inUse }) => [
      printable(name),
      String(accepted),
      String(rejected),
      share(before),
      share(after),
      inUse ? 'yes' : 'no',
    ]);
    const head = ['tag', 'accepted', 'rejected', 'before', 'after', 'in use'];
    await printOut(columns([head, ...rows], [1, 2, 3, 4]).join('\n'));
  }
  return EXIT.ok;
}

async function make({ client, json }: CommandContext, name: string, files: readonly string[]): Promise<number> {
  const fileIds: number[] = [];
  for (const file of files) fileIds.push(await idOfFile(client, file));
  const row = await client.call('tag.make', { name, fileIds });
  if (json) await printJson(row);
  else await printOut(`“${printable(row.name)}” is there now, and fits ${plural(row.waiting, 'other sound')}: earmark review --tag mine/${row.labelId}`); // prettier-ignore
  return EXIT.ok;
}

async function use({ client, json }: CommandContext, name: string, inUse: boolean): Promise<number> {
  const found = (await client.call('tag.taught', null)).filter((tag) => tag.name.toLowerCase() === name.toLowerCase());
  if (found.length === 0) {
    throw new UserError('not-found', `No tag called “${name}” has learnt anything. \`earmark taught\` lists those that have.`); // prettier-ignore
  }
  const changed: TaughtTag[] = [];
  for (const { tagId } of found) changed.push(await client.call('tag.useTaught', { tagId, inUse }));
  if (json) await printJson({ taught: changed });
  else await printOut(`“${printable(found[0]!.name)}” ${inUse ? 'uses what it has learnt' : 'goes by its prompts alone'} from the next \`earmark tag\` on.`); // prettier-ignore
  return EXIT.ok;
}

function share(value: number | null): string {
  return value === null ? '–' : value.toFixed(2);
}

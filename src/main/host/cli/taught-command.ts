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
before, after: average precision on your own decisions, by leave-one-out cross-validation.

JSON: {"taught": [{"tagId", "name", "accepted", "rejected", "before", "after", "inUse", "learntMs"}]}`;

export function registerTaught(program: Command, run: RunCommand): void {
  const command = program.command('taught').description('tags learned from your decisions');
  command
    .command('list', { isDefault: true })
    .description('list learned tags with their accuracy')
    .addHelpText('after', LIST_HELP)
    .action(() => run(list));
  command
    .command('make')
    .description('create a tag from three or more example files')
    .argument('<name>')
    .argument('<files...>')
    .action((name: string, files: string[]) => run((context) => make(context, name, files)));
  for (const [verb, inUse] of [['use', true], ['ignore', false]] as const) {
    command
      .command(verb)
      .description(inUse ? 'use the learned tag' : 'use only the prompts of the tag; decisions are kept')
      .argument('<tag>', 'name of the tag')
      .action((tag: string) => run((context) => use(context, tag, inUse)));
  } // prettier-ignore
  command
    .command('export')
    .description('export decisions and learned tags as JSON, for another machine')
    .argument('<file>', 'output file (.json)')
    .option('--replace', 'overwrite an existing file')
    .action((file: string, { replace }: { replace?: true }) =>
      run(async ({ client, json }) => {
        const path = resolve(file);
        const output = await client.call('output.grant', { path, replace: replace ?? false });
        const { tags, decisions } = await client.call('tag.exportTaught', { output });
        if (json) await printJson({ path, tags, decisions });
        else
          await printOut(`${plural(decisions, 'decision')} about ${plural(tags, 'tag')} written: ${printable(path)}`);
        return EXIT.ok;
      }),
    );
  command
    .command('import')
    .description('import a file of `taught export`; existing decisions are kept')
    .argument('<file>')
    .action((file: string) =>
      run(async ({ client, json }) => {
        const { tags, decisions } = await client.call('tag.importTaught', { path: resolve(file) });
        if (json) await printJson({ tags, decisions });
        else await printOut(`${plural(decisions, 'new decision')} about files of this library, ${plural(tags, 'learned tag')} imported.`); // prettier-ignore
        return EXIT.ok;
      }),
    );
}

async function list({ client, json }: CommandContext): Promise<number> {
  const taught = await client.call('tag.taught', null);
  if (json) await printJson({ taught });
  else if (taught.length === 0) {
    await printOut('No learned tags yet. Accept or reject three suggestions of a tag (earmark review), then run `earmark tag`.'); // prettier-ignore
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
  else await printOut(`“${printable(row.name)}” created; it fits ${plural(row.suggested, 'other file')}. Review with: earmark review --tag mine/${row.labelId}`); // prettier-ignore
  return EXIT.ok;
}

async function use({ client, json }: CommandContext, name: string, inUse: boolean): Promise<number> {
  const found = (await client.call('tag.taught', null)).filter((tag) => tag.name.toLowerCase() === name.toLowerCase());
  if (found.length === 0) {
    throw new UserError('not-found', `No learned tag “${name}”. \`earmark taught\` lists all learned tags.`); // prettier-ignore
  }
  const changed: TaughtTag[] = [];
  for (const { tagId } of found) changed.push(await client.call('tag.useTaught', { tagId, inUse }));
  if (json) await printJson({ taught: changed });
  else await printOut(`“${printable(found[0]!.name)}” ${inUse ? 'uses your decisions' : 'uses only its prompts'}. Run \`earmark tag\` to apply this.`); // prettier-ignore
  return EXIT.ok;
}

function share(value: number | null): string {
  return value === null ? '–' : value.toFixed(2);
}

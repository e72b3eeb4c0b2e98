/** `earmark studio shared|share|unshare|versions`: what of the user's own the studio has. */
import { InvalidArgumentError, type Command } from 'commander';
import { SHARED_KINDS, type SharedItem, type SharedKind, type SharedVersion } from '../../../shared/calls/studio.ts';
import { UserError } from '../../../shared/errors.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { columns, formatMoment, plural, printable } from './format.ts';
import { EXIT, printJson, printOut } from './output.ts';

const ITEMS = '[{"kind", "id", "name", "shared", "author", "atMs"}]';
const HELP = `
Kinds: ${SHARED_KINDS.join(', ')}. Collections and vocabularies are shared unless you make them personal, searches are personal
unless you share them. Made personal, it leaves the studio; other members keep what they have of it as their own.

JSON: ${ITEMS}`;
const VERSIONS_HELP = `
Every member's version is kept; the latest applies. A restored version applies as a change of yours.

Examples:
  earmark studio versions search "Night rain"
  earmark studio versions vocabulary weapons --restore ana

JSON: [{"author", "atMs", "state", "content", "holds"}]; null after a restore`;

export function registerSharing(studio: Command, run: RunCommand): void {
  studio
    .command('shared')
    .description('list collections, saved searches and vocabularies, and which of them are shared')
    .addHelpText('after', HELP)
    .action(() => run(list));
  for (const [name, shared] of [
    ['share', true],
    ['unshare', false],
  ] as const) {
    studio
      .command(name)
      .description(
        shared ? 'share a collection, search or vocabulary' : 'make a collection, search or vocabulary personal',
      )
      .argument('<kind>', SHARED_KINDS.join(', '), kindOf)
      .argument('<name>', 'its name, or the id of a vocabulary')
      .addHelpText('after', HELP)
      .action((kind: SharedKind, item: string) => run((context) => change(context, kind, item, shared)));
  }
  studio
    .command('versions')
    .description('list what each member made of a shared search or vocabulary')
    .argument('<kind>', 'search, vocabulary', versionedKind)
    .argument('<name>', 'its name, or the id of a vocabulary')
    .option('--restore <member>', 'this member’s version applies again')
    .addHelpText('after', VERSIONS_HELP)
    .action((kind: 'search' | 'vocabulary', name: string, { restore }: { restore?: string }) =>
      run((context) => versions(context, kind, name, restore ?? null)),
    );
}

async function list({ client, json }: CommandContext): Promise<number> {
  return show(await client.call('studio.shared', null), json);
}

async function change(
  { client, json }: CommandContext,
  kind: SharedKind,
  name: string,
  shared: boolean,
): Promise<number> {
  const wanted = name.trim().toLowerCase();
  const found = (await client.call('studio.shared', null)).find(
    (item) =>
      item.kind === kind && (item.name.toLowerCase() === wanted || (kind === 'vocabulary' && item.id === wanted)),
  );
  if (!found)
    throw new UserError('not-found', `There is no ${kind} named “${name}”. “earmark studio shared” lists all.`);
  const items = await client.call('studio.share', { kind, id: found.id, shared });
  if (json) return show(items, json);
  await printOut(`“${printable(found.name)}” is ${shared ? 'shared' : 'personal'}. The next sync tells the studio.`);
  return EXIT.ok;
}

async function versions(
  { client, json }: CommandContext,
  kind: 'search' | 'vocabulary',
  name: string,
  restore: string | null,
): Promise<number> {
  if (restore !== null) {
    await client.call('studio.restoreVersion', { kind, name, author: restore });
    if (json) await printJson(null);
    else await printOut(`The version of ${printable(restore)} applies again. The next sync tells the studio.`);
    return EXIT.ok;
  }
  const found = await client.call('studio.versions', { kind, name });
  if (json) await printJson(found);
  else await printOut(found.map(describeVersion).join('\n'));
  return EXIT.ok;
}

function describeVersion({ author, atMs, state, content, holds }: SharedVersion): string {
  const what = content === null ? state : plural(content.length, 'character');
  return `${holds ? '*' : ' '} ${printable(author)}  ${formatMoment(atMs)}  ${what}`;
}

async function show(items: SharedItem[], json: boolean): Promise<number> {
  if (json) await printJson(items);
  else if (items.length === 0) await printOut('No collections, saved searches or vocabularies of your own yet.');
  else {
    const rows = items.map(({ kind, name, shared, author, atMs }) => [
      kind,
      printable(name),
      shared ? 'shared' : 'personal',
      author === null || atMs === null ? '' : `${printable(author)}, ${formatMoment(atMs)}`,
    ]);
    await printOut(columns([['kind', 'name', '', 'last changed by'], ...rows], []).join('\n'));
  }
  return EXIT.ok;
}

function kindOf(text: string): SharedKind {
  const found = SHARED_KINDS.find((kind) => kind === text);
  if (found) return found;
  throw new InvalidArgumentError(`Specify one of ${SHARED_KINDS.join(', ')}.`);
}

function versionedKind(text: string): 'search' | 'vocabulary' {
  if (text === 'search' || text === 'vocabulary') return text;
  throw new InvalidArgumentError('Specify search or vocabulary.');
}

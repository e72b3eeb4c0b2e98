/** `earmark studio`: one library for several people, on a PostgreSQL server. */
import { InvalidArgumentError, type Command } from 'commander';
import type { StudioStatus, SyncSummary } from '../../../shared/calls/studio.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { formatCount, formatMoment, plural, printable } from './format.ts';
import { followJob } from './job.ts';
import { EXIT, printJson, printOut } from './output.ts';
import { registerSharing } from './studio-sharing-command.ts';

const HELP = `
URL: postgres://user@server/database. The password can be in PGPASSWORD instead. docs/studio.md has the whole way.
  earmark studio init postgres://owner@nas.local/studio --name "Sound Studio" --share sfx --share music
  earmark studio join postgres://ana@nas.local/studio --share sfx=/mnt/sfx --share music=/mnt/music
  earmark studio sync

Audio never goes to the server. Analyses, tags, decisions, stars and collections of files in shares do, and what you share besides.`;

const STATUS_HELP = `
JSON: null when this library belongs to no studio; else {"name", "server", "member", "role", "problem",
  "shares": [{"name", "path"}], "members": [{"name", "role", "joinedMs", "lastSeenMs"}],
  "files": {"analysed", "pending", "inWork", "failed"}, "failures": [{"share", "path", "reason"}],
  "workers": [{"name", "member", "beganMs", "lastSeenMs", "inWork", "analysed", "failed"}], "sharedFiles", "syncedMs"}
Exit code 1 when the server was not reached: "problem" says why.`;

const SYNC_HELP = `
JSON: {"takenOver", "analysesSent", "changesSent", "changesReceived", "kept", "pending", "cancelled"}`;

/** Failed files that a person is shown. */
const MOST_FAILURES = 10;

export interface NamedFolder {
  name: string;
  path: string;
}

export function registerStudio(program: Command, run: RunCommand): void {
  const studio = program
    .command('studio')
    .description('share one library with others, on a PostgreSQL server')
    .addHelpText('after', HELP);
  studio
    .command('init')
    .description('create a studio in a database, or upgrade it; requires the owner of the database')
    .argument('<url>', 'address of the database')
    .option('--name <name>', 'name of a new studio (default: name of the database)')
    .option('--share <name>', 'name of a shared folder (repeatable)', collectNames, [])
    .addHelpText(
      'after',
      '\nJSON: {"name", "server", "schemaBefore", "schema", "shares", "roles": {"viewer", "editor", "admin"}}',
    )
    .action((url: string, { name, share }: { name?: string; share: string[] }) =>
      run((context) => init(context, url, name ?? null, share)),
    );
  studio
    .command('join')
    .description('connect this library to a studio')
    .argument('<url>', 'address of the database, with your login')
    .option('--share <name=folder>', 'folder of a share on this machine (repeatable)', collectFolders, [])
    .addHelpText('after', STATUS_HELP)
    .action((url: string, { share }: { share: NamedFolder[] }) => run((context) => join(context, url, share)));
  studio
    .command('sync')
    .description('send and receive changes until this library and the studio are in sync')
    .addHelpText('after', SYNC_HELP)
    .action(() => run(sync, 'winds-up'));
  studio
    .command('status', { isDefault: true })
    .description('show the studio, its shares and its members')
    .addHelpText('after', STATUS_HELP)
    .action(() => run(status));
  studio
    .command('leave')
    .description('disconnect this library from the studio; all data is kept')
    .addHelpText('after', '\nJSON: {"name"}, or null if it was not connected')
    .action(() => run(leave));
  registerSharing(studio, run);
}

async function init(
  { client, json }: CommandContext,
  url: string,
  name: string | null,
  shares: string[],
): Promise<number> {
  const made = await client.call('studio.init', { url, name, shares });
  if (json) {
    await printJson(made);
    return EXIT.ok;
  }
  const { schemaBefore, schema, roles } = made;
  const what =
    schemaBefore === 0
      ? 'is ready'
      : schemaBefore === schema
        ? 'is up to date'
        : `was upgraded from schema ${schemaBefore} to ${schema}`;
  await printOut(
    [
      `The studio “${made.name}” on ${made.server} ${what}.`,
      made.shares.length === 0 ? 'It has no shares yet; add one with --share.' : `Shares: ${made.shares.join(', ')}`,
      'Create a login with one of these roles for each member, for example:',
      `  CREATE ROLE ana LOGIN IN ROLE ${roles.editor};  \\password ana`,
      ...[
        `  ${roles.viewer}  reads`,
        `  ${roles.editor}  reads; changes tags, stars and collections`,
        `  ${roles.admin}  as editor; also manages shares and roles`,
      ],
    ].join('\n'),
  );
  return EXIT.ok;
}

async function join({ client, json }: CommandContext, url: string, shares: NamedFolder[]): Promise<number> {
  const joined = await client.call('studio.join', { url, shares });
  if (json) await printJson(joined);
  else await printOut([...describeStatus(joined), '', 'Next: earmark studio sync'].join('\n'));
  return EXIT.ok;
}

async function sync(context: CommandContext): Promise<number> {
  const summary = await followJob(context, () => context.client.call('studio.sync', null), 'sync');
  if (summary === null) return EXIT.interrupted;
  if (context.json) await printJson(summary);
  else await printOut(describeSync(summary).join('\n'));
  return summary.cancelled ? EXIT.interrupted : EXIT.ok;
}

async function status({ client, json }: CommandContext): Promise<number> {
  const found = await client.call('studio.status', null);
  if (json) await printJson(found);
  else if (found) await printOut(describeStatus(found).join('\n'));
  else await printOut('This library is not connected to a studio. Connect it with “earmark studio join”.');
  return found !== null && found.problem !== null ? EXIT.failed : EXIT.ok;
}

async function leave({ client, json }: CommandContext): Promise<number> {
  const left = await client.call('studio.leave', null);
  if (json) await printJson(left);
  else if (left) {
    const studio = left.name === '' ? 'the studio' : `the studio “${printable(left.name)}”`;
    await printOut(`Disconnected from ${studio}. All data of this library is kept.`);
  } else await printOut('This library is not connected to a studio.');
  return EXIT.ok;
}

/** For a human. */
export function describeStatus(studio: StudioStatus): string[] {
  const { name, server, member, role, problem, shares, members, files, workers, failures } = studio;
  const who = role === null ? member : `${member}, ${role}`;
  return [
    `Studio:  ${printable(name)} on ${server} (${who})`,
    ...(problem === null ? [] : [problem]),
    ...shares.map(
      (share) => `Share:   ${share.name}  ${share.path === null ? 'not on this machine' : printable(share.path)}`,
    ),
    ...(files === null
      ? []
      : [
          `Files:   ${formatCount(files.analysed)} analysed, ${formatCount(files.pending)} not yet analysed${files.inWork > 0 ? ` (${formatCount(files.inWork)} in work)` : ''}, ${formatCount(files.failed)} failed`,
        ]),
    ...workers.map(
      (one) =>
        `Worker:  ${printable(one.name)} (${printable(one.member)})  ${plural(one.analysed, 'file')} analysed, ${formatCount(one.inWork)} in work, ${formatCount(one.failed)} failed  last seen ${formatMoment(one.lastSeenMs)}`,
    ),
    ...failures
      .slice(0, MOST_FAILURES)
      .map(({ share, path, reason }) => `Failed:  ${share}/${printable(path)}  ${printable(reason)}`),
    ...(files !== null && failures.length > 0 && files.failed > MOST_FAILURES
      ? [`Failed:  ${formatCount(files.failed - MOST_FAILURES)} more; “earmark --json studio status” has up to 100`]
      : []),
    ...members.map(
      (one) => `Member:  ${printable(one.name)}  ${one.role ?? 'no role'}  last seen ${formatMoment(one.lastSeenMs)}`,
    ),
    `Synced:  ${studio.syncedMs === null ? 'never' : formatMoment(studio.syncedMs)}, ${plural(studio.sharedFiles, 'file')} of this library shared`,
  ];
}

/** For a human. */
export function describeSync(sync: SyncSummary): string[] {
  const { takenOver, analysesSent, changesSent, changesReceived, kept, pending, cancelled } = sync;
  return [
    cancelled ? 'Stopped. The next sync continues from here.' : 'This library and the studio are in sync.',
    `Received: ${plural(takenOver, 'analysis', 'analyses')}, ${plural(changesReceived, 'change')}`,
    `Sent:     ${plural(analysesSent, 'analysis', 'analyses')}, ${plural(changesSent, 'change')}`,
    ...(kept > 0
      ? [
          `${plural(kept, 'change')} ${kept === 1 ? 'stays' : 'stay'} on this machine only, because your role is read-only.`,
        ]
      : []),
    ...(pending > 0 ? [`${plural(pending, 'file')} not yet analysed. Run “earmark index”, then sync again.`] : []),
  ];
}

function collectNames(value: string, sofar: string[]): string[] {
  return [...sofar, value];
}

/** For `--share`. */
export function collectFolders(value: string, sofar: NamedFolder[]): NamedFolder[] {
  const at = value.indexOf('=');
  if (at < 1 || at === value.length - 1)
    throw new InvalidArgumentError('Specify name and folder, such as sfx=/mnt/sfx.');
  return [...sofar, { name: value.slice(0, at), path: value.slice(at + 1) }];
}

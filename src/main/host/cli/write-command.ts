/** `earmark write`: shows what would change in the files, and writes it when that is confirmed. */
import type { Command } from 'commander';
import type { FileChanges } from './write-table.ts';
import { UserError } from '../../../shared/errors.ts';
import type { FilePlan, PlanSummary, WriteRun, WrittenFile } from '../../../shared/calls/write.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { formatCount, plural, printable } from './format.ts';
import { followJob } from './job.ts';
import { EXIT, printJson, printOut } from './output.ts';
import { canAsk, confirm } from './question.ts';
import { idOfFile, wholePath } from './selection.ts';
import { changeTable, terminalWidth } from './write-table.ts';

/** Rows asked for at a time. */
const PAGE = 500;
/** Files whose changes are shown; --all and --json show all. */
const FILES_SHOWN = 20;

const HELP = `
Profiles: sfx (UCS fields in iXML, bext, ID3, …), music (genre, mood, instrument), dj (comment). Only accepted tags are
written, only files that change are touched, the sound itself stays byte for byte, and \`earmark undo\` restores the
files as they were. docs/write-back.md says what goes where.

Examples:
  earmark write --profile sfx --plan
  earmark write --profile sfx ~/Sounds/Doors
  earmark write --profile music --yes --json

JSON: {"plan": {"planId", "profileId", "files", "change", "same", "refused", "fields"},
       "files": [{"fileId", "path", "format", "state", "reason", "changes": [{"field", "nativeId", "before", "after", "mode", "note"}]}],
       "run": null | {"runId", "written", "skipped", "failed", …}, "notWritten": [{"path", "outcome", "reason"}]}`;

interface WriteOptions {
  profile: string;
  file: string[];
  plan?: true;
  yes?: true;
  all?: true;
}

export function registerWrite(program: Command, run: RunCommand): void {
  program
    .command('write')
    .description("write accepted tags into the files' own metadata; shows what would change first")
    .argument('[folders...]', 'only files below these (none: all files with accepted tags)')
    .requiredOption('--profile <id>', 'which fields: sfx, music, dj, or one of yours')
    .option('--file <path>', 'only this file (may be given several times)', (value, sofar: string[]) => [...sofar, value], []) // prettier-ignore
    .option('--plan', 'only show what would change')
    .option('--yes', 'write without asking')
    .option('--all', 'show the changes of all files')
    .addHelpText('after', HELP)
    .action((folders: string[], options: WriteOptions) =>
      run((context) => runWrite(context, folders, options), 'winds-up'),
    ); // prettier-ignore
}

async function runWrite(context: CommandContext, folders: string[], options: WriteOptions): Promise<number> {
  const { client, json } = context;
  checkConsent(options, json);
  const fileIds: number[] = [];
  for (const file of options.file) fileIds.push(await idOfFile(client, file));
  const request = { profileId: options.profile, fileIds, folders: folders.map(wholePath) };
  const plan = await followJob(
    context,
    () => client.call('write.plan', request),
    (id) => client.call('write.planned', id),
  );
  if (!plan) return EXIT.interrupted;
  const files = await allPages((offset) =>
    client.call('write.planFiles', { planId: plan.planId, state: null, offset, limit: PAGE }),
  );
  if (!json) await printOut(describePlan(plan, files, options.all ?? false).join('\n'));
  const consent =
    plan.change > 0 &&
    !options.plan &&
    (options.yes ?? (await confirm(`Write ${plural(plan.change, 'file')}?`, context.stop)));
  if (!consent) {
    if (json) await printJson({ plan, files, run: null, notWritten: [] });
    else if (!options.plan && plan.change > 0) await printOut('Nothing was written.');
    return context.stop.aborted ? EXIT.interrupted : EXIT.ok;
  }
  const run = await followJob(
    context,
    () => client.call('write.start', { planId: plan.planId, leaveOut: [] }),
    (id) => client.call('write.wait', id),
  );
  if (!run) return EXIT.interrupted;
  const notWritten = await outcomes(context, run.runId, ['skipped', 'failed']);
  if (json) await printJson({ plan, files, run, notWritten });
  else await printOut(describeRun(run, notWritten).join('\n'));
  if (context.stop.aborted) return EXIT.interrupted;
  return notWritten.length > 0 ? EXIT.partly : EXIT.ok;
}

/** @throws UserError bad-input when nobody can be asked and nobody has said yes */
export function checkConsent({ plan, yes }: { plan?: true; yes?: true }, json: boolean): void {
  if (plan && yes) throw new UserError('bad-input', 'Give --plan to look, or --yes to do it, not both.');
  if (!plan && !yes && !canAsk(json)) {
    throw new UserError('bad-input', 'Nobody can be asked here. Give --plan to see what would change, or --yes to do it.'); // prettier-ignore
  }
}

/** Files of a run that came to one of these ends, with why. */
export async function outcomes(
  { client }: CommandContext,
  runId: number,
  wanted: readonly WrittenFile['outcome'][],
): Promise<{ path: string; outcome: WrittenFile['outcome']; reason: string }[]> {
  const found: WrittenFile[] = [];
  for (const outcome of wanted) {
    found.push(...(await allPages((offset) => client.call('write.runFiles', { runId, outcome, offset, limit: PAGE }))));
  }
  return found.map(({ path, outcome, reason }) => ({ path, outcome, reason }));
}

async function allPages<T>(page: (offset: number) => Promise<T[]>): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const rows = await page(all.length);
    all.push(...rows);
    if (rows.length < PAGE) return all;
  }
}

function describePlan(plan: PlanSummary, files: readonly FilePlan[], all: boolean): string[] {
  const changing = files.filter(({ state }) => state === 'change');
  const shown: readonly FileChanges[] = all ? changing : changing.slice(0, FILES_SHOWN);
  const lines = shown.flatMap((file) => changeTable(file, terminalWidth()));
  if (shown.length < changing.length) lines.push(`… and ${plural(changing.length - shown.length, 'file')} more (--all shows them)`, ''); // prettier-ignore
  for (const { path, state, reason } of files) if (state === 'refused') lines.push(`cannot be written  ${printable(path)}`, `  ${printable(reason)}`); // prettier-ignore
  lines.push(
    `${plural(plan.change, 'file')} to be written (${plural(plan.fields, 'field')}), ${formatCount(plan.same)} up to date, ${formatCount(plan.refused)} refused.`,
  );
  return lines;
}

function describeRun(run: WriteRun, notWritten: readonly { path: string; reason: string }[]): string[] {
  return [
    `${plural(run.written, 'file')} written${run.skipped > 0 ? `, ${formatCount(run.skipped)} passed over` : ''}${run.failed > 0 ? `, ${formatCount(run.failed)} failed` : ''}.` +
      (run.written > 0 ? ` Take it back: earmark undo --run ${run.runId} --yes` : ''),
    ...notWritten.map(({ path, reason }) => `  as it was  ${printable(path)}\n             ${printable(reason)}`),
  ];
}

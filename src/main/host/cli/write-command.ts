/** `earmark write`: shows what would change in the files, and writes it when that is confirmed. */
import type { Command } from 'commander';
import type { FileChanges } from './write-table.ts';
import { UserError } from '../../../shared/errors.ts';
import type { FilePlan, PlanSummary, WriteRun, WrittenFile } from '../../../shared/calls/write.ts';
import { CERTAIN } from '../../../shared/facts.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { byReason, formatCount, plural } from './format.ts';
import { followJob } from './job.ts';
import { EXIT, printJson, printOut } from './output.ts';
import { canAsk, confirm } from './question.ts';
import { idOfFile, indexedFolders } from './selection.ts';
import { changeTable, terminalWidth } from './write-table.ts';

/** Rows asked for at a time. */
const PAGE = 500;
/** Files whose changes are shown; --all and --json show all. */
const FILES_SHOWN = 20;

const HELP = `
Profiles: sfx (UCS fields in iXML, bext, ID3, …), music (genre, mood, instrument), dj (comment). Only accepted tags are
written, only files that change are touched, audio data stays identical, and \`earmark undo\` restores the files.
docs/write-back.md lists the fields of each format.

--tempo-and-key writes TBPM and TKEY or what the format has instead: your correction, else what the name says, else what was
measured with a confidence of at least ${Math.round(100 * CERTAIN)} %. What the file states itself stays, unless you corrected it.

Examples:
  earmark write --profile sfx --plan
  earmark write --profile sfx ~/Sounds/Doors
  earmark write --profile music --tempo-and-key ~/Loops
  earmark write --profile music --yes --json

JSON: {"plan": {"planId", "profileId", "files", "change", "same", "untagged", "refused", "fields"},
       "files": [{"fileId", "path", "format", "state", "reason", "changes": [{"field", "nativeId", "before", "after", "mode", "note"}]}],
       "run": null | {"runId", "written", "skipped", "failed", …}, "notWritten": [{"path", "outcome", "reason"}]}`;

interface WriteOptions extends ConsentOptions {
  profile: string;
  file: string[];
  tempoAndKey?: true;
}

export function registerWrite(program: Command, run: RunCommand): void {
  program
    .command('write')
    .description('write accepted tags into the metadata of files; shows a preview first')
    .argument('[folders...]', 'only files in these folders (default: all files with accepted tags)')
    .requiredOption('--profile <id>', 'fields to write: sfx, music, dj or a profile of yours')
    .option('--file <path>', 'only this file (repeatable)', (value, sofar: string[]) => [...sofar, value], []) // prettier-ignore
    .option('--tempo-and-key', 'write tempo and key, too; also for files without accepted tags')
    .option('--plan', 'preview only')
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
  const request = {
    profileId: options.profile,
    fileIds,
    folders: await indexedFolders(client, folders),
    ...(options.tempoAndKey && { tempoAndKey: true }),
  };
  const plan = await followJob(context, () => client.call('write.plan', request), 'plan');
  if (!plan) return EXIT.interrupted;
  return carryOut(context, plan, options, {
    counted: 'field',
    without: 'without accepted tags for this profile',
    named: fileIds.length > 0,
  });
}

export interface ConsentOptions {
  plan?: true;
  yes?: true;
  all?: true;
}

/** What a plan is about. */
export interface Planned {
  /** What it counts the changes in. */
  counted: string;
  /** Of files that it has nothing for. */
  without: string;
  /** Whether the files were given by name: each that cannot be written counts then. */
  named: boolean;
}

/** Shows a plan, and writes it where that is agreed to. @returns the exit code */
export async function carryOut(
  context: CommandContext,
  plan: PlanSummary,
  options: ConsentOptions,
  planned: Planned,
): Promise<number> {
  const { client, json } = context;
  const files = await allPages((offset) =>
    client.call('write.planFiles', { planId: plan.planId, state: null, offset, limit: PAGE }),
  );
  if (!json) await printOut(describePlan(plan, files, options.all ?? false, planned).join('\n'));
  const unusable = planned.named && plan.refused > 0 ? EXIT.partly : EXIT.ok;
  const consent =
    plan.change > 0 &&
    !options.plan &&
    (options.yes ?? (await confirm(`Write ${plural(plan.change, 'file')}?`, context.stop)));
  if (!consent) {
    if (json) await printJson({ plan, files, run: null, notWritten: [] });
    else if (!options.plan && plan.change > 0) await printOut('Nothing was written.');
    return context.stop.aborted ? EXIT.interrupted : unusable;
  }
  const run = await followJob(
    context,
    () => client.call('write.start', { planId: plan.planId, leaveOut: [] }),
    'write',
  );
  if (!run) return EXIT.interrupted;
  const notWritten = await outcomes(context, run.runId, ['skipped', 'failed']);
  if (json) await printJson({ plan, files, run, notWritten });
  else await printOut(describeRun(run, notWritten).join('\n'));
  if (context.stop.aborted) return EXIT.interrupted;
  return notWritten.length > 0 ? EXIT.partly : unusable;
}

/** @throws UserError bad-input when nobody can be asked and nobody has said yes */
export function checkConsent({ plan, yes }: { plan?: true; yes?: true }, json: boolean): void {
  if (plan && yes) throw new UserError('bad-input', 'Use --plan or --yes, not both.');
  if (!plan && !yes && !canAsk(json)) {
    throw new UserError('bad-input', 'Cannot ask for confirmation here. Use --plan to preview the changes, or --yes to make them.'); // prettier-ignore
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

function describePlan(
  plan: PlanSummary,
  files: readonly FilePlan[],
  all: boolean,
  { counted, without }: Planned,
): string[] {
  const changing = files.filter(({ state }) => state === 'change');
  const shown: readonly FileChanges[] = all ? changing : changing.slice(0, FILES_SHOWN);
  const lines = shown.flatMap((file) => changeTable(file, terminalWidth()));
  if (shown.length < changing.length) lines.push(`… and ${plural(changing.length - shown.length, 'file')} more (--all shows them)`, ''); // prettier-ignore
  const refused = files.filter(({ state }) => state === 'refused');
  lines.push(...byReason('cannot be written', refused, all ? null : '--all shows them'));
  const untagged = plan.untagged > 0 ? `, ${formatCount(plan.untagged)} ${without}` : '';
  lines.push(
    `${plural(plan.change, 'file')} to write (${plural(plan.fields, counted)}), ${formatCount(plan.same - plan.untagged)} up to date${untagged}, ${formatCount(plan.refused)} refused.`,
  );
  return lines;
}

function describeRun(run: WriteRun, notWritten: readonly { path: string; reason: string }[]): string[] {
  return [
    `${plural(run.written, 'file')} written${run.skipped > 0 ? `, ${formatCount(run.skipped)} skipped` : ''}${run.failed > 0 ? `, ${formatCount(run.failed)} failed` : ''}.` +
      (run.written > 0 ? ` Undo with: earmark undo --run ${run.runId} --yes` : ''),
    ...byReason('not written', notWritten, null),
  ];
}

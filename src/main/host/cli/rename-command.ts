/** `earmark rename`: UCS names from accepted tags, shown first and given only when that is confirmed. */
import { basename, dirname } from 'node:path';
import type { Command } from 'commander';
import type { RenameProposal } from '../../../shared/calls/write.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { byReason, formatCount, plural, printable } from './format.ts';
import { followJob } from './job.ts';
import { EXIT, printJson, printOut } from './output.ts';
import { confirm } from './question.ts';
import { acceptedFiles, idOfFile } from './selection.ts';
import { checkConsent, outcomes } from './write-command.ts';

/** Names shown; --all and --json show all. */
const NAMES_SHOWN = 50;

const HELP = `
CatID_FXName_CreatorID_SourceID: the CatID of the most likely accepted tag, the current name, --creator and --source.
A name that already follows UCS keeps its parts. No file is ever overwritten; \`earmark undo\` restores the old names.

Examples:
  earmark rename --plan
  earmark rename ~/Sounds/Doors --creator ABC --source LIB

JSON: {"proposals": [{"fileId", "path", "proposed", "reason"}], "run": null | {"runId", "written", "failed", …},
       "notRenamed": [{"path", "outcome", "reason"}]}`;

interface RenameOptions {
  file: string[];
  creator?: string;
  source?: string;
  plan?: true;
  yes?: true;
  all?: true;
}

export function registerRename(program: Command, run: RunCommand): void {
  program
    .command('rename')
    .description('rename files by the Universal Category System; shows a preview first')
    .argument('[folders...]', 'only files in these folders (default: all files with accepted tags)')
    .option('--file <path>', 'only this file (repeatable)', (value, sofar: string[]) => [...sofar, value], []) // prettier-ignore
    .option('--creator <id>', 'CreatorID, for names that have none')
    .option('--source <id>', 'SourceID, after a creator')
    .option('--plan', 'preview only')
    .option('--yes', 'rename without asking')
    .option('--all', 'show all names')
    .addHelpText('after', HELP)
    .action((folders: string[], options: RenameOptions) =>
      run((context) => runRename(context, folders, options), 'winds-up'),
    ); // prettier-ignore
}

async function runRename(context: CommandContext, folders: string[], options: RenameOptions): Promise<number> {
  const { client, json } = context;
  checkConsent(options, json);
  const named: number[] = [];
  for (const file of options.file) named.push(await idOfFile(client, file));
  const fileIds = named.length > 0 ? named : await acceptedFiles(client, folders);
  const given = {
    ...(options.creator === undefined ? {} : { creatorId: options.creator }),
    ...(options.source === undefined ? {} : { sourceId: options.source }),
  };
  const proposals = await client.call('rename.propose', { fileIds, ...given });
  const wanted = proposals.filter(({ path, proposed }) => path !== proposed);
  if (!json) await printOut(describeProposals(proposals, options.all ? Infinity : NAMES_SHOWN).join('\n'));
  const consent =
    wanted.length > 0 &&
    !options.plan &&
    (options.yes ?? (await confirm(`Rename ${plural(wanted.length, 'file')}?`, context.stop)));
  if (!consent) {
    if (json) await printJson({ proposals, run: null, notRenamed: [] });
    else if (!options.plan && wanted.length > 0) await printOut('Nothing was renamed.');
    return context.stop.aborted ? EXIT.interrupted : EXIT.ok;
  }
  const run = await followJob(context, () => client.call('rename.start', { fileIds, ...given }), 'rename');
  if (!run) return EXIT.interrupted;
  const notRenamed = await outcomes(context, run.runId, ['skipped', 'failed']);
  if (json) await printJson({ proposals, run, notRenamed });
  else {
    const undo = run.written > 0 ? ` Undo with: earmark undo --run ${run.runId} --yes` : '';
    const lines = byReason('not renamed', notRenamed, null);
    await printOut([`${plural(run.written, 'file')} renamed.${undo}`, ...lines].join('\n'));
  }
  if (context.stop.aborted) return EXIT.interrupted;
  return notRenamed.length > 0 ? EXIT.partly : EXIT.ok;
}

/** Folder by folder: the old name, below it the new one. */
function describeProposals(proposals: readonly RenameProposal[], shown: number): string[] {
  const lines: string[] = [];
  const changing = proposals.filter(({ path, proposed }) => path !== proposed);
  let folder = '';
  for (const { path, proposed } of changing.slice(0, shown)) {
    if (dirname(path) !== folder) {
      folder = dirname(path);
      lines.push(printable(folder));
    }
    lines.push(`  ${printable(basename(path))}`, `    → ${printable(basename(proposed))}`);
  }
  if (changing.length > shown) lines.push(`… and ${plural(changing.length - shown, 'name')} more (--all shows them)`);
  const refused = proposals.filter(({ reason }) => reason !== '');
  lines.push(...byReason('skipped', refused, Number.isFinite(shown) ? '--all shows them' : null));
  const same = proposals.length - changing.length - refused.length;
  lines.push(
    `${plural(changing.length, 'file')} to rename, ${formatCount(same)} already correct, ${formatCount(refused.length)} skipped.`,
  );
  return lines;
}

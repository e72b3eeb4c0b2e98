/** `earmark health`: how many files are clipped, silent, damaged, mislabelled, …, and which. */
import { InvalidArgumentError, type Command } from 'commander';
import type { Health } from '../../../shared/calls/health.ts';
import { UserError } from '../../../shared/errors.ts';
import { ISSUE_NAMES, ISSUES, type Issue } from '../../../shared/query/issues.ts';
import type { RunCommand } from './command.ts';
import { exportList, withExportOptions, type ExportOptions } from './export-command.ts';
import { columns, plural, printable } from './format.ts';
import { EXIT, printJson, printOut } from './output.ts';
import { indexedFolders, pathsOf } from './selection.ts';

const HELP = `
Counts come from the catalogue; nothing is decoded and no file is changed. “earmark search issue:clipped” finds the same files.

Examples:
  earmark health
  earmark health ~/Sounds/Doors --list mono-as-stereo
  earmark health --list clipped --export clipped.csv

JSON: {"files", "failed", "outdated", "issues": [{"issue", "files"}]}; with --list: {"issue", "paths"}`;

interface Options extends ExportOptions {
  list?: Issue;
  export?: string;
}

export function registerHealth(program: Command, run: RunCommand): void {
  withExportOptions(program.command('health'))
    .description('count files with issues: clipped, silent, damaged, mislabelled, upsampled, …')
    .argument('[folders...]', 'only files in these folders (default: the whole library)')
    .option('--list <issue>', `list the files with an issue: ${ISSUE_NAMES.join(', ')}`, issueOf)
    .option('--export <file>', 'write that list to a file: .csv, .json, .m3u or .m3u8')
    .addHelpText('after', HELP)
    .action((folders: string[], { list, export: file, ...options }: Options) =>
      run(async (context) => {
        const { client, json } = context;
        if (file !== undefined && list === undefined) throw new UserError('bad-input', '--export writes a list: name the issue with --list.');
        const whole = await indexedFolders(client, folders);
        if (list === undefined) {
          const health = await client.call('health.get', { folders: whole });
          if (json) await printJson(health);
          else await printOut(describeHealth(health).join('\n'));
          return EXIT.ok;
        }
        const fileIds = await client.call('health.list', { issue: list, folders: whole });
        if (file !== undefined) return exportList(context, fileIds, file, options);
        const paths = [...(await pathsOf(client, fileIds)).values()];
        if (json) await printJson({ issue: list, paths });
        else await printOut([...paths.map(printable), `${plural(paths.length, 'file')} ${ISSUES[list].meaning}`].join('\n'));
        return EXIT.ok;
      }),
    );
} // prettier-ignore

function issueOf(name: string): Issue {
  const issue = ISSUE_NAMES.find((known) => known === name);
  if (!issue) throw new InvalidArgumentError(`Use one of ${ISSUE_NAMES.join(', ')}.`);
  return issue;
}

/** The counts for a human; issues that no file has are left out. */
export function describeHealth({ files, failed, outdated, issues }: Health): string[] {
  const rows = issues.filter((one) => one.files > 0).map(({ issue, files: count }) => [issue, String(count), `files ${ISSUES[issue].meaning}`]); // prettier-ignore
  if (failed > 0) rows.push(['failed', String(failed), 'files that could not be analysed: earmark failures']);
  return [
    ...columns(rows),
    rows.length === 0 ? `No issues in ${plural(files, 'file')}.` : `Of ${plural(files, 'file')}. --list <issue> lists them.`, // prettier-ignore
    ...(outdated > 0 ? [`${plural(outdated, 'file')} analysed by an older version; earmark index completes the counts.`] : []), // prettier-ignore
  ];
}

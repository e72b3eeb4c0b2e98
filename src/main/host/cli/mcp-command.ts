/** `earmark mcp`: the library for agents, on stdin and stdout. */
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { PERMISSIONS, type Permission } from '../mcp/tool.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { EXIT, printAside } from './output.ts';

const HELP = `
A Model Context Protocol server for agents. The agent starts it and speaks with it on stdin and stdout; logs go to stderr. In
the settings of the agent:
  "earmark": {"command": "earmark", "args": ["mcp"]}

Without --allow, nothing can be changed: tools search, similar, describe_file, library_status, list_collections and
collection_files. --allow opens more:
  decisions    accept and reject tags in the catalogue
  collections  create and fill collections
  export       write lists of files into one folder; no file is replaced
  write        write accepted tags into audio files: the agent requests it, and a person confirms its changes in the app, on
               the screen Write. With --unattended, nobody has to confirm; every write can be undone (earmark undo).

Only files of the library can be named. docs/agents.md has the tools, their limits and a session.`;

interface McpOptions {
  allow?: Set<Permission>;
  unattended?: true;
  exportFolder?: string;
}

export function registerMcp(program: Command, run: RunCommand): void {
  const command = program
    .command('mcp')
    .description('serve the library to agents (Model Context Protocol, on stdin and stdout)')
    .option('--allow <list>', `what agents may do besides reading: ${PERMISSIONS.join(',')}`, permissions)
    .option('--unattended', 'with --allow write: no person has to confirm')
    .option('--export-folder <folder>', 'with --allow export: folder for lists (default: exports in the data folder)')
    .addHelpText('after', HELP)
    .action(async (options: McpOptions) => {
      const { data, json } = program.opts<{ data: string; json?: true }>();
      const allow = options.allow ?? new Set<Permission>();
      if (json)
        command.error('error: --json does not apply to mcp: stdout is for the protocol.', { exitCode: EXIT.usage });
      if (options.unattended && !allow.has('write')) {
        command.error('error: --unattended requires --allow write.', { exitCode: EXIT.usage });
      }
      if (options.exportFolder !== undefined && !allow.has('export')) {
        command.error('error: --export-folder requires --allow export.', { exitCode: EXIT.usage });
      }
      const exportFolder = resolve(options.exportFolder ?? resolve(data, 'exports'));
      await run(
        (context) => serve(context, { allow, unattended: options.unattended ?? false, exportFolder }),
        'winds-up',
        {
          followOthers: true,
        },
      );
    });
}

async function serve(
  { client, stop }: CommandContext,
  options: { allow: ReadonlySet<Permission>; unattended: boolean; exportFolder: string },
): Promise<number> {
  // The protocol's own packages are more than any other command should have to load.
  const { serveStdio } = await import('../mcp/serve-stdio.ts');
  const off = client.on('engine.notice', ({ message }) => printAside(message));
  try {
    await serveStdio(client, { ...options, log: printAside }, stop);
  } finally {
    off();
  }
  return stop.aborted ? EXIT.interrupted : EXIT.ok;
}

function permissions(value: string): Set<Permission> {
  const found = value.split(',').map((word) => PERMISSIONS.find((one) => one === word.trim()));
  if (found.includes(undefined)) throw new InvalidArgumentError(`Use one or more of ${PERMISSIONS.join(', ')}, separated by commas.`); // prettier-ignore
  return new Set(found.filter((one) => one !== undefined));
}

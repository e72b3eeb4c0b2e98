/** `earmark watch`: analyses what changes in the folders, until Ctrl-C, and says which files did. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../../../shared/errors.ts';
import { waitForJob } from '../../../shared/jobs.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { EXIT, printAside, printOut, printRaw } from './output.ts';
import { pathsOf } from './selection.ts';

const HELP = `
Paths of files that were added, changed, moved or removed are printed to stdout, a line each. New folders join the library; without
folders, those of the library are watched. The app and "earmark serve" do the same while they run.
  earmark watch ~/Sounds
  earmark watch --print0 | xargs -0 -n1 ./on-change.sh`;

export function registerWatch(program: Command, run: RunCommand): void {
  program
    .command('watch')
    .description('analyse files as they change in the folders, and print their paths; runs until Ctrl-C')
    .argument('[folders...]', 'folders to add to the library first')
    .option('-0, --print0', 'end each path by a NUL instead of a line end')
    .addHelpText('after', HELP)
    .action(async (folders: string[], { print0 }: { print0?: true }) => {
      if (program.opts<{ json?: true }>().json) {
        program.error('error: --json does not apply to watch. Use --print0.', { exitCode: EXIT.usage });
      }
      const absolute = folders.map((folder) => resolve(folder));
      await run((context) => watch(context, absolute, print0 ?? false), 'winds-up', {
        load: 'background',
        watchRoots: true,
        followOthers: true,
      });
    });
}

async function watch({ client, stop }: CommandContext, folders: string[], print0: boolean): Promise<number> {
  let printing = Promise.resolve();
  const print = async (fileIds: number[]) => {
    const paths = [...(await pathsOf(client, fileIds)).values()];
    const end = print0 ? '\0' : '\n';
    if (paths.length === 0) return;
    if (process.stdout.isTTY) await printOut(paths.join('\n'));
    else await printRaw(paths.map((path) => path + end).join(''));
  };
  const offs = [
    client.on('catalogue.changed', ({ fileIds }) => {
      // One after the other; a catalogue that cannot be read is reported by what reads it next.
      printing = printing.then(() => print(fileIds)).catch((error: unknown) => printAside(String(error)));
    }),
    client.on('engine.notice', ({ message }) => printAside(message)),
  ];
  try {
    const { roots } = await client.call('status.get', null);
    if (folders.length === 0 && roots.length === 0) {
      throw new UserError('nothing-indexed', 'The library has no folders to watch. Specify one: earmark watch FOLDER');
    }
    if (folders.length > 0) await waitForJob(client, await client.call('index.start', { folders }), 'index');
    printAside('Watching. Press Ctrl-C to stop.');
    await new Promise<void>((resolve) => {
      if (stop.aborted) resolve();
      else stop.addEventListener('abort', () => resolve(), { once: true });
    });
    await printing;
  } finally {
    for (const off of offs) off();
  }
  return EXIT.interrupted;
}

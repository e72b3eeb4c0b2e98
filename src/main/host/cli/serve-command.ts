/** `earmark serve`: its place on the command line. What it does is loaded only when it is asked for. */
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';

const HELP = `
The printed address contains an access key and works on this machine only. Any number of windows can be open; closing
them does not stop the server, Ctrl-C does.

JSON: {"url", "origin", "port", "token", "windowBuilt"}, one document, printed as soon as it listens.`;

/** Adds the command to the program. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('open Earmark in the browser; runs until Ctrl-C')
    .argument('[folders...]', 'folders to index meanwhile')
    .option('--port <number>', 'port (default: any free port)', portNumber)
    .option('--no-open', 'print the address without opening a browser')
    .addHelpText('after', HELP)
    .action(async (folders: string[], options: { port?: number; open: boolean }) => {
      const { data, model, json, verbose } = program.opts<{ data: string; model?: string; json?: true; verbose?: true }>(); // prettier-ignore
      // A server and a browser opener are more than any other command should have to load.
      const { serve } = await import('./serve.ts');
      process.exitCode = await serve({
        dataFolder: resolve(data),
        ...(model === undefined ? {} : { model }),
        json: json ?? false,
        verbose: verbose ?? false,
        folders: folders.map((folder) => resolve(folder)),
        ...(options.port === undefined ? {} : { port: options.port }),
        openBrowser: options.open,
      });
    });
}

function portNumber(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('It must be a whole number from 1 to 65535.');
  }
  return port;
}

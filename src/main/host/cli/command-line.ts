/** The command line. Parses, calls the engine through the contract, prints; it decides nothing. */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, CommanderError } from 'commander';
import { createEngine, type EngineHandle, type EngineOptions } from '../../engine/engine.ts';
import { defaultDataFolder, version } from '../../files/install.ts';
import type { CommandContext } from './command.ts';
import { runDoctor, runEmbed, runFailures, runIndex, runStatus } from './commands.ts';
import { registerCompletion } from './completion-command.ts';
import { registerCut } from './cut-command.ts';
import { registerDuplicates } from './duplicates-command.ts';
import { registerFacts } from './facts-command.ts';
import { registerHealth } from './health-command.ts';
import { registerEval } from './eval-command.ts';
import { registerMarkers } from './markers-command.ts';
import { registerMcp } from './mcp-command.ts';
import { registerModels } from './models-command.ts';
import { clientOf } from './notices.ts';
import { EXIT, reportError } from './output.ts';
import { registerExport } from './export-command.ts';
import { registerPlaylist } from './playlist-command.ts';
import { runProviders } from './providers-command.ts';
import { registerRename } from './rename-command.ts';
import { registerReview } from './review-command.ts';
import { registerSearch } from './search-command.ts';
import { registerServe } from './serve-command.ts';
import { registerStudio } from './studio-command.ts';
import { registerTag } from './tag-command.ts';
import { registerTaught } from './taught-command.ts';
import { registerToken } from './token-command.ts';
import { registerUndo } from './undo-command.ts';
import { registerVocabularies } from './vocabularies-command.ts';
import { registerWatch } from './watch-command.ts';
import { registerWorker } from './worker-command.ts';
import { registerWrite } from './write-command.ts';

/**
 * Signals closer together than this are one Ctrl-C: a terminal sends it to everybody in the group, and whatever
 * started us (bin/earmark on an old Node, npm) passes it on once more.
 */
const ONE_CTRL_C_MS = 300;
/** Ctrl-C, an end that is asked for, a terminal that was closed. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** How long closing may take after Ctrl-C. */
const CLOSING_PATIENCE_MS = 2000;

interface GlobalOptions {
  data: string;
  model?: string;
  json?: true;
  verbose?: true;
}

const EXIT_CODES = `
Exit codes:
  0    success (index: also if some files failed; they are listed)
  1    the command failed; the message says why
  2    invalid command line
  3    embed, eval, export: some files failed; write, markers, undo, rename: some files were skipped, or
       refused although named;
       doctor, vocabularies check: problems found
  130  stopped by Ctrl-C; results so far are kept

Everything stays on this machine, unless you join a studio: see "earmark studio --help". Audio files are never sent, and
only read, except by write, markers, undo and rename, which ask first.`;

/** All commands with their options and help: what the man page and completions are made from. */
export const program = new Command('earmark')
  .description('Finds audio files by their sound. Index folders once, then search by description.')
  .version(version(), '-V, --version')
  .option('--data <folder>', 'data folder with the catalogue', process.env['EARMARK_DATA'] ?? defaultDataFolder())
  .option('--model <pack>', 'model pack: id of an installed one, or a folder')
  .option('--json', 'stdout is exactly one JSON document; progress and messages go to stderr')
  .option('--verbose', 'add technical details to errors')
  .addHelpText('after', EXIT_CODES)
  .showHelpAfterError('(see earmark --help)')
  .exitOverride();

program
  .command('index')
  .description('analyse new and changed audio files in the folders; after Ctrl-C, the next run continues')
  .argument('[folders...]', 'folders to index (default: all folders of the library)')
  .option('--again', 'also check files that seem unchanged, and retry failed files')
  .addHelpText(
    'after',
    '\nJSON: {"files", "indexed", "unchanged", "moved", "retagged", "offline", "returned", "skipped",\n' +
      '       "failed": [{"path", "code", "message"}], "warnings": […], "seconds", "audioSeconds", "cancelled"}',
  )
  .action((folders: string[], { again }: { again?: true }) =>
    run((context) => {
      const absolute = folders.map((folder) => resolve(folder));
      return runIndex(context, absolute, again ?? false);
    }, 'winds-up'),
  );

registerSearch(program, run);
registerPlaylist(program, run);

program.command('status').description('show what is in the catalogue').action(() => run(runStatus)); // prettier-ignore

program
  .command('failures')
  .description('list files that could not be analysed, with reasons')
  .option('--retry', 'clear these failures and analyse the files again')
  .action(({ retry }: { retry?: true }) =>
    run((context) => runFailures(context, retry ?? false), retry ? 'winds-up' : 'leaves'),
  );

registerDuplicates(program, run);
registerFacts(program, run);
registerHealth(program, run);
registerModels(program, run);

program
  .command('embed')
  .description('print the embeddings of files or texts')
  .argument('[files...]', 'audio files')
  .option('--text <text>', 'a text (repeatable)', collect, [])
  .option('--raw', 'encoder output before L2 normalisation')
  .addHelpText(
    'after',
    '\nJSON: {"model", "dim", "items": [{"path" | "text", "windows": [{"startSeconds", "embedding": […]}]}], "failed"}',
  )
  .action((files: string[], options: { text: string[]; raw?: true }) =>
    run((context) =>
      runEmbed(
        context,
        files.map((file) => resolve(file)),
        options.text,
        options.raw ?? false,
      ),
    ),
  );

registerEval(program, run);

program
  .command('doctor')
  .description('check this installation')
  .option('--gpu', 'benchmark all execution providers and use the best one')
  .addHelpText(
    'after',
    '\nJSON: {"checks": [{"what", "ok", "message"}]}; --gpu: {"provider", "reason", "batchSize", "tries": […]}',
  )
  .action(({ gpu }: { gpu?: true }) => run(gpu ? runProviders : runDoctor));

registerVocabularies(program, run);
registerTag(program, run);
registerReview(program, run);
registerTaught(program, run);
registerWrite(program, run);
registerUndo(program, run);
registerExport(program, run);
registerRename(program, run);
registerCut(program, run);
registerMarkers(program, run);
registerStudio(program, run);
registerWorker(program, run);
registerServe(program);
registerMcp(program, run);
registerToken(program);
registerWatch(program, run);
registerCompletion(program);

let openEngine = createEngine;

/**
 * Runs one command line to its end, once at a time in a process: it prints through the streams of the process, and
 * Ctrl-C is for it.
 * @param args without the program
 * @param open makes the engine of the command, which is closed at its end
 * @returns the exit code
 */
export async function runCommandLine(args: readonly string[], open = createEngine): Promise<number> {
  openEngine = open;
  process.exitCode = EXIT.ok;
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed help, version or its complaint already.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  return process.exitCode;
}

/**
 * Runs one command with an engine of its own and always closes it.
 * @param onCtrlC 'leaves': the command is dropped. 'winds-up': it watches `stop` and ends by itself with a summary.
 * @param engine what it needs besides; as a rule it takes all of the machine
 */
async function run(
  command: (context: CommandContext) => Promise<number>,
  onCtrlC: 'leaves' | 'winds-up' = 'leaves',
  engine: Partial<Pick<EngineOptions, 'load' | 'followOthers' | 'watchRoots'>> = {},
): Promise<void> {
  const options = program.opts<GlobalOptions>();
  const json = options.json ?? false;
  let handle: EngineHandle | null = null;
  let lastSignalMs = -Infinity;
  const stop = new AbortController();
  for (const signal of STOP_SIGNALS) process.on(signal, onStop);
  try {
    handle = openEngine({ dataFolder: resolve(options.data), ...(options.model === undefined ? {} : { model: options.model }), load: 'foreground', ...engine }); // prettier-ignore
    const work = command({ client: clientOf(handle), json, stop: stop.signal });
    process.exitCode = await (onCtrlC === 'winds-up' ? work : Promise.race([work, interrupted(stop.signal)]));
  } catch (error) {
    process.exitCode = await reportError(error, json, options.verbose ?? false);
  } finally {
    const closed = handle?.close();
    // A child that hangs must not hold up someone who wants to leave: it ends by itself when its channel closes.
    await (stop.signal.aborted ? Promise.race([closed, sleep(CLOSING_PATIENCE_MS)]) : closed);
    for (const signal of STOP_SIGNALS) process.off(signal, onStop);
  }

  function onStop(): void {
    const now = performance.now();
    if (now - lastSignalMs < ONE_CTRL_C_MS) return;
    lastSignalMs = now;
    // The second Ctrl-C means it: leave at once. Nothing is lost but the files in work.
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort();
  }
}

function interrupted(stop: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    stop.addEventListener('abort', () => resolve(EXIT.interrupted), { once: true });
  });
}

function collect(value: string, sofar: string[] | undefined): string[] {
  return [...(sofar ?? []), value];
}

/** `earmark`: the command-line host. Parses, calls the engine through the contract, prints; it decides nothing. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { createEngine, type EngineHandle } from '../../engine.ts';
import { defaultDataFolder, version } from '../../install.ts';
import { parseDuration, parseDurationRange, type DurationRange } from '../../search/parse-duration.ts';
import { UserError } from '../../../shared/errors.ts';
import type { AudioFormat, SearchFilters, SearchQuery } from '../../../shared/types.ts';
import { AUDIO_FORMATS } from '../../../shared/types.ts';
import { EVAL_LAYOUTS, type EvalLayout, type EvalRequest } from '../../../shared/eval-report.ts';
import type { CommandContext } from './command.ts';
import { runDoctor, runEmbed, runFailures, runIndex, runSearch, runStatus } from './commands.ts';
import { runEval } from './eval-command.ts';
import { registerModels } from './models-command.ts';
import { clientOf } from './notices.ts';
import { endWithLauncher } from './launcher.ts';
import { EXIT, reportError, surviveClosedOutput } from './output.ts';
import { exportHits, registerExport, withExportOptions, type ExportOptions } from './export-command.ts';
import { runProviders } from './providers-command.ts';
import { registerRename } from './rename-command.ts';
import { registerReview } from './review-command.ts';
import { registerServe } from './serve-command.ts';
import { registerTag } from './tag-command.ts';
import { registerTaught } from './taught-command.ts';
import { registerUndo } from './undo-command.ts';
import { registerVocabularies } from './vocabularies-command.ts';
import { registerWrite } from './write-command.ts';

/**
 * Signals closer together than this are one Ctrl-C: a terminal sends it to everybody in the group, and whatever
 * started us (bin/earmark on an old Node, npm) passes it on once more.
 */
const ONE_CTRL_C_MS = 300;
/** How long closing may take after Ctrl-C. */
const CLOSING_PATIENCE_MS = 2000;

interface GlobalOptions {
  data: string;
  model?: string;
  json?: true;
  verbose?: true;
}

interface FilterOptions {
  duration?: DurationRange;
  format?: AudioFormat[];
  channels?: number;
  sampleRate?: number;
  folder?: string;
  tag?: string[];
  offline?: true;
}

const EXIT_CODES = `
Exit codes:
  0    done (index: also when some files could not be read; they are listed)
  1    the command could not do its work; a sentence says why
  2    the command line makes no sense
  3    embed, eval, export: some of the files could not be used; write, undo, rename: some were left as they were;
       doctor, vocabularies check: something needs attention
  130  stopped by Ctrl-C; everything done so far is kept

Everything stays on this machine. Audio files are only read, except by write, undo and rename, which ask first.`;

const SEARCH_HELP = `
Words: say what it sounds like. Leave something out with a minus, filter inline:
  earmark search "heavy wooden door slams in a stone hall -squeak"
  earmark search "rain on a tin roof -thunder dur:>30 fmt:wav"
  earmark search "footsteps in:Foley ch:2 sr:48000 tag:gravel"
  earmark search 'door fav: stars:>=3 col:"Night train"'
  earmark search "birds, no traffic"        plain words leave out, too: without, not, no, but not, except
  earmark search 'hall "door slam"'         in names and tags, quoted words stand together

JSON: {"query", "model", "hits": [{"path", "score", "startSeconds", "endSeconds", "band", "why", …}], "notices"}
  score 0..1, hits sorted by it; band strong | likely | maybe | unlikely; path absolute.`;

const EVAL_HELP = `
Layouts, recognised by their columns:
  esc50     filename, category, and perhaps fold: one class a clip (ESC-50, UrbanSound8K)
  fsd50k    fname, labels, and perhaps split: several classes a clip, separated by commas (FSD50K)
  captions  file_name, caption_1, caption_2, … or path, caption, and perhaps label (Clotho)

Examples:
  earmark eval ESC-50-master
  earmark --model msclap-2023 eval ESC-50-master --prompt "this is the sound of {label}" --fold 4
  earmark --json eval FSD50K > fsd50k.json

Embeddings are kept, so a stopped evaluation goes on where it was, and a second one is quick.`;

const program = new Command('earmark')
  .description(
    'Finds sounds by what they sound like. Point it at folders once, then describe what you are looking for.',
  )
  .version(version(), '-V, --version')
  .option('--data <folder>', 'where the catalogue lives', process.env['EARMARK_DATA'] ?? defaultDataFolder())
  .option('--model <pack>', 'model pack: id of an installed one, or a folder')
  .option('--json', 'stdout is exactly one JSON document; progress and messages go to stderr')
  .option('--verbose', 'add technical details to errors')
  .addHelpText('after', EXIT_CODES)
  .showHelpAfterError('(earmark --help shows what there is)')
  .exitOverride();

program
  .command('index')
  .description(
    'listen to every sound in the folders, and to what changed since last time; Ctrl-C and start again at will; --again also looks into files that seem unchanged',
  )
  .argument('[folders...]', 'folders to listen to (none: all folders known so far)')
  .option('--again', 'also look into files that seem unchanged, and try again what failed')
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

withExportOptions(withFilters(program.command('search')))
  .description('find sounds by describing them')
  .argument('<words...>', 'what it sounds like')
  .option('--like <file>', 'and it shall sound like this file, too')
  .option('--export <file>', 'write the hits as a list instead: .csv, .json, .m3u or .m3u8')
  .addHelpText('after', SEARCH_HELP)
  .action(
    (words: string[], options: FilterOptions & OutputOptions & ExportOptions & { like?: string; export?: string }) =>
      run((context) => {
        const query = {
          text: words.join(' '),
          ...(options.like ? { likePath: resolve(options.like) } : {}),
          ...queryOptions(options),
        };
        return options.export === undefined
          ? runSearch(context, query)
          : exportHits(context, query, options.export, options);
      }),
  );

withFilters(program.command('similar'))
  .description('find sounds that sound like a file, indexed or not')
  .argument('<file>', 'the sound to start from')
  .option('--at <time>', 'only this moment of it (seconds or m:ss)', duration)
  .option('--words <words>', 'and they shall also be described by these words')
  .action((file: string, options: FilterOptions & OutputOptions & { at?: number; words?: string }) =>
    run((context) =>
      runSearch(context, {
        likePath: resolve(file),
        ...(options.at === undefined ? {} : { likeStartSeconds: options.at }),
        ...(options.words === undefined ? {} : { text: options.words }),
        ...queryOptions(options),
      }),
    ),
  );

program.command('status').description('what is in the catalogue').action(() => run(runStatus)); // prettier-ignore

program
  .command('failures')
  .description('which files could not be read, and why')
  .option('--retry', 'forget these failures and listen to the files again')
  .action(({ retry }: { retry?: true }) =>
    run((context) => runFailures(context, retry ?? false), retry ? 'winds-up' : 'leaves'),
  );

registerModels(program, run);

program
  .command('embed')
  .description('print the embeddings of sounds or texts, for scripts and for checking models')
  .argument('[files...]', 'sounds')
  .option('--text <text>', 'a text (may be given several times)', collect, [])
  .option('--raw', 'as the encoder gives them, before L2 normalisation')
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

program
  .command('eval')
  .description('measure a model: zero-shot classification or caption retrieval on a data set')
  .argument('<dataset>', 'the folder of a data set, or its table (CSV)')
  .option('--csv <file>', 'its table, where it is not found by itself')
  .option('--audio <folder>', 'the folder of its clips, where it is not found by itself')
  .addOption(new Option('--layout <layout>', 'what the table is').choices(['auto', ...EVAL_LAYOUTS]).default('auto'))
  .option('--prompt <text>', 'with {label} in it (several times: one ensemble)', collect, [])
  .option('--fold <value>', 'only rows with this value in the column fold or split')
  .addHelpText('after', EVAL_HELP)
  .action((dataset: string, options: EvalOptions) =>
    run((context) => runEval(context, evalRequest(dataset, options)), 'winds-up'),
  );

program
  .command('doctor')
  .description('check that everything Earmark needs works on this machine')
  .option('--gpu', 'try everything that could run the model, and use the best of it from now on')
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
registerServe(program);

await main();

/**
 * Runs one command with an engine of its own and always closes it.
 * @param onCtrlC 'leaves': the command is dropped. 'winds-up': it watches `stop` and ends by itself with a summary.
 */
async function run(
  command: (context: CommandContext) => Promise<number>,
  onCtrlC: 'leaves' | 'winds-up' = 'leaves',
): Promise<void> {
  const options = program.opts<GlobalOptions>();
  const json = options.json ?? false;
  let handle: EngineHandle | null = null;
  let lastSignalMs = -Infinity;
  const stop = new AbortController();
  process.on('SIGINT', onStop);
  process.on('SIGTERM', onStop);
  try {
    handle = createEngine({ dataFolder: resolve(options.data), ...(options.model === undefined ? {} : { model: options.model }), load: 'foreground' }); // prettier-ignore
    const work = command({ client: clientOf(handle), json, stop: stop.signal });
    process.exitCode = await (onCtrlC === 'winds-up' ? work : Promise.race([work, interrupted(stop.signal)]));
  } catch (error) {
    process.exitCode = await reportError(error, json, options.verbose ?? false);
  } finally {
    const closed = handle?.close();
    // A child that hangs must not hold up someone who wants to leave: it ends by itself when its channel closes.
    await (stop.signal.aborted ? Promise.race([closed, sleep(CLOSING_PATIENCE_MS)]) : closed);
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

async function main(): Promise<void> {
  surviveClosedOutput();
  endWithLauncher();
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed help, version or its complaint already.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  // Children and native threads are closed by now; a stray handle must not keep a finished command alive.
  process.exit();
}

interface OutputOptions {
  limit?: number;
  all?: true;
  flat?: true;
}

function withFilters(command: Command): Command {
  return command
    .option('-n, --limit <count>', 'at most so many hits', positiveInteger, 20)
    .option('--all', 'also what falls below the relevance cut')
    .option('--flat', 'list copies and variants as well; without it the best of them stands for all')
    .option('--duration <range>', 'length: "<3", ">1.5", "2-10", "<1m30"', durationRange)
    .addOption(new Option('--format <formats>', `container: ${AUDIO_FORMATS.join(', ')}`).argParser(formats))
    .option('--channels <count>', '1 for mono, 2 for stereo, …', positiveInteger)
    .option('--sample-rate <hertz>', 'for example 48000', positiveInteger)
    .option('--folder <folder>', 'only below this folder, or below folders that are called so', existingFolder)
    .option('--tag <words>', 'a tag in the file contains these words (may be given several times)', collect)
    .option('--offline', 'also files that are not there now');
}

function queryOptions(
  options: FilterOptions & OutputOptions & { export?: string },
): Pick<SearchQuery, 'filters' | 'limit' | 'includeUnlikely' | 'grouped'> {
  const filters: SearchFilters = {
    ...options.duration,
    ...(options.format === undefined ? {} : { formats: options.format }),
    ...(options.channels === undefined ? {} : { channels: options.channels }),
    ...(options.sampleRate === undefined ? {} : { sampleRate: options.sampleRate }),
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    ...(options.tag === undefined ? {} : { tags: options.tag }),
    ...(options.offline ? { includeOffline: true } : {}),
  };
  return {
    filters,
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options.all ? { includeUnlikely: true } : {}),
    // A list that is exported has every file.
    grouped: !options.flat && options.export === undefined,
  };
}

/** A folder that is there is meant as a place; anything else is part of a folder's name. */
function existingFolder(value: string): string {
  return existsSync(value) ? resolve(value) : value;
}

interface EvalOptions {
  csv?: string;
  audio?: string;
  layout: EvalLayout | 'auto';
  prompt: string[];
  fold?: string;
}

function evalRequest(dataset: string, { csv, audio, layout, prompt, fold }: EvalOptions): EvalRequest {
  return {
    dataset: resolve(dataset),
    ...(csv === undefined ? {} : { csv: resolve(csv) }),
    ...(audio === undefined ? {} : { audioFolder: resolve(audio) }),
    layout,
    prompts: prompt,
    ...(fold === undefined ? {} : { fold }),
  };
}

function collect(value: string, sofar: string[] | undefined): string[] {
  return [...(sofar ?? []), value];
}

function positiveInteger(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return number;
}

function formats(value: string): AudioFormat[] {
  const names = value.toLowerCase().split(',');
  const unknown = names.find((name) => !(AUDIO_FORMATS as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`“${unknown}” is none of: ${AUDIO_FORMATS.join(', ')}.`);
  return names as AudioFormat[];
}

function duration(value: string): number {
  const seconds = parseDuration(value);
  if (seconds === null) throw new InvalidArgumentError('Write seconds (2.5), or minutes and seconds (1:30 or 1m30).');
  return seconds;
}

function durationRange(value: string): DurationRange {
  try {
    return parseDurationRange(value);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new InvalidArgumentError('Write "<3", ">1.5", "2-10" or "<1m30".');
  }
}

/** `earmark eval`: asks the engine, shows progress, prints the report. */
import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { UserError } from '../../../shared/errors.ts';
import { EVAL_LAYOUTS, type EvalLayout, type EvalReport, type EvalRequest } from '../../../shared/eval-report.ts';
import type { CommandContext, RunCommand } from './command.ts';
import { describeComparison, describeReport } from './eval-tables.ts';
import { followJob } from './job.ts';
import { EXIT, printJson, printOut } from './output.ts';

const HELP = `
Layouts, detected by their columns:
  esc50     filename, category, optional fold: one class per clip (ESC-50, UrbanSound8K)
  fsd50k    fname, labels, optional split: several classes per clip, comma-separated (FSD50K)
  captions  file_name, caption_1, caption_2, … or path, caption, optional label (Clotho, AudioCaps)
  folders   no table, a folder of clips for each class; only if you ask for it (GTZAN)
  names     no table, the class is a part of each file's name; only if you ask for it (CREMA-D, RAVDESS, NSynth)

Examples:
  earmark eval ESC-50-master
  earmark --model msclap-2023 eval ESC-50-master --prompt "this is the sound of {label}" --fold 4
  earmark eval ESC-50-master --compare starter-1 msclap-2023
  earmark eval AudioWAV --layout names --class-part 3 --classes ANG=angry,HAP=happy,SAD=sad
  earmark --json eval FSD50K > fsd50k.json

Embeddings are cached: a stopped evaluation resumes, and a second run is fast.`;

interface Options {
  csv?: string;
  audio?: string;
  layout: EvalLayout | 'auto';
  prompt: string[];
  fold?: string;
  compare?: string[];
  classPart?: number;
  classes?: Record<string, string>;
}

export function registerEval(program: Command, run: RunCommand): void {
  program
    .command('eval')
    .description('evaluate a model: zero-shot classification or caption retrieval on a data set')
    .argument('[dataset]', 'folder of a data set, or its table (CSV)')
    .option('--csv <file>', 'table of the data set (default: detected)')
    .option('--audio <folder>', 'folder with the clips (default: detected)')
    .addOption(
      new Option('--layout <layout>', 'layout of the data set').choices(['auto', ...EVAL_LAYOUTS]).default('auto'),
    ) // prettier-ignore
    .option(
      '--prompt <text>',
      'prompt with {label} (repeatable: prompts form an ensemble)',
      (value, sofar: string[]) => [...sofar, value],
      [],
    ) // prettier-ignore
    .option('--fold <value>', 'only rows with this value in the fold or split column')
    .option(
      '--class-part <number>',
      'layout names: which part of the name, between - and _, is the class; from the end if negative (default: 1)',
      classPart,
    )
    .option(
      '--classes <list>',
      'what classes of folders or names mean: ANG=angry,HAP=happy; others are left out',
      classNames,
    )
    .option('--compare <models...>', 'evaluate two models, and show the differences with their intervals')
    .addHelpText('after', HELP)
    .action((dataset: string | undefined, options: Options) =>
      run((context) => runEval(context, evalRequest(dataset, options)), 'winds-up'),
    );
}

async function runEval(context: CommandContext, request: EvalRequest): Promise<number> {
  const { client, json } = context;
  const report = await followJob(context, () => client.call('eval.start', request), 'evaluation');
  if (report === null) return EXIT.interrupted;
  if (json) await printJson(report);
  else await printOut(describe(report).join('\n'));
  if (report.cancelled) return EXIT.interrupted;
  const leftOut = report.leftOut.length + (report.comparison?.second.leftOut.length ?? 0);
  return leftOut > 0 ? EXIT.partly : EXIT.ok;
}

function describe(report: EvalReport): string[] {
  return report.comparison === null ? describeReport(report) : describeComparison(report, report.comparison);
}

function classPart(text: string): number {
  const part = Number(text);
  if (/^-?\d+$/.test(text) && part !== 0) return part;
  throw new InvalidArgumentError('Use a whole number other than 0, for example 3, or -1 for the last part.');
}

/** `ANG=angry,HAP=happy`, given once or several times. */
function classNames(text: string, sofar: Record<string, string> = {}): Record<string, string> {
  const pairs = text.split(',').map((pair) => {
    const at = pair.indexOf('=');
    const [code, name] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    if (at > 0 && code !== '' && name !== '') return [code, name] as const;
    throw new InvalidArgumentError(`“${pair}” is no CLASS=NAME. Use a list like ANG=angry,HAP=happy.`);
  });
  return { ...sofar, ...Object.fromEntries(pairs) };
}

/** The option for two models takes every word behind it: a third one is the data set. */
function evalRequest(
  named: string | undefined,
  { csv, audio, layout, prompt, fold, compare, classPart: part, classes }: Options,
): EvalRequest {
  const [first, second, third, ...more] = compare ?? [];
  const dataset = named ?? third;
  if (
    compare !== undefined &&
    (second === undefined || more.length > 0 || (named !== undefined && third !== undefined))
  ) {
    throw new UserError('bad-input', '--compare takes two models, for example: earmark eval ESC-50-master --compare starter-1 msclap-2023.'); // prettier-ignore
  }
  if (dataset === undefined) throw new UserError('bad-input', 'Specify the folder of a data set, or its table.');
  return {
    dataset: resolve(dataset),
    ...(csv === undefined ? {} : { csv: resolve(csv) }),
    ...(audio === undefined ? {} : { audioFolder: resolve(audio) }),
    layout,
    prompts: prompt,
    ...(fold === undefined ? {} : { fold }),
    ...(part === undefined ? {} : { classPart: part }),
    ...(classes === undefined ? {} : { classes }),
    ...(first === undefined || second === undefined ? {} : { compare: [first, second] }),
  };
}

/** `earmark eval`: asks the engine, shows progress, prints tables. */
import type {
  CutFigures,
  EvalFigures,
  EvalReport,
  EvalRequest,
  MultiLabelFigures,
  RetrievalFigures,
  RetrievalScores,
  SingleLabelFigures,
} from '../../../shared/eval-report.ts';
import type { CommandContext } from './command.ts';
import { columns, formatCount, formatDuration, plural, printable } from './format.ts';
import { followJob } from './job.ts';
import { EXIT, printJson, printOut } from './output.ts';

/** Left-out clips and worst classes shown; --json has all. */
const LEFT_OUT_SHOWN = 20;
const CLASSES_SHOWN = 10;
const MISTAKES_SHOWN = 3;
/** Enough of a hash to tell weights apart by eye. */
const HASH_SHOWN = 12;

export async function runEval(context: CommandContext, request: EvalRequest): Promise<number> {
  const { client, json } = context;
  const report = await followJob(context, () => client.call('eval.start', request), 'evaluation');
  if (report === null) return EXIT.interrupted;
  if (json) await printJson(report);
  else await printOut(describeReport(report).join('\n'));
  if (report.cancelled) return EXIT.interrupted;
  return report.leftOut.length > 0 ? EXIT.partly : EXIT.ok;
}

/** An evaluation for a human, line by line. */
export function describeReport(report: EvalReport): string[] {
  const { model, clips, clipsNamed, leftOut, fold } = report;
  const lines = [
    `${printable(report.csv)}${fold === null ? '' : ` · fold ${printable(fold)}`} · layout ${report.layout}${report.layoutRecognised ? ' (recognised)' : ''}`,
    `clips in ${printable(report.audioFolder)}`,
    `model ${model.id} · weights ${model.weightHash.slice(0, HASH_SHOWN)} · ${model.dim}-d`,
    `${clips === clipsNamed ? plural(clips, 'clip') : `${formatCount(clips)} of ${plural(clipsNamed, 'clip')}`}: ` +
      `${formatCount(report.analysed)} analysed now (${formatDuration(report.audioSeconds)} of audio), ${formatCount(report.fromCache)} from an earlier run · ${formatDuration(report.seconds)}`,
  ];
  for (const { message } of leftOut.slice(0, LEFT_OUT_SHOWN)) lines.push(`  skipped  ${printable(message)}`);
  if (leftOut.length > LEFT_OUT_SHOWN) lines.push(`  … and ${formatCount(leftOut.length - LEFT_OUT_SHOWN)} more skipped (--json lists all)`); // prettier-ignore
  lines.push('');
  if (report.figures === null) lines.push('Stopped before any results. Run the same command to continue.');
  else lines.push(...describeFigures(report.figures));
  return lines;
}

function describeFigures(figures: EvalFigures): string[] {
  if (figures.kind === 'single-label') return singleLabel(figures.variants, figures.classes);
  if (figures.kind === 'multi-label') return multiLabel(figures.variants, figures.classes, figures.classesWithClips);
  return figures.variants.flatMap(retrieval);
}

function singleLabel(variants: SingleLabelFigures[], classes: number): string[] {
  const clips = variants[0]!.classes.reduce((sum, one) => sum + one.clips, 0);
  const folds = variants[0]!.folds.length > 1 ? variants[0]!.folds : [];
  const lines = [
    `zero-shot classification, ${plural(classes, 'class', 'classes')} (chance ${share(1 / classes)})`,
    ...columns(
      [
        ['accuracy', 'top 5', 'mAP', ...folds.map(({ fold }) => `fold ${printable(fold)}`), 'prompts'],
        ...variants.map((one) => [
          withError(one.accuracy, clips),
          one.top5 === null ? '–' : share(one.top5),
          share(one.meanAveragePrecision),
          ...folds.map((_, i) => share(one.folds[i]!.accuracy)),
          promptList(one.prompts),
        ]),
      ],
      [0, 1, 2, ...folds.map((_, i) => 3 + i)],
    ),
  ];
  const best = variants.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  const worst = best.classes.filter(({ accuracy }) => accuracy < 1).slice(0, CLASSES_SHOWN);
  if (worst.length === 0) return lines;
  const rows = worst.map((one) => [
    share(one.accuracy),
    formatCount(one.clips),
    share(one.averagePrecision),
    printable(one.label),
    one.mistakenFor.slice(0, MISTAKES_SHOWN).map(({ label, clips: n }) => `${printable(label)} (${n})`).join(', '), // prettier-ignore
  ]);
  lines.push('', `most often confused, with ${promptList(best.prompts)}`);
  return [...lines, ...columns([['accuracy', 'clips', 'AP', 'class', 'predicted as'], ...rows], [0, 1, 2])];
}

function multiLabel(variants: MultiLabelFigures[], classes: number, withClips: number): string[] {
  const of = withClips === classes ? '' : `, ${formatCount(withClips)} of them with clips`;
  const best = variants.reduce((a, b) => (b.macroAveragePrecision > a.macroAveragePrecision ? b : a));
  return [
    `zero-shot classification, several of ${plural(classes, 'class', 'classes')} a clip${of}`,
    ...columns(
      [
        ['mAP macro', 'micro', 'prompts'],
        ...variants.map((one) => [
          share(one.macroAveragePrecision),
          share(one.microAveragePrecision),
          promptList(one.prompts),
        ]),
      ],
      [0, 1],
    ),
    '',
    `least certain, with ${promptList(best.prompts)}`,
    ...columns(
      [
        ['AP', 'clips', 'class'],
        ...best.classes.slice(0, CLASSES_SHOWN).map((one) => [share(one.averagePrecision), formatCount(one.clips), printable(one.label)]), // prettier-ignore
      ],
      [0, 1],
    ),
  ];
}

function retrieval({ prompts, own, byLabel, cut }: RetrievalFigures): string[] {
  const named: [string, RetrievalScores | null][] = [
    ['text → audio, own clip', own.textToAudio],
    ['audio → text, own caption', own.audioToText],
    ['text → audio, by label', byLabel?.textToAudio ?? null],
    ['audio → text, by label', byLabel?.audioToText ?? null],
  ];
  const rows = named.flatMap(([name, scores]) =>
    scores === null
      ? []
      : [
          [
            name,
            formatCount(scores.queries),
            formatCount(scores.items),
            share(scores.recallAt1),
            share(scores.recallAt5),
            withError(scores.recallAt10, scores.queries),
            share(scores.meanAveragePrecisionAt10),
            share(scores.meanAveragePrecision),
          ],
        ],
  );
  const header = ['', 'queries', 'items', 'R@1', 'R@5', 'R@10', 'mAP@10', 'mAP'];
  const table = columns([header, ...rows], [1, 2, 3, 4, 5, 6, 7]);
  return [`retrieval, texts as ${promptList(prompts)}`, ...table, ...atTheCut(cut)];
}

function atTheCut(cut: CutFigures | null): string[] {
  if (cut === null) return [];
  const { present, presentFound, absent, absentRejected } = cut;
  const lines = [];
  if (presentFound !== null) lines.push(`${withError(presentFound, present)} of ${formatCount(present)} texts whose sound is present: a correct clip above the cut`); // prettier-ignore
  if (absentRejected !== null) lines.push(`${withError(absentRejected, absent)} of ${formatCount(absent)} texts whose sound is absent: no clip above the cut`); // prettier-ignore
  return lines.length === 0 ? [] : [`cut: calibrated score ${cut.cut}`, ...lines];
}

function promptList(prompts: string[]): string {
  return prompts.map((prompt) => `"${printable(prompt)}"`).join(' + ');
}

function share(value: number): string {
  return value.toFixed(3);
}

/** With the standard error of a share of n independent trials, √(p (1 − p) / n). */
function withError(value: number, n: number): string {
  return `${share(value)} ±${Math.sqrt((value * (1 - value)) / n).toFixed(3)}`;
}

/** An evaluation for a human, line by line. */
import type {
  CutFigures,
  EvalComparison,
  EvalFigures,
  EvalReport,
  MultiLabelFigures,
  RetrievalFigures,
  RetrievalScores,
  SingleLabelFigures,
} from '../../../shared/eval-report.ts';
import { columns, formatCount, formatDuration, plural, printable } from './format.ts';

/** Left-out clips and worst classes shown; --json has all. */
const LEFT_OUT_SHOWN = 20;
const CLASSES_SHOWN = 10;
const MISTAKES_SHOWN = 3;
/** Enough of a hash to tell weights apart by eye. */
const HASH_SHOWN = 12;

export function describeReport(report: EvalReport): string[] {
  const lines = [...describeDataset(report), ...describeRun(report), ''];
  if (report.figures === null) lines.push('Stopped before any results. Run the same command to continue.');
  else lines.push(...describeFigures(report.figures));
  return lines;
}

/** Two models on the same clips; figures by class are in the reports of each alone. */
export function describeComparison(first: EvalReport, { second, resamples, differences }: EvalComparison): string[] {
  const rows = differences.map((one) => [
    figureName(one.figure),
    share(one.first),
    share(one.second),
    signed(one.difference),
    `${signed(one.low)} to ${signed(one.high)}${one.low <= 0 && one.high >= 0 ? '  unclear' : ''}`,
    plural(one.count, one.units === 'clips' ? 'clip' : 'class', one.units),
  ]);
  const header = ['', 'first', 'second', 'difference', '95 % interval', 'drawn by'];
  return [
    ...describeDataset(first),
    ...describeRun(first),
    ...describeRun(second),
    '',
    `first ${first.model.id}, with ${promptsOf(first)}; second ${second.model.id}, with ${promptsOf(second)}`,
    ...columns([header, ...rows], [1, 2, 3]),
    '',
    `Intervals: paired bootstrap, ${formatCount(resamples)} draws. “unclear”: 0 is within the interval.`,
  ];
}

function promptsOf({ figures }: EvalReport): string {
  return promptList(figures?.variants[0]?.prompts ?? []);
}

const FIGURES: Readonly<Record<string, string>> = {
  accuracy: 'accuracy',
  top5: 'top 5',
  meanAveragePrecision: 'mAP',
  macroAveragePrecision: 'mAP macro',
  recallAt1: 'R@1',
  recallAt5: 'R@5',
  recallAt10: 'R@10',
  meanAveragePrecisionAt10: 'mAP@10',
};

/** "own.textToAudio.recallAt1" → "text → audio, own clip: R@1" */
function figureName(figure: string): string {
  const last = figure.slice(figure.lastIndexOf('.') + 1);
  const direction = Object.entries(DIRECTIONS).find(([path]) => figure === `${path}.${last}`)?.[1];
  return (direction === undefined ? '' : `${direction}: `) + (FIGURES[last] ?? last);
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}

function describeDataset({ csv, audioFolder, fold, layout, layoutRecognised }: EvalReport): string[] {
  return [
    `${printable(csv)}${fold === null ? '' : ` · fold ${printable(fold)}`} · layout ${layout}${layoutRecognised ? ' (recognised)' : ''}`,
    `clips in ${printable(audioFolder)}`,
  ];
}

function describeRun(report: EvalReport): string[] {
  const { model, clips, clipsNamed, leftOut } = report;
  const lines = [
    `model ${model.id} · weights ${model.weightHash.slice(0, HASH_SHOWN)} · ${model.dim}-d`,
    `${clips === clipsNamed ? plural(clips, 'clip') : `${formatCount(clips)} of ${plural(clipsNamed, 'clip')}`}: ` +
      `${formatCount(report.analysed)} analysed now (${formatDuration(report.audioSeconds)} of audio), ${formatCount(report.fromCache)} from an earlier run · ${formatDuration(report.seconds)}`,
  ];
  for (const { message } of leftOut.slice(0, LEFT_OUT_SHOWN)) lines.push(`  skipped  ${printable(message)}`);
  if (leftOut.length > LEFT_OUT_SHOWN) lines.push(`  … and ${formatCount(leftOut.length - LEFT_OUT_SHOWN)} more skipped (--json lists all)`); // prettier-ignore
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

const DIRECTIONS = {
  'own.textToAudio': 'text → audio, own clip',
  'own.audioToText': 'audio → text, own caption',
  'byLabel.textToAudio': 'text → audio, by label',
  'byLabel.audioToText': 'audio → text, by label',
} as const;

function retrieval({ prompts, own, byLabel, cut }: RetrievalFigures): string[] {
  const named: [string, RetrievalScores | null][] = [
    [DIRECTIONS['own.textToAudio'], own.textToAudio],
    [DIRECTIONS['own.audioToText'], own.audioToText],
    [DIRECTIONS['byLabel.textToAudio'], byLabel?.textToAudio ?? null],
    [DIRECTIONS['byLabel.audioToText'], byLabel?.audioToText ?? null],
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

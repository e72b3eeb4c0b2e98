/** Figures of zero-shot classification: every clip against every class, by cosine. */
import type { MultiLabelFigures, SingleLabelFigures } from '../../shared/eval-report.ts';
import { EventLoopYielder } from '../async/yield-to-event-loop.ts';
import { cosines } from '../vectors/cosines.ts';
import type { NoteOutcome } from './compare/outcomes.ts';
import { chosenClass, rankOf, shareWithin } from './metrics/accuracy.ts';
import { averagePrecision, averagePrecisionOf, mean } from './metrics/average-precision.ts';
import { TiedCounts } from './metrics/tied-counts.ts';

/** A clip and what it is. */
export interface LabelledClip {
  /** Float32Array[dim] of norm 1. */
  embedding: Float32Array;
  /** Indexes into the classes, at least one; exactly one for {@link singleLabelFigures}. */
  classes: number[];
  fold: string | null;
}

/** Scores against more classes than this say something; against fewer the top 5 are all of them. */
const TOP = 5;

/**
 * @param clips at least one
 * @param prompts what the class names were put into, for the report
 * @param labels names of the classes
 * @param classEmbeddings Float32Array[dim] of norm 1, one a class
 * @param note told of each clip and class
 * @throws signal.reason
 */
export async function singleLabelFigures(
  clips: readonly LabelledClip[],
  prompts: string[],
  labels: readonly string[],
  classEmbeddings: readonly Float32Array[],
  signal: AbortSignal,
  note?: NoteOutcome,
): Promise<SingleLabelFigures> {
  const scores = await scoreAll(clips, classEmbeddings, signal);
  const ranks = clips.map(({ classes }, i) => rankOf(scores[i]!, classes[0]!));
  const precisions = await averagePrecisions(clips, scores, labels.length, signal);
  for (const [at, rank] of ranks.entries()) {
    note?.('accuracy', 'clips', at, Number(rank === 1));
    if (labels.length > TOP) note?.('top5', 'clips', at, Number(rank <= TOP));
  }
  notePrecisions('meanAveragePrecision', precisions, note);
  const folds = [...new Set(clips.flatMap(({ fold }) => fold ?? []))].sort(byNumberOrName);
  const classes = labels.flatMap((label, c) => {
    const own = clips.flatMap((clip, i) => (clip.classes[0] === c ? [i] : []));
    const precision = precisions[c];
    if (precision === null || precision === undefined) return [];
    const taken = own.map((i) => chosenClass(scores[i]!, c)).filter((chosen) => chosen !== c);
    const accuracy = 1 - taken.length / own.length;
    return [{ label, clips: own.length, averagePrecision: precision, accuracy, mistakenFor: counted(taken, labels) }];
  });
  return {
    prompts,
    accuracy: shareWithin(ranks, 1),
    top5: labels.length > TOP ? shareWithin(ranks, TOP) : null,
    meanAveragePrecision: mean(precisions)!,
    folds: folds.map((fold) => {
      const own = ranks.filter((_, i) => clips[i]!.fold === fold);
      return { fold, clips: own.length, accuracy: shareWithin(own, 1) };
    }),
    classes: classes.sort((a, b) => a.accuracy - b.accuracy || a.averagePrecision - b.averagePrecision),
  };
}

/** The same for clips of several classes: parameters and errors as of {@link singleLabelFigures}. */
export async function multiLabelFigures(
  clips: readonly LabelledClip[],
  prompts: string[],
  labels: readonly string[],
  classEmbeddings: readonly Float32Array[],
  signal: AbortSignal,
  note?: NoteOutcome,
): Promise<MultiLabelFigures> {
  const scores = await scoreAll(clips, classEmbeddings, signal);
  const precisions = await averagePrecisions(clips, scores, labels.length, signal);
  notePrecisions('macroAveragePrecision', precisions, note);
  const isRight = clips.map(({ classes }) => new Set(classes));
  const classes = labels.flatMap((label, c) => {
    const precision = precisions[c];
    if (precision === null || precision === undefined) return [];
    return [{ label, clips: isRight.filter((own) => own.has(c)).length, averagePrecision: precision }];
  });
  return {
    prompts,
    macroAveragePrecision: mean(precisions)!,
    microAveragePrecision: await microAveragePrecision(scores, isRight, signal),
    classes: classes.sort((a, b) => a.averagePrecision - b.averagePrecision),
  };
}

function notePrecisions(figure: string, precisions: readonly (number | null)[], note?: NoteOutcome): void {
  for (const [at, precision] of precisions.entries()) if (precision !== null) note?.(figure, 'classes', at, precision);
}

async function scoreAll(
  clips: readonly LabelledClip[],
  classEmbeddings: readonly Float32Array[],
  signal: AbortSignal,
): Promise<Float64Array[]> {
  const yielder = new EventLoopYielder(signal);
  const scores: Float64Array[] = [];
  for (const { embedding } of clips) {
    scores.push(cosines(embedding, classEmbeddings));
    await yielder.yieldIfDue();
  }
  return scores;
}

/** Over all pairs of clip and class; millions of them, so in pieces. */
async function microAveragePrecision(
  scores: readonly Float64Array[],
  isRight: readonly ReadonlySet<number>[],
  signal: AbortSignal,
): Promise<number> {
  const yielder = new EventLoopYielder(signal);
  const right = Float64Array.from(scores.flatMap((row, i) => [...isRight[i]!].map((c) => row[c]!)))
    .sort()
    .reverse();
  const counts = new TiedCounts(right);
  for (const [i, row] of scores.entries()) {
    for (let c = 0; c < row.length; c++) if (!isRight[i]!.has(c)) counts.add(row[c]!);
    await yielder.yieldIfDue();
  }
  return averagePrecisionOf(right, counts.atOrAbove());
}

/** @returns one a class; null for a class without clips */
async function averagePrecisions(
  clips: readonly LabelledClip[],
  scores: readonly Float64Array[],
  classCount: number,
  signal: AbortSignal,
): Promise<(number | null)[]> {
  const yielder = new EventLoopYielder(signal);
  const precisions: (number | null)[] = [];
  for (let c = 0; c < classCount; c++) {
    const column = scores.map((row) => row[c]!);
    precisions.push(averagePrecision(column, (i) => clips[i]!.classes.includes(c)));
    await yielder.yieldIfDue();
  }
  return precisions;
}

function counted(taken: number[], labels: readonly string[]): { label: string; clips: number }[] {
  const counts = new Map<number, number>();
  for (const c of taken) counts.set(c, (counts.get(c) ?? 0) + 1);
  return [...counts]
    .map(([c, clips]) => ({ label: labels[c]!, clips }))
    .sort((a, b) => b.clips - a.clips || (a.label < b.label ? -1 : 1));
}

function byNumberOrName(a: string, b: string): number {
  return Number(a) - Number(b) || (a < b ? -1 : 1);
}

/** What a tag gains by a few decisions: on clips that neither the model nor the tag has learnt from. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { averagePrecision, mean } from '../src/main/eval/metrics/average-precision.ts';
import { Scorer } from '../src/main/tag/scorer.ts';
import type { Correction } from '../src/main/tag/teach/fit-head.ts';
import { learnTag, logOddsOf, type DecidedFile, type SeenWindow } from '../src/main/tag/teach/learn-tag.ts';
import type { BenchContext } from './context.ts';
import { atLeast, type Row } from './table.ts';
import { CORPUS_FOLDER, corpusIsThere } from './tags/corpus-clips.ts';
import { prepareCalibrating } from './tags/held-out.ts';

const DECISIONS = [3, 5, 10, 20];
/** Tags with fewer clips of their own leave too few to judge by. */
const LEAST_CLIPS = 8;
const LEAST_LEFT = 3;
/** Each tag learns from several choices of decisions. */
const CHOICES = 2;

interface Clip {
  fileId: number;
  /** By label: 1 fits, 0 does not, −1 could be argued about. */
  truth: Int8Array;
  windows: { embedding: Float32Array; zeroShot: Float32Array }[];
}

export async function teach({ quick, say, workFolder }: BenchContext): Promise<Row[]> {
  if (quick || !corpusIsThere()) {
    say(quick ? 'teaching is left out of a quick run' : `teaching is left out: there are no clips with labels in ${CORPUS_FOLDER}`);
    return [];
  } // prettier-ignore
  const clips = await analysedClips(join(workFolder, 'teach'));
  const labels = [...clips[0]!.truth.keys()].filter((label) => count(clips, label) >= LEAST_CLIPS);
  return DECISIONS.flatMap((decisions) => {
    say(`letting ${labels.length} tags learn from ${decisions} decisions`);
    return rowsOf(decisions, clips, labels);
  });
}

async function analysedClips(folder: string): Promise<Clip[]> {
  mkdirSync(folder, { recursive: true });
  const { calibrating } = await prepareCalibrating(folder);
  const { set } = calibrating;
  const scorer = new Scorer({ ...set, heads: [] });
  return calibrating.clips.map(({ truth, windows }, fileId) => ({
    fileId,
    truth,
    windows: windows.map((embedding) => {
      const products = Float32Array.from({ length: set.labels }, (_, label) => {
        let sum = 0;
        for (let i = 0; i < set.dim; i++) sum += embedding[i]! * set.embeddings[label * set.dim + i]!;
        return sum;
      });
      scorer.begin();
      scorer.add(products, 0);
      return { embedding, zeroShot: scorer.score.sound.slice() };
    }),
  }));
}

function rowsOf(decisions: number, clips: readonly Clip[], labels: readonly number[]): Row[] {
  const zeroShot: (number | null)[] = [];
  const taught: (number | null)[] = [];
  const examplesOnly: (number | null)[] = [];
  for (const label of labels) {
    for (let choice = 0; choice < CHOICES; choice++) {
      const decided = decide(clips, label, decisions, numbers(1000 * label + choice));
      if (decided === null) continue;
      const used = new Set(decided.map(({ fileId }) => fileId));
      const rest = clips.filter(({ fileId, truth }) => !used.has(fileId) && truth[label]! >= 0);
      const background = rest.flatMap((clip) => seen(clip, label));
      const lesson = { decided, background, centre: meanOf(background), examplesOnly: false };
      const none: Correction = { direction: new Float32Array(lesson.centre.length), bias: 0 };
      const precision = (head: Correction, alone: boolean) =>
        averagePrecision(
          rest.map((clip) => logOddsOf({ windows: seen(clip, label) }, head, alone)),
          (at) => rest[at]!.truth[label] === 1,
        );
      zeroShot.push(precision(none, false));
      taught.push(precision(learnTag(lesson)!, false));
      const alone = learnTag({ ...lesson, examplesOnly: true });
      if (alone) examplesOnly.push(precision(alone, true));
    }
  }
  const before = mean(zeroShot);
  if (before === null) return [];
  const row = (what: string, values: readonly (number | null)[], against: Pick<Row, 'against'>): Row[] => {
    const value = mean(values);
    return value === null ? [] : [{ what: `    ${what}`, value, unit: '', ...against }];
  };
  return [
    { what: `mean average precision before ${decisions} decisions`, value: before, unit: '', note: `${zeroShot.length} times a tag, judged on the other clips` }, // prettier-ignore
    ...row('taught by them', taught, { against: atLeast(before) }),
    ...row('from their examples alone', examplesOnly, {}),
  ]; // prettier-ignore
}

/**
 * As a review has it: half of them right, the others among the first that the prompts mistake for it.
 * @returns null where too few clips would be left to judge by
 */
function decide(clips: readonly Clip[], label: number, decisions: number, next: () => number): DecidedFile[] | null {
  const right = clips.filter(({ truth }) => truth[label] === 1);
  const accepted = Math.ceil(decisions / 2);
  if (right.length < accepted + LEAST_LEFT) return null;
  const rejected = decisions - accepted;
  const surest = (clip: Clip) => Math.max(...clip.windows.map(({ zeroShot }) => zeroShot[label]!));
  const mistaken = clips.filter(({ truth }) => truth[label] === 0).sort((a, b) => surest(b) - surest(a));
  const chosen = [
    ...shuffled(right, next).slice(0, accepted),
    ...shuffled(mistaken.slice(0, 4 * rejected + 4), next).slice(0, rejected),
  ];
  return chosen.map((clip) => ({
    fileId: clip.fileId,
    accepted: clip.truth[label] === 1,
    bulk: false,
    windows: seen(clip, label),
  }));
}

function seen({ windows }: Clip, label: number): SeenWindow[] {
  return windows.map(({ embedding, zeroShot }) => ({ embedding, zeroShot: zeroShot[label]! }));
}

function meanOf(windows: readonly SeenWindow[]): Float32Array {
  const sum = new Float32Array(windows[0]!.embedding.length);
  for (const { embedding } of windows) for (let i = 0; i < sum.length; i++) sum[i]! += embedding[i]! / windows.length;
  return sum;
}

function count(clips: readonly Clip[], label: number): number {
  return clips.filter(({ truth }) => truth[label] === 1).length;
}

function shuffled<T>(values: readonly T[], next: () => number): T[] {
  const all = [...values];
  for (let at = all.length - 1; at > 0; at--) {
    const other = Math.floor(next() * (at + 1));
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all;
}

/** Repeatable, 0..1 (a linear congruence: only a shuffle hangs on it). */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

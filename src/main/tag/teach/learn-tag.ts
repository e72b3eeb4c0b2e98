/** What one tag learns from the user's decisions: its head, and by how much it is better with it. */
import { averagePrecision } from '../../eval/metrics/average-precision.ts';
import { logistic } from '../calibration.ts';
import { fitHead, type Correction, type Example, type Penalties } from './fit-head.ts';

/** A window with the log-odds that the prompts give it for the tag. */
export interface SeenWindow {
  embedding: Float32Array;
  zeroShot: number;
}

/** A file that was decided on. */
export interface DecidedFile {
  fileId: number;
  accepted: boolean;
  /** Decided with many others at once: nobody played each of them. */
  bulk: boolean;
  windows: SeenWindow[];
}

export interface Lesson {
  decided: DecidedFile[];
  /** Of the user's library, taken evenly: nobody has said anything about them. */
  background: SeenWindow[];
  /** Mean of the background. Float32Array[dim] */
  centre: Float32Array;
  /** A tag without prompts worth asking: made from examples. */
  examplesOnly: boolean;
}

export interface LearntTag extends Correction {
  /** 1: the correction is added to the log-odds by the prompts; 0: it stands alone. */
  zeroShot: 0 | 1;
  accepted: number;
  rejected: number;
  /** Average precision over the user's own decisions, each ranked by what the others taught; null with too few. */
  before: number | null;
  after: number | null;
}

/** Fewer decisions made one by one teach nothing. */
export const LEAST_DECISIONS = 3;

/** Raised when anything here changes what is learnt from the same decisions. */
export const TEACHING_VERSION = 1;

// Chosen on the dev clips that bench/teach.ts judges with; three times more or less of either changes little.
const PENALTIES: Penalties = { direction: 0.03, bias: 0.3 };
const BULK_WEIGHT = 0.25;
/** What all of the background weighs, in decisions: it keeps the tag as rare among other sounds as it was. */
const BACKGROUND_WEIGHT = { least: 4, perDecision: 1 };
/** How often a tag made from examples is right in general, before anything is known. */
const USUAL_SHARE = 0.01;
/** The window of an accepted file that the tag is about is looked for again with what was learnt. */
const ROUNDS = 3;
const FOLDS = 5;
const LEAST_OF_EACH = 3;

/** @returns null when there are too few decisions */
export function learnTag(lesson: Lesson): LearntTag | null {
  const { decided, examplesOnly } = lesson;
  const byHand = decided.filter(({ bulk }) => examplesOnly || !bulk);
  const accepted = decided.filter((file) => file.accepted).length;
  if (byHand.length < LEAST_DECISIONS || (examplesOnly && accepted < LEAST_DECISIONS)) return null;
  return {
    ...learn(lesson, decided),
    zeroShot: examplesOnly ? 0 : 1,
    accepted,
    rejected: decided.length - accepted,
    ...gain(lesson, byHand),
  };
}

/** Log-odds of a file: those of its best window. */
export function logOddsOf({ windows }: Pick<DecidedFile, 'windows'>, head: Correction, examplesOnly: boolean): number {
  let best = -Infinity;
  for (const window of windows) best = Math.max(best, offsetOf(window, examplesOnly) + added(window, head));
  return best;
}

function learn({ background, centre, examplesOnly }: Lesson, decided: readonly DecidedFile[]): Correction {
  const weights = decided.map(({ bulk }) => (bulk && !examplesOnly ? BULK_WEIGHT : 1));
  const said = weights.reduce((sum, weight) => sum + weight, 0);
  const backgroundWeight = Math.max(BACKGROUND_WEIGHT.least, BACKGROUND_WEIGHT.perDecision * said);
  const others = background.map((window): Example => ({
    embedding: window.embedding,
    offset: offsetOf(window, examplesOnly),
    target: examplesOnly ? USUAL_SHARE : logistic(window.zeroShot),
    weight: backgroundWeight / background.length,
  }));
  let head: Correction = { direction: new Float32Array(centre.length), bias: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const examples = decided.flatMap(({ windows, accepted }, at): Example[] => {
      const telling = accepted ? [bestOf(windows, head, examplesOnly)] : windows;
      return telling.map((window) => ({
        embedding: window.embedding,
        offset: offsetOf(window, examplesOnly),
        target: accepted ? 1 : 0,
        weight: weights[at]! / telling.length,
      }));
    });
    head = fitHead([...examples, ...others], centre, PENALTIES);
    if (decided.every(({ accepted, windows }) => !accepted || windows.length === 1)) break;
  }
  return head;
}

function gain(lesson: Lesson, byHand: readonly DecidedFile[]): { before: number | null; after: number | null } {
  const kinds = [true, false].map((accepted) => byHand.filter((file) => file.accepted === accepted));
  const fewest = Math.min(...kinds.map(({ length }) => length));
  if (fewest < LEAST_OF_EACH) return { before: null, after: null };
  const folds = Math.min(FOLDS, fewest);
  const foldOf = new Map(kinds.flatMap((files) => files.map(({ fileId }, at) => [fileId, at % folds])));
  const ranked: { right: boolean; before: number; after: number }[] = [];
  const none: Correction = { direction: new Float32Array(lesson.centre.length), bias: 0 };
  for (let fold = 0; fold < folds; fold++) {
    const head = learn(
      lesson,
      lesson.decided.filter(({ fileId }) => foldOf.get(fileId) !== fold),
    );
    for (const file of byHand) {
      if (foldOf.get(file.fileId) !== fold) continue;
      const before = logOddsOf(file, none, lesson.examplesOnly);
      ranked.push({ right: file.accepted, before, after: logOddsOf(file, head, lesson.examplesOnly) });
    }
  }
  return {
    before: lesson.examplesOnly
      ? null
      : averagePrecision(
          ranked.map(({ before }) => before),
          (at) => ranked[at]!.right,
        ),
    after: averagePrecision(
      ranked.map(({ after }) => after),
      (at) => ranked[at]!.right,
    ),
  };
}

function bestOf(windows: readonly SeenWindow[], head: Correction, examplesOnly: boolean): SeenWindow {
  return windows.reduce((best, window) =>
    offsetOf(window, examplesOnly) + added(window, head) > offsetOf(best, examplesOnly) + added(best, head)
      ? window
      : best,
  );
}

function offsetOf({ zeroShot }: SeenWindow, examplesOnly: boolean): number {
  return examplesOnly ? 0 : zeroShot;
}

function added({ embedding }: SeenWindow, { direction, bias }: Correction): number {
  let sum = bias;
  for (let i = 0; i < direction.length; i++) sum += embedding[i]! * direction[i]!;
  return sum;
}

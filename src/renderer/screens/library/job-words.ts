/** A running job in figures and steps. */
import type { LibraryJobProgress, JobStage } from '../../../shared/types.ts';
import { count, timeLeft } from '../../words/units.ts';

/** In the order a job goes through them. */
export const STAGES: readonly (readonly [stage: JobStage, name: string])[] = [
  ['walking', 'Scan folders'],
  ['recognising', 'Match known files'],
  ['analysing', 'Analyse'],
  ['indexing', 'Update the index'],
  ['refreshing', 'Update file information'],
];

export type StepState = 'done' | 'now' | 'next';

export interface Step {
  stage: JobStage;
  name: string;
  state: StepState;
  /** `5,200 of 17,680`; '' where there is no figure. */
  figure: string;
}

export function jobSteps({ stage, done, total }: LibraryJobProgress): Step[] {
  const now = STAGES.findIndex(([name]) => name === stage);
  return STAGES.map(([name, words], position) => ({
    stage: name,
    name: words,
    state: position < now ? 'done' : position === now ? 'now' : 'next',
    figure: position === now ? stageFigure(stage, done, total) : '',
  }));
}

function stageFigure(stage: JobStage, done: number, total: number | null): string {
  if (stage === 'indexing') return '';
  if (stage === 'walking' || total === null) return `${count(done)} found`;
  return `${count(done)} of ${count(total)}`;
}

export interface Figure {
  name: string;
  value: string;
  /** What the value means. */
  hint: string;
}

/** What is measured while it runs; a figure that is not known yet is a dash, never a guess. */
export function jobFigures({
  audioSeconds,
  elapsedSeconds,
  realTimeFactor,
  etaSeconds,
  state,
}: LibraryJobProgress): Figure[] {
  const known = state === 'running';
  return [
    {
      name: 'Analysed in this run',
      value: audioSeconds === 0 ? '–' : timeLeft(audioSeconds),
      hint: 'Duration of the audio analysed',
    },
    {
      name: 'Speed',
      value: known && realTimeFactor !== null ? speed(realTimeFactor) : '–',
      hint: 'Seconds of audio analysed per second, recent average',
    },
    {
      name: 'Time left',
      value: known && etaSeconds !== null ? timeLeft(etaSeconds) : '–',
      hint: 'Estimated from the recent speed',
    },
    { name: 'Elapsed', value: timeLeft(elapsedSeconds), hint: 'Excluding pauses' },
  ];
}

/** `480 × real time`, `1.6 × real time`. @param factor audio seconds a second */
export function speed(factor: number): string {
  return `${factor >= 10 ? count(factor) : factor.toFixed(1)} × real time`;
}

/** Why it waits, and what ends that. */
export function pauseSentence({ pausedFor }: LibraryJobProgress): string {
  return pausedFor === 'activity'
    ? 'Paused while you use this machine. Resumes after one minute without input.'
    : 'Files in progress are finished first. Results so far are kept.';
}

/** Which model answers meanwhile. @param next the model that is analysing. @param answering the model in use */
export function untilAnalysed(next: string, answering: string): string {
  return `Searches use ${answering} until ${next} has analysed all files.`;
}

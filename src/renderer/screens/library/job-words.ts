/** A running job in figures and steps. */
import type { JobProgress, JobStage } from '../../../shared/types.ts';
import { count, timeLeft } from '../../words/units.ts';

/** In the order a job goes through them. */
export const STAGES: readonly (readonly [stage: JobStage, name: string])[] = [
  ['walking', 'Look through folders'],
  ['recognising', 'Recognise what is known'],
  ['listening', 'Listen'],
  ['indexing', 'Make it findable'],
];

export type StepState = 'done' | 'now' | 'next';

export interface Step {
  stage: JobStage;
  name: string;
  state: StepState;
  /** `5,200 of 17,680`; '' where there is no figure. */
  figure: string;
}

export function jobSteps({ stage, done, total }: JobProgress): Step[] {
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
  if (stage === 'walking' || total === null) return `${count(done)} so far`;
  return `${count(done)} of ${count(total)}`;
}

export interface Figure {
  name: string;
  value: string;
  /** What the value means. */
  hint: string;
}

/** What is measured while it runs; a figure that is not known yet is a dash, never a guess. */
export function jobFigures({ audioSeconds, elapsedSeconds, realTimeFactor, etaSeconds, state }: JobProgress): Figure[] {
  const known = state === 'running';
  return [
    {
      name: 'Heard in this run',
      value: audioSeconds === 0 ? '–' : timeLeft(audioSeconds),
      hint: 'Length of the sound',
    },
    {
      name: 'Speed',
      value: known && realTimeFactor !== null ? speed(realTimeFactor) : '–',
      hint: 'Seconds of sound heard in a second, over the last while',
    },
    {
      name: 'Time left',
      value: known && etaSeconds !== null ? timeLeft(etaSeconds) : '–',
      hint: 'At the speed of the last while',
    },
    { name: 'Worked for', value: timeLeft(elapsedSeconds), hint: 'Without pauses' },
  ];
}

/** `480 × real time`, `1.6 × real time`. @param factor audio seconds a second */
export function speed(factor: number): string {
  return `${factor >= 10 ? count(factor) : factor.toFixed(1)} × real time`;
}

/** Why it waits, and what ends that. */
export function pauseSentence({ pausedFor }: JobProgress): string {
  return pausedFor === 'activity'
    ? 'Waiting while this machine is in use. It goes on by itself a minute after.'
    : 'Files in work are finished first; nothing that has been heard is lost.';
}

/** Which model answers meanwhile. @param listener the one that listens. @param answering the one in use */
export function untilHeard(listener: string, answering: string): string {
  return `Until ${listener} has heard everything, ${answering} answers.`;
}

/** Speed and pitch: their ranges, their steps, and what brings a file to the tempo and key of a project. */
import { FACTS, NOT_APPLICABLE } from '../../shared/facts.ts';

/** Share of the file's own speed. */
export const SLOWEST = 0.25;
export const FASTEST = 4;
/** Semitones up or down. */
export const MOST_SEMITONES = 24;

/** Speeds that one step leads through; what lies between them is set by the slider. */
const STEPS = [0.25, 0.33, 0.5, 0.67, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4];

export function speedInRange(speed: number): number {
  return Math.max(SLOWEST, Math.min(FASTEST, speed));
}

export function semitonesInRange(semitones: number): number {
  return Math.max(-MOST_SEMITONES, Math.min(MOST_SEMITONES, semitones));
}

/** @returns the next slower or faster step; the last one again at the end */
export function nextSpeed(speed: number, direction: -1 | 1): number {
  // A slider stops at whole per cents: half of one is no step.
  const beyond = STEPS.filter((step) => (step - speed) * direction > 0.005);
  return (direction > 0 ? beyond[0] : beyond.at(-1)) ?? speedInRange(speed);
}

export interface TempoMatch {
  /** Share of the file's own speed. */
  speed: number;
  /** BPM of the file and what it plays at: the project's, or an octave from it. */
  from: number;
  to: number;
}

/**
 * A file at 70 BPM belongs to a project at 140 as it is: of the octaves of the project's tempo the nearest is taken, so
 * that no file is more than √2 from its own speed.
 * @param bpm of the file, as the catalogue has it @returns null where one of the two has no tempo
 */
export function tempoMatch(bpm: number | null, projectBpm: number | null): TempoMatch | null {
  if (bpm === null || bpm === NOT_APPLICABLE || projectBpm === null) return null;
  const to = projectBpm * 2 ** -Math.round(Math.log2(projectBpm / bpm));
  return { speed: to / bpm, from: bpm, to };
}

export interface KeyMatch {
  /** −6..5 */
  semitones: number;
  /** 0..23; a file in minor goes to the minor key with the project's notes. */
  from: number;
  to: number;
}

/**
 * Major and minor of the same notes go together (A minor and C major), as neighbours of one place on the Camelot wheel.
 * @param key 0..23 of the file, as the catalogue has it @returns null where one of the two has no key
 */
export function keyMatch(key: number | null, projectKey: number | null): KeyMatch | null {
  if (key === null || key === NOT_APPLICABLE || projectKey === null) return null;
  const up = (relativeMajor(projectKey) - relativeMajor(key) + 12) % 12;
  const semitones = up < 6 ? up : up - 12;
  const mode = key < 12 ? 0 : 12;
  return { semitones, from: key, to: ((key + semitones + 12) % 12) + mode };
}

/** 0..11: the major key with the same notes. */
function relativeMajor(key: number): number {
  return key < 12 ? key : (key + 3) % 12;
}

/** `75 %` */
export function speedWords(speed: number): string {
  return `${Math.round(speed * 100)} %`;
}

/** `+3 st`, `−0.5 st` */
export function semitoneWords(semitones: number): string {
  const rounded = Math.round(semitones * 100) / 100;
  return `${rounded > 0 ? '+' : rounded < 0 ? '−' : ''}${Math.abs(rounded)} st`;
}

/** `124 → 120 BPM` */
export function tempoWords({ from, to }: TempoMatch): string {
  return `${bpmWords(from)} → ${bpmWords(to)} BPM`;
}

/** `Am → Em` */
export function keyWords({ from, to }: KeyMatch): string {
  const { word } = FACTS.key;
  return `${word(from)} → ${word(to)}`;
}

function bpmWords(bpm: number): string {
  return String(Number(bpm.toFixed(1)));
}

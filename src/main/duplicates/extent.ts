/** Where the sound in a file begins and ends, and what one file has of another's that is the same recording. */
import type { PairFacts } from '../catalogue/stores/near-duplicates.ts';
import { COMPARED_RATE, type Likeness } from './likeness.ts';

/** The beginning of a file as it is compared. */
export interface Excerpt {
  /** Mono, {@link COMPARED_RATE}. */
  samples: Float32Array;
  /** Of the whole file. */
  durationSeconds: number;
}

/** s from the beginning of the file. */
interface Extent {
  begin: number;
  end: number;
}

const BLOCK = Math.round(0.01 * COMPARED_RATE);
/** Below the loudest block of the two, −50 dB, and below −80 dBFS there is silence. Power. */
const FAINT = 1e-5;
const SILENT = 1e-8;
/** What one lacks of the other, and both of each other: the shorter lies in the longer, which is at most about twice as long. */
const LEAST_OF_SHORTER = 0.9;
const LEAST_OF_LONGER = 0.45;
const SLACK_SECONDS = 0.05;
/** A file of which so much more is known than was compared, s. */
const REST_SECONDS = 0.3;

/**
 * @param likeness of the two
 * @returns null unless the sound of one is nearly all in that of the other, and at least about half of it
 */
export function pairFacts(first: Excerpt, second: Excerpt, { similarity, lag, levelDb }: Likeness): PairFacts | null {
  const gain = 10 ** (levelDb / 10);
  const loudest = Math.max(loudestBlock(first.samples), loudestBlock(second.samples) / gain);
  const floor = Math.max(FAINT * loudest, SILENT, SILENT / gain);
  const one = extentOf(first, floor);
  const other = extentOf(second, floor * gain);
  if (!one || !other) return null;
  const offset = lag / COMPARED_RATE;
  const common = Math.min(one.end, other.end + offset) - Math.max(one.begin, other.begin + offset);
  const [shorter, longer] = [one.end - one.begin, other.end - other.begin].toSorted((a, b) => a - b) as [number, number]; // prettier-ignore
  if (common < Math.min(LEAST_OF_SHORTER * shorter, shorter - SLACK_SECONDS) || common < LEAST_OF_LONGER * longer) return null; // prettier-ignore
  return {
    similarity,
    levelDb,
    offsetSeconds: offset,
    lostHeadSeconds: other.begin + offset - one.begin,
    lostTailSeconds: one.end - (other.end + offset),
    addedHeadSeconds: other.begin - one.begin,
    addedTailSeconds: second.durationSeconds - other.end - (first.durationSeconds - one.end),
  };
}

function powerOf(samples: Float32Array, block: number): number {
  const end = Math.min(samples.length, (block + 1) * BLOCK);
  let power = 0;
  for (let i = block * BLOCK; i < end; i++) power += samples[i]! ** 2;
  return power / BLOCK;
}

function loudestBlock(samples: Float32Array): number {
  let most = 0;
  for (let block = 0; block * BLOCK < samples.length; block++) most = Math.max(most, powerOf(samples, block));
  return most;
}

/** @returns null for silence */
function extentOf({ samples, durationSeconds }: Excerpt, floor: number): Extent | null {
  const blocks = Math.ceil(samples.length / BLOCK);
  let first = 0;
  while (first < blocks && powerOf(samples, first) < floor) first++;
  if (first === blocks) return null;
  let last = blocks - 1;
  while (powerOf(samples, last) < floor) last--;
  const begin = (first * BLOCK) / COMPARED_RATE;
  if (durationSeconds > samples.length / COMPARED_RATE + REST_SECONDS) return { begin, end: durationSeconds };
  return { begin, end: Math.min(durationSeconds, ((last + 1) * BLOCK) / COMPARED_RATE) };
}

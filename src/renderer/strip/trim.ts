/** A selection shortened to the sound in it: the bark in a minute of garden. */
import { levelsBetween, nearestCrossing, type LanesLike, type PeakSource } from './edges.ts';
import type { TimeRange } from './time-range.ts';

/** Looked at in parts so short, s; longer in a long selection, so that there are at most {@link MOST_PARTS}. */
const PART_SECONDS = 0.004;
const MOST_PARTS = 8192;
/** The level that this share of the parts stays below is the background. */
const BACKGROUND_SHARE = 0.2;
/** What is so much above the background is the sound, dB. */
const STANDS_OUT_DB = 12;
/** Its start and its tail reach as far as it is so much above it, dB. */
const TAIL_DB = 6;
/** Never lower than this, as a share of full scale: −66 dBFS. */
const LEAST_BACKGROUND = 0.0005;

/**
 * @param levels the highest |sample| of equal parts
 * @returns the parts in which a sound stands out from the rest, `end` not among them; null where none does
 */
export function standingOut(levels: readonly number[]): { first: number; end: number } | null {
  if (levels.length === 0) return null;
  const sorted = levels.toSorted((a, b) => a - b);
  const background = Math.max(LEAST_BACKGROUND, sorted[Math.floor(BACKGROUND_SHARE * (levels.length - 1))]!);
  const above = (db: number) => (level: number) => level >= background * 10 ** (db / 20);
  let first = levels.findIndex(above(STANDS_OUT_DB));
  if (first < 0) return null;
  let end = levels.findLastIndex(above(STANDS_OUT_DB)) + 1;
  const belongs = above(TAIL_DB);
  while (first > 0 && belongs(levels[first - 1]!)) first--;
  while (end < levels.length && belongs(levels[end]!)) end++;
  return { first, end };
}

/**
 * @returns the part of a range in which a sound stands out, its edges on zero crossings; the range itself where it holds
 *   nothing else; null where nothing stands out
 * @throws when the file cannot be read
 */
export async function trimmed(peaks: PeakSource, file: LanesLike, range: TimeRange): Promise<TimeRange | null> {
  const length = range.endSample - range.startSample;
  const least = Math.max(1, PART_SECONDS * file.sampleRate, length / MOST_PARTS);
  const samplesEach = 2 ** Math.floor(Math.log2(least));
  const { first, levels } = await levelsBetween(peaks, file, range.startSample, range.endSample, samplesEach);
  const found = standingOut(levels);
  if (found === null) return null;
  const [start, end] = await Promise.all([
    nearestCrossing(peaks, file, (first + found.first) * samplesEach),
    nearestCrossing(peaks, file, (first + found.end) * samplesEach),
  ]);
  const startSample = Math.max(range.startSample, start);
  const endSample = Math.min(range.endSample, end);
  return endSample > startSample ? { ...range, startSample, endSample } : null;
}

/** Arithmetic of measuring: medians, because one round on a shared machine says little. */

/** @throws RangeError when there is nothing to take it of */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/**
 * By linear interpolation between the two nearest values.
 * @param percent 0..100
 * @throws RangeError when there are no values
 */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) throw new RangeError('no values to take a percentile of');
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percent / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at - Math.floor(at));
}

export interface Timed<T> {
  value: T;
  /** Wall time. */
  ms: number;
}

export async function timed<T>(work: () => Promise<T> | T): Promise<Timed<T>> {
  const began = performance.now();
  const value = await work();
  return { value, ms: performance.now() - began };
}

/** @returns what `work` gave, round by round; it is told the number of its round, from 0 */
export async function rounds<T>(count: number, work: (round: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < count; round++) results.push(await work(round));
  return results;
}

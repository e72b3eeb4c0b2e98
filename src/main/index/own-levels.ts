/** What the best window of a long file has to stand out from. */

/** How high the windows of one file lie for a query, the best one left out. */
export interface OwnLevels {
  /** Windows of the file, the best one included. */
  windows: number;
  /** The cosine that {@link UPPER_SHARE} of them exceed. */
  level: number;
  /** By how much those exceed it in the mean, > 0. */
  excess: number;
}

/** Files of fewer windows have no tail to speak of, and little comes by chance in them. */
export const TAKE_FROM_WINDOWS = 24;
export const UPPER_SHARE = 0.1;
/** Narrower than this no tail is: an even hum must not make the smallest differences count. */
const MIN_EXCESS = 0.005;

/** @param cosines of all windows of one file to a query, at least {@link TAKE_FROM_WINDOWS} of them, in any order */
export function ownLevels(cosines: Float32Array): OwnLevels {
  const others = cosines.toSorted().subarray(0, cosines.length - 1);
  const first = Math.floor((1 - UPPER_SHARE) * others.length);
  const level = others[first]!;
  const above = others.subarray(first);
  const excess = above.reduce((sum, cosine) => sum + cosine - level, 0) / above.length;
  return { windows: cosines.length, level, excess: Math.max(MIN_EXCESS, excess) };
}

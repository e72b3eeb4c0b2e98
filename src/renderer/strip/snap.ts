/** Where an edge of a selection settles: on the match, on where a sound begins, and there on a zero crossing. */

/** A rise of the level by this much within {@link BEFORE_PARTS} is where a sound begins, dB. */
const LEAST_RISE_DB = 12;
/** Nothing below this begins, as a share of full scale: −54 dBFS. */
const LEAST_LEVEL = 0.002;
const BEFORE_PARTS = 8;

/**
 * Where sounds begin.
 * @param levels the highest |sample| of equal parts
 * @returns indexes of parts, in order
 */
export function transients(levels: ArrayLike<number>): number[] {
  const rise = 10 ** (LEAST_RISE_DB / 20);
  const found: number[] = [];
  for (let part = 1; part < levels.length; part++) {
    const level = levels[part]!;
    if (level < LEAST_LEVEL) continue;
    let before = 0;
    for (let earlier = Math.max(0, part - BEFORE_PARTS); earlier < part; earlier++) {
      before = Math.max(before, levels[earlier]!);
    }
    // The first part of a rise is where it begins; those that follow have it before them.
    if (level >= before * rise) found.push(part);
  }
  return found;
}

/**
 * The crossing nearest to a place: the first sample on the other side of zero, in the mean of all channels. In digital
 * silence every sample is one.
 * @param planes one a channel, of one length
 * @param at index in them
 * @returns index; null when the sound does not cross zero there
 */
export function zeroCrossing(planes: readonly ArrayLike<number>[], at: number): number | null {
  const length = planes[0]?.length ?? 0;
  const mean = (index: number) => planes.reduce((sum, plane) => sum + plane[index]!, 0);
  const crosses = (index: number) => {
    if (index < 1 || index >= length) return false;
    const [before, after] = [mean(index - 1), mean(index)];
    return before === 0 || after === 0 || before < 0 !== after < 0;
  };
  for (let step = 0; step <= length; step++) {
    if (crosses(at - step)) return at - step;
    if (crosses(at + step)) return at + step;
  }
  return null;
}

/** @returns the nearest of them that is at most `tolerance` away; null when none is */
export function nearest(candidates: readonly number[], at: number, tolerance: number): number | null {
  let best: number | null = null;
  for (const candidate of candidates) {
    const away = Math.abs(candidate - at);
    if (away <= tolerance && (best === null || away < Math.abs(best - at))) best = candidate;
  }
  return best;
}

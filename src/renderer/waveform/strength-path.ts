/** The outline of how well the parts of a file match, as an SVG path. */
import type { WindowRelevance } from '../../shared/types.ts';

/** Of the whole file: a match in hours of sound is still to be seen. */
const LEAST_SHARE = 1 / 500;
/** Of the height: so is one that is hardly above nothing. */
const LEAST_HEIGHT = 0.02;

/**
 * In a box of the duration by 1, from below.
 * @param windows in order of time
 * @returns '' for none
 */
export function strengthPath(windows: readonly WindowRelevance[], durationSeconds: number): string {
  return windows
    .map(({ startSeconds, endSeconds, relevance }) => {
      const width = Math.max(endSeconds - startSeconds, LEAST_SHARE * durationSeconds);
      const left = Math.min(startSeconds, durationSeconds - width);
      // The eye takes a tenth of the light for a third.
      const height = Math.max(LEAST_HEIGHT, Math.sqrt(relevance));
      return `M${round(left)} 1V${round(1 - height)}H${round(left + width)}V1Z`;
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

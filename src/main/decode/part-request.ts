/** How one part of a file is asked of a decoder. */
import type { ReadRequest } from './report.ts';

/**
 * @param path absolute
 * @returns windows as long as the part, of which the last one is it; where the file ends earlier, it ends with the file
 */
export function partRequest(path: string, fromSeconds: number, seconds: number, sampleRate: number): ReadRequest {
  const isBeginning = Math.round(fromSeconds * sampleRate) < 1;
  const plan = {
    sampleRate,
    windowSeconds: seconds,
    hopSeconds: isBeginning ? seconds : fromSeconds,
    maxWindows: isBeginning ? 1 : 2,
    keepSilent: true,
  };
  return { path, plan, fromSeconds: isBeginning ? 0 : fromSeconds / 2 };
}

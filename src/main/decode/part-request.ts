/** How one part of a file is asked of a decoder. */
import type { ReadRequest } from './report.ts';

const SHORTEST_HOP_SECONDS = 1;

/**
 * @param path absolute
 * @returns windows as long as the part, of which the last one is it; where the file ends within it, that ends with the file
 */
export function partRequest(path: string, fromSeconds: number, seconds: number, sampleRate: number): ReadRequest {
  const isBeginning = Math.round(fromSeconds * sampleRate) < 1;
  // Many hops lead to the part, so that those far before it are not decoded.
  const hops = isBeginning ? 0 : Math.max(1, Math.floor(fromSeconds / Math.max(seconds, SHORTEST_HOP_SECONDS)));
  const hopSeconds = isBeginning ? seconds : fromSeconds / hops;
  const plan = { sampleRate, windowSeconds: seconds, hopSeconds, maxWindows: hops + 1, keepSilent: true };
  return { path, plan, fromSeconds: isBeginning ? 0 : fromSeconds - hopSeconds };
}

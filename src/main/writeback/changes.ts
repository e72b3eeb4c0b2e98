/** Changes at places of a file, for formats where that is the nearest way to say them. */
import type { Part } from './container.ts';

/** Bytes `from` up to `to` of the old file become these. */
export interface Change {
  from: number;
  to: number;
  bytes: Uint8Array;
}

/** How many bytes more there are after a change. */
export function growth({ from, to, bytes }: Change): number {
  return bytes.length - (to - from);
}

/**
 * @param size of the old file
 * @param changes in any order; those at one place in the order given
 * @throws RangeError when two of them want the same bytes: a bug of the caller
 */
export function toParts(size: number, changes: readonly Change[]): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const { from, to, bytes } of [...changes].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < at || to < from || to > size)
      throw new RangeError(`no change from ${from} to ${to} of ${size} at ${at}`);
    parts.push({ from: at, to: from }, { bytes });
    at = to;
  }
  parts.push({ from: at, to: size });
  return parts;
}

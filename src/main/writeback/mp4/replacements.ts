/** An edit as a list of places where other bytes stand. */
import { damaged, type Part } from '../container.ts';

/** The bytes of the file from `from` to `to` make way for these; nothing makes way where both are the same. */
export interface Replacement {
  from: number;
  to: number;
  bytes: Uint8Array;
}

/** How much longer all of it makes the file. */
export function growth(replacements: readonly Replacement[]): number {
  return replacements.reduce((sum, { from, to, bytes }) => sum + bytes.length - (to - from), 0);
}

/** @throws UserError undecodable-audio when two of them overlap, which they only do in a damaged file */
export function partsOf(replacements: readonly Replacement[], size: number): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const { from, to, bytes } of replacements.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < at) throw damaged('The MP4 structure is damaged (boxes overlap).');
    parts.push({ from: at, to: from }, { bytes });
    at = to;
  }
  return [...parts, { from: at, to: size }];
}

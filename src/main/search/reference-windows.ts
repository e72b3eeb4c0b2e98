/**
 * The sounds that a query names, embedded. How they count (relevance.ts has the calibration, which belongs to one pair of
 * sounds and is used for each reference by itself, so that a band means the same whether one sound is given or many):
 * - Each reference to resemble is a side of the query, equal in weight: cosines of unit vectors, turned into a
 *   probability by the pack's curve for sounds. A file's probability is the geometric mean over the references, each by
 *   the file's best window for it: one that has all of them, mixed or one after the other, precedes one that has one.
 * - Their mean direction, renormalised, adds candidates: a mixture may be near to no reference alone. What stands out of
 *   the library in that direction is at least "maybe", as for one sound, so that there are results between sounds that
 *   have nothing in common. The curve is not applied to it: of two references at cosine 0, each is at 0.71 to the mean,
 *   which the curve would take for a good match.
 * - Words and sounds meet in a geometric mean, too, weighted by the balance.
 * - Each reference to be unlike multiplies a file's score by √(1 − p), p being its probability at the place of the match.
 *   The file of the reference and its copies are left out.
 */
import { referencesOf } from '../../shared/query/references.ts';
import type { ReferenceSound, SearchQuery } from '../../shared/types.ts';

/** In the order of `referencesOf`; of each sound its windows, Float32Array[dim] of L2 norm 1. */
export interface ReferenceWindows {
  like: readonly (readonly Float32Array[])[];
  unlike: readonly (readonly Float32Array[])[];
}

export const NO_REFERENCES: ReferenceWindows = { like: [], unlike: [] };

/** @param embed the windows of one sound, none where it is silent */
export async function referenceWindows(
  query: SearchQuery,
  embed: (sound: ReferenceSound) => Promise<Float32Array[]>,
): Promise<ReferenceWindows> {
  const { like, unlike } = referencesOf(query);
  // One after the other: a refusal is about the first that cannot be read.
  const inTurn = async (sounds: readonly ReferenceSound[]) => {
    const windows: Float32Array[][] = [];
    for (const sound of sounds) windows.push(await embed(sound));
    return windows;
  };
  return { like: await inTurn(like), unlike: await inTurn(unlike) };
}

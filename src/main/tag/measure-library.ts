/** How the user's own library lies to labels: what a label's cosine usually is there. */
import type { WindowStore } from '../catalogue/stores/windows.ts';
import { decodeInto, float16Bits } from '../vectors/float16-dot.ts';
import { matrixProduct } from './matrix-product.ts';

/** Windows looked at: more change the median of a label by less than a hundredth. */
const SAMPLE = 1000;
/** Between the quartiles of a normal distribution lie this many standard deviations. */
const QUARTILES_APART = 1.349;

/**
 * @param embeddings of labels, each Float32Array[labels · dim]
 * @returns of each: medians and spreads of the cosines to windows spread evenly over the library; zeros when it has none
 */
export async function measureLibrary(
  stored: WindowStore,
  { spaceId, dim, threads }: { spaceId: number; dim: number; threads: number },
  embeddings: readonly Float32Array[],
): Promise<{ windows: number; levels: { centres: Float32Array; spreads: Float32Array }[] }> {
  const { values, windows } = sampleWindows(stored, { spaceId, dim, wanted: SAMPLE });
  const levels = [];
  for (const labels of embeddings) {
    const columns = labels.length / dim;
    const centres = new Float32Array(columns);
    const spreads = new Float32Array(columns);
    if (windows > 0) {
      const product = await matrixProduct(labels, dim, columns, threads);
      const cosines = await product.multiply(values, windows);
      const ofLabel = new Float32Array(windows);
      for (let label = 0; label < columns; label++) {
        for (let row = 0; row < windows; row++) ofLabel[row] = cosines[row * columns + label]!;
        ofLabel.sort();
        const at = (share: number) => ofLabel[Math.round(share * (windows - 1))]!;
        centres[label] = at(0.5);
        spreads[label] = (at(0.75) - at(0.25)) / QUARTILES_APART;
      }
    }
    levels.push({ centres, spreads });
  }
  return { windows, levels };
}

/**
 * Windows spread evenly over the library.
 * @returns their embeddings in a row, Float32Array[windows · dim] at the beginning of `values`
 */
export function sampleWindows(
  stored: WindowStore,
  { spaceId, dim, wanted: most }: { spaceId: number; dim: number; wanted: number },
): { values: Float32Array; windows: number } {
  const ids = stored.ids(spaceId);
  const wanted = Math.min(most, ids.length);
  const values = new Float32Array(wanted * dim);
  let windows = 0;
  for (let at = 0; at < wanted; at++) {
    const blob = stored.embeddingBytes(ids[Math.floor((at * ids.length) / wanted)]!);
    if (blob?.byteLength !== 2 * dim) continue;
    decodeInto(float16Bits(blob), 0, values, windows * dim, dim);
    if (values.subarray(windows * dim, (windows + 1) * dim).every((value) => Number.isFinite(value))) windows++;
  }
  return { values, windows };
}

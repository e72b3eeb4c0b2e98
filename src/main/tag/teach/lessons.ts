/** In the score process: reads the decisions about tags, compares them with the prompts' scores, and trains each tag. */
import type { StoredEmbeddings } from '../../catalogue/open-embeddings.ts';
import type { StoredWindow } from '../../catalogue/stores/windows.ts';
import { decodeInto, float16Bits } from '../../vectors/float16-dot.ts';
import { sampleWindows } from '../measure-library.ts';
import { matrixProduct } from '../matrix-product.ts';
import type { LearntHead, ScoreMethods } from '../protocol.ts';
import { matrixOf, Scorer } from '../scorer.ts';
import { learnTag, type DecidedFile, type SeenWindow } from './learn-tag.ts';

/** More windows of the library hold a tag back no better. */
const BACKGROUND_WINDOWS = 600;
/** The newest decisions of a tag of each kind: enough to know it by. */
const MOST_DECISIONS = 300;
/** Of a long file: spread evenly. */
const MOST_WINDOWS = 40;

/** @returns of each tag what it learnt, null for one with too few decisions; in their order */
export async function learnTags(
  { decided: decisions, windows: stored }: Pick<StoredEmbeddings, 'decided' | 'windows'>,
  { spaceId, dim, threads, set, tags }: ScoreMethods['learn']['input'],
): Promise<(LearntHead | null)[]> {
  const { values, windows } = sampleWindows(stored, { spaceId, dim, wanted: BACKGROUND_WINDOWS });
  const byPrompts = { ...set, heads: [] };
  const { rows: columns, values: matrix } = matrixOf(byPrompts);
  const product = await matrixProduct(matrix, dim, columns, threads);
  const scorer = new Scorer(byPrompts);
  /** By the prompts alone. @returns log-odds, [window][label] */
  const zeroShot = async (rows: Float32Array, count: number): Promise<Float32Array[]> => {
    const products = await product.multiply(rows, count);
    return Array.from({ length: count }, (_, row) => {
      scorer.begin();
      scorer.add(products, row * columns);
      return scorer.score.sound.slice();
    });
  };
  const usual = windows > 0 ? await zeroShot(values, windows) : [];
  const rowOf = (of: Float32Array, row: number): Float32Array => of.subarray(row * dim, (row + 1) * dim);
  const centre = meanRow(values, windows, dim);

  const learnt: (LearntHead | null)[] = [];
  for (const { label, tagId, examplesOnly } of tags) {
    const decided: DecidedFile[] = [];
    for (const example of decisions.newest(tagId, MOST_DECISIONS)) {
      const windows = spread(stored.stored(example.fileId, spaceId), dim);
      if (windows.count === 0) continue; // not analysed by this model
      const odds = await zeroShot(windows.values, windows.count);
      const seen = odds.map((all, row): SeenWindow => ({
        embedding: rowOf(windows.values, row),
        zeroShot: all[label]!,
      }));
      decided.push({ ...example, windows: seen });
    }
    const background = usual.map((all, row): SeenWindow => ({ embedding: rowOf(values, row), zeroShot: all[label]! }));
    const taught = learnTag({ decided, background, centre, examplesOnly });
    if (taught === null) {
      learnt.push(null);
      continue;
    }
    const { direction, bias, zeroShot: share, ...figures } = taught;
    learnt.push({ tagId, head: Float32Array.from([...direction, bias, share]), ...figures });
  }
  return learnt;
}

/** At most {@link MOST_WINDOWS} of a file's windows. @returns Float32Array[count · dim] at the beginning of `values` */
function spread(rows: readonly StoredWindow[], dim: number): { values: Float32Array; count: number } {
  const wanted = Math.min(MOST_WINDOWS, rows.length);
  const values = new Float32Array(wanted * dim);
  let count = 0;
  for (let at = 0; at < wanted; at++) {
    const [, , blob] = rows[Math.floor((at * rows.length) / wanted)]!;
    if (blob.byteLength !== 2 * dim) continue;
    decodeInto(float16Bits(blob), 0, values, count * dim, dim);
    if (values.subarray(count * dim, (count + 1) * dim).every((value) => Number.isFinite(value))) count++;
  }
  return { values, count };
}

function meanRow(values: Float32Array, rows: number, dim: number): Float32Array {
  const mean = new Float32Array(dim);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < dim; i++) mean[i]! += values[row * dim + i]! / rows;
  }
  return mean;
}

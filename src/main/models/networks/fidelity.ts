/** Does a variant in lower precision still give the same embeddings? */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { openSession } from '../../embed/providers.ts';
import { cosineSimilarity } from '../../vectors/normalise.ts';
import { OUTPUT, splitRows } from '../../embed/graph-check.ts';

/** One item each: feeds by input name, with a first axis of 1. */
export type Clip = { waveform: Float32Array } | { inputIds: readonly number[] };

export interface Fidelity {
  /** Smallest cosine similarity of a clip's embedding to its reference. */
  worstCosine: number;
  meanCosine: number;
  /**
   * Of the nearest neighbours of each clip among the others, the share that is the same: 0..1. Neighbours that are
   * only confused with equally near ones (within {@link TIE}) count as the same.
   */
  neighbourOverlap: number;
  /** Whether the variant may be offered. */
  passed: boolean;
}

export interface FidelityLimits {
  /** @default 0.995 */
  worstCosine?: number;
  /** @default 0.9 */
  neighbourOverlap?: number;
}

/** Neighbours looked at. */
const NEIGHBOURS = 10;
/** A difference in cosine that does not matter to a user. */
const TIE = 0.005;

/**
 * Runs the variant on the CPU and compares. Use sounds that are not alike: of twenty times the same, any variant is
 * faithful.
 * @param variantPath absolute path of the graph in question
 * @param clips at least two; all of one kind
 * @param reference what {@link embedClips} gives for them with the float32 graph
 * @throws UserError 'model-damaged' when the graph cannot be loaded or gives something else than embeddings
 */
export async function checkFidelity(
  variantPath: string,
  clips: readonly Clip[],
  reference: readonly Float32Array[],
  { worstCosine = 0.995, neighbourOverlap = 0.9 }: FidelityLimits = {},
): Promise<Fidelity> {
  if (clips.length < 2) throw new RangeError('fidelity needs at least two clips');
  return compareEmbeddings(await embedClips(variantPath, clips), reference, { worstCosine, neighbourOverlap });
}

/** @param variant Float32Array[dim] per clip, as `reference`, of any length */
export function compareEmbeddings(
  variant: readonly Float32Array[],
  reference: readonly Float32Array[],
  limits: Required<FidelityLimits>,
): Fidelity {
  const cosines = variant.map((embedding, at) => cosineSimilarity(embedding, reference[at]!));
  const count = Math.min(NEIGHBOURS, variant.length - 1);
  let same = 0;
  for (const [at, embedding] of variant.entries()) {
    const others = reference.map((_, other) => other).filter((other) => other !== at);
    const truth = new Map(others.map((other) => [other, cosineSimilarity(reference[at]!, reference[other]!)]));
    const nearness = [...truth.values()].sort((a, b) => b - a);
    const found = others
      .map((other) => ({ other, near: cosineSimilarity(embedding, variant[other]!) }))
      .sort((a, b) => b.near - a.near)
      .slice(0, count);
    same += found.filter(({ other }) => truth.get(other)! >= nearness[count - 1]! - TIE).length;
  }
  const worst = Math.min(...cosines); // NaN if any is, and such a variant does not pass
  const overlap = same / (variant.length * count);
  return {
    worstCosine: worst,
    meanCosine: cosines.reduce((sum, value) => sum + value, 0) / cosines.length,
    neighbourOverlap: overlap,
    passed: worst >= limits.worstCosine && overlap >= limits.neighbourOverlap,
  };
}

/**
 * One after another on the CPU, by one thread; the graph is in memory only meanwhile.
 * @param path absolute, of a graph
 * @returns the raw embedding of each clip
 * @throws UserError as {@link checkFidelity}
 */
export async function embedClips(path: string, clips: readonly Clip[]): Promise<Float32Array[]> {
  const { session, ort } = await openSession(path, { provider: 'cpu', threads: 1 });
  const embeddings: Float32Array[] = [];
  try {
    for (const clip of clips) {
      const feeds: Record<string, Tensor> =
        'waveform' in clip
          ? { waveform: new ort.Tensor('float32', clip.waveform, [1, clip.waveform.length]) }
          : {
              input_ids: new ort.Tensor('int64', BigInt64Array.from(clip.inputIds, BigInt), [1, clip.inputIds.length]),
            };
      if (session.inputNames.includes('attention_mask')) {
        const { dims, size } = feeds['input_ids']!;
        feeds['attention_mask'] = new ort.Tensor('int64', new BigInt64Array(size).fill(1n), dims);
      }
      const outputs: InferenceSession.OnnxValueMapType = await session.run(feeds);
      const data = outputs[OUTPUT]?.data;
      embeddings.push(...splitRows(data, 1, data instanceof Float32Array ? data.length : 0, path));
    }
  } finally {
    await session.release();
  }
  return embeddings;
}

/** The four matrices of an attention layer, with everything folded into them that need not be done at run time. */
import type { LinearWeights } from './weights.ts';

export interface AttentionWeights {
  q: LinearWeights;
  k: LinearWeights;
  v: LinearWeights;
  proj: LinearWeights;
}

/**
 * Queries, keys and values that a checkpoint keeps side by side.
 * @param qkv [width, 3 · width], with bias
 */
export function thirdsOf(qkv: LinearWeights): Pick<AttentionWeights, 'q' | 'k' | 'v'> {
  const width = qkv.inputs;
  const third = (name: string, at: number): LinearWeights => {
    const matrix = new Float32Array(width * width);
    for (let row = 0; row < width; row++) {
      const from = row * 3 * width + at * width;
      matrix.set(qkv.matrix.subarray(from, from + width), row * width);
    }
    const bias = qkv.bias!.subarray(at * width, (at + 1) * width);
    return { name: `${qkv.name}.${name}`, inputs: width, outputs: width, matrix, bias };
  };
  return { q: third('q', 0), k: third('k', 1), v: third('v', 2) };
}

/**
 * The queries take the scale of the logits, 1/√(head width). The bias of the keys adds the same number to all logits
 * of a query, which the softmax cancels; that of the values passes through it unchanged, for its weights sum
 * up to 1, and becomes part of the bias of the layer after it.
 * @param weights [width, width] each, with bias; the matrix of the queries is changed in place
 */
export function foldedAttention({ q, k, v, proj }: AttentionWeights, headWidth: number): AttentionWeights {
  const scale = headWidth ** -0.5;
  for (let at = 0; at < q.matrix.length; at++) q.matrix[at]! *= scale;
  const bias = Float64Array.from(proj.bias!);
  const width = proj.outputs;
  for (let row = 0; row < v.outputs; row++) {
    const added = v.bias![row]!;
    for (let column = 0; column < width; column++) bias[column]! += added * proj.matrix[row * width + column]!;
  }
  return {
    q: { ...q, bias: q.bias!.map((value) => value * scale) },
    k: { ...k, bias: null },
    v: { ...v, bias: null },
    proj: { ...proj, bias: Float32Array.from(bias) },
  };
}

/** The four matrices of an attention layer, with everything folded into them that need not be done at run time. */
import type { LinearWeights } from './weights.ts';

export interface AttentionWeights {
  q: LinearWeights;
  k: LinearWeights;
  v: LinearWeights;
  proj: LinearWeights;
}

/**
 * The queries take the scale of the logits, 1/√(head width). The bias of the keys adds the same number to all logits
 * of a query, which the softmax takes away again; that of the values passes through it unchanged, for its weights sum
 * up to 1, and becomes part of the bias of the layer after it.
 * @param qkv [width, 3 · width]: queries, keys, values side by side, with bias
 * @param proj what follows the attention, with bias
 */
export function foldedAttention(qkv: LinearWeights, proj: LinearWeights, headWidth: number): AttentionWeights {
  const width = qkv.inputs;
  const third = (name: string, at: number, scale: number): LinearWeights => {
    const matrix = new Float32Array(width * width);
    for (let row = 0; row < width; row++) {
      for (let column = 0; column < width; column++) {
        matrix[row * width + column] = qkv.matrix[row * 3 * width + at * width + column]! * scale;
      }
    }
    return { name: `${qkv.name}.${name}`, inputs: width, outputs: width, matrix, bias: null };
  };
  const scale = headWidth ** -0.5;
  const q = { ...third('q', 0, scale), bias: qkv.bias!.subarray(0, width).map((value) => value * scale) };
  const bias = Float64Array.from(proj.bias!);
  for (let row = 0; row < width; row++) {
    const added = qkv.bias![2 * width + row]!;
    for (let column = 0; column < width; column++) bias[column]! += added * proj.matrix[row * width + column]!;
  }
  return { q, k: third('k', 1, 1), v: third('v', 2, 1), proj: { ...proj, bias: Float32Array.from(bias) } };
}

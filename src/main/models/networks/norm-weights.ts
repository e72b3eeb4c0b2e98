/** A layer normalisation and the linear layers behind it, as one matrix each. */
import type { LinearWeights } from './weights.ts';

export interface FoldedNorm {
  /** Weight and bias that are left to the normalisation: 1 and 0, in one channel 0 and 1. */
  weight: Float32Array;
  bias: Float32Array;
  /** The layers in the same order, without biases. */
  layers: LinearWeights[];
}

/**
 * What a normalisation gives before its weight γ and bias β, x̂, adds up to 0 over the channels. So one of them, c, can
 * be spared and carry a 1 instead, whose row of a matrix W is then the bias b, added within the product:
 *   (γ x̂ + β) · W + b = Σ_{i≠c} x̂ᵢ (γᵢ Wᵢ − γ_c W_c) + 1 · (β · W + b)
 * The channel that matters least to the layers is spared, so that the other rows hardly grow.
 * @param norm γ and β, [inputs] each
 * @param layers all with the same inputs
 */
export function foldedNorm(
  norm: { weight: Float32Array; bias: Float32Array },
  layers: readonly LinearWeights[],
): FoldedNorm {
  const inputs = norm.weight.length;
  const spared = quietest(norm.weight, layers);
  const weight = new Float32Array(inputs).fill(1);
  const bias = new Float32Array(inputs);
  [weight[spared], bias[spared]] = [0, 1];
  return { weight, bias, layers: layers.map((layer) => foldedLayer(norm, layer, spared)) };
}

function foldedLayer(
  norm: { weight: Float32Array; bias: Float32Array },
  layer: LinearWeights,
  spared: number,
): LinearWeights {
  const { inputs, outputs, matrix } = layer;
  const sums = layer.bias === null ? new Float64Array(outputs) : Float64Array.from(layer.bias);
  const folded = new Float32Array(matrix.length);
  for (let row = 0; row < inputs; row++) {
    for (let column = 0; column < outputs; column++) {
      const value = matrix[row * outputs + column]!;
      sums[column]! += norm.bias[row]! * value;
      folded[row * outputs + column] =
        norm.weight[row]! * value - norm.weight[spared]! * matrix[spared * outputs + column]!;
    }
  }
  folded.set(sums, spared * outputs);
  return { ...layer, matrix: folded, bias: null };
}

/** The channel whose weighted rows have the least energy. */
function quietest(weight: Float32Array, layers: readonly LinearWeights[]): number {
  const energies = Array.from(weight, (scale, row) =>
    layers.reduce((energy, { matrix, outputs }) => {
      for (const value of matrix.subarray(row * outputs, (row + 1) * outputs)) energy += (scale * value) ** 2;
      return energy;
    }, 0),
  );
  return energies.indexOf(Math.min(...energies));
}

/** What MS CLAP has behind both of its encoders. */
import type { Value } from '../../onnx/graph.ts';
import { layerNorm, linear, type Building } from '../../networks/layers.ts';
import { readLinear } from '../../networks/weights.ts';

/**
 * From an encoder's own space into the one that sounds and texts share: x + a small perceptron of it, normalised.
 * One row a clip or text: in single precision at any price, for there is none.
 */
export async function projectionHead(
  building: Building,
  x: Value,
  key: string,
  inputs: number,
  outputs: number,
): Promise<Value> {
  const exact: Building = { ...building, precision: 'float32' };
  const { graph, tensors } = exact;
  const linear1 = await linear(exact, await readLinear(tensors, `${key}.linear1`, inputs, outputs, { bias: false }));
  const linear2 = await linear(exact, await readLinear(tensors, `${key}.linear2`, outputs, outputs, { bias: false }));
  const normalise = await layerNorm(exact, `${key}.layer_norm`, outputs);
  const first = linear1(x);
  return normalise(graph.op('Add', [first, linear2(graph.op('Gelu', [first]))]));
}

/** From an encoder's own space into the one that sounds and texts share: a perceptron with one hidden layer. */
import { linear, type Building } from '../../networks/layers.ts';
import { readLinear } from '../../networks/weights.ts';
import type { Value } from '../../onnx/graph.ts';

/**
 * One row a clip or text: in single precision at any price, for there is none.
 * @param x [N, inputs]
 * @returns [N, outputs], not normalised
 */
export async function projectionHead(
  building: Building,
  x: Value,
  key: string,
  { inputs, outputs, activation }: { inputs: number; outputs: number; activation: 'relu' | 'gelu' },
): Promise<Value> {
  const exact: Building = { ...building, precision: 'float32' };
  const { graph, tensors } = exact;
  const first = await linear(exact, await readLinear(tensors, `${key}.linear1`, inputs, outputs, { bias: true }));
  const second = await linear(exact, await readLinear(tensors, `${key}.linear2`, outputs, outputs, { bias: true }));
  return second(graph.op(activation === 'relu' ? 'Relu' : 'Gelu', [first(x)]));
}

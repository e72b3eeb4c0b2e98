/** Attention of the tokens of a text to each other, as nodes of a graph. */
import type { Value } from '../onnx/graph.ts';
import { linear, type Building, type Layer } from './layers.ts';
import type { LinearWeights } from './weights.ts';

/** What every block needs to know of the batch. */
export interface TokenBatch {
  /** int64[4]: N, T, heads, head width */
  perHead: Value;
  /** Narrowed; added to logits [N, heads, T, T]: 0 where the column's token counts for the row's, else far below 0. */
  mask: Value;
}

/** Logit of a token that does not count: its weight is 0 after the softmax. Within the range of float16. */
export const HIDDEN = -10_000;

/**
 * @param tokens narrowed [N · T, width]
 * @param layers queries (with the scale of the logits), keys, values
 * @param proj what follows
 * @returns narrowed [N · T, width]
 */
export async function tokenAttention(
  building: Building,
  tokens: Value,
  [toQ, toK, toV]: readonly [Layer, Layer, Layer],
  batch: TokenBatch,
  proj: LinearWeights,
): Promise<Value> {
  const { graph } = building;
  const perHead = (project: Layer, perm: number[]) =>
    graph.op('Transpose', [graph.op('Reshape', [project(tokens), batch.perHead])], { perm });
  const logits = graph.op('MatMul', [perHead(toQ, [0, 2, 1, 3]), perHead(toK, [0, 2, 3, 1])]);
  const seen = graph.op('Softmax', [graph.op('Add', [logits, batch.mask])], { axis: -1 });
  const mixed = graph.op('MatMul', [seen, perHead(toV, [0, 2, 1, 3])]);
  const together = graph.op('Transpose', [mixed], { perm: [0, 2, 1, 3] });
  return (await linear(building, proj))(graph.op('Reshape', [together, graph.ints([-1, proj.inputs])]));
}

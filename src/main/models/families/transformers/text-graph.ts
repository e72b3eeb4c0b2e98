/** The text encoder of transformers' ClapModel (RoBERTa: Liu et al., 2019) as an ONNX graph. */
import type { CheckpointTensors } from '../../checkpoint/tensors.ts';
import { foldedAttention } from '../../networks/attention-weights.ts';
import { embeddingTable, layerNorm, linear, narrowed, widened, type Building } from '../../networks/layers.ts';
import { HIDDEN, tokenAttention, type TokenBatch } from '../../networks/token-attention.ts';
import type { GraphOptions } from '../../networks/variants.ts';
import { readLinear, readWeights } from '../../networks/weights.ts';
import { Graph, type Value, type WrittenGraph } from '../../onnx/graph.ts';
import { DATA_TYPES } from '../../onnx/schema.ts';
import type { Architecture, TextArchitecture } from './architecture.ts';
import { readAttention } from './attention.ts';
import { TEXT_MODEL, TEXT_PROJECTION } from './keys.ts';
import { projectionHead } from './projection-head.ts';

/**
 * Writes the text encoder: input_ids, attention_mask int64[N, T] → embedding float32[N, projection], not normalised.
 * A text is represented by its first token.
 * @param outFolder must exist; gets `fileName` and `fileName`.data
 * @throws UserError model-damaged for weights of another model
 */
export async function buildTextGraph(
  { text, projection, activation }: Architecture,
  tensors: CheckpointTensors,
  outFolder: string,
  { fileName, precision }: GraphOptions,
): Promise<WrittenGraph> {
  return Graph.write(outFolder, fileName, async (graph) => {
    const building: Building = { graph, tensors, precision, epsilon: text.epsilon };
    const ids = graph.input('input_ids', 'int64', ['N', 'T']);
    const mask = graph.input('attention_mask', 'int64', ['N', 'T']);
    const pooled = await encode(building, ids, mask, text);
    const sizes = { inputs: text.width, outputs: projection, activation };
    const embedding = await projectionHead(building, pooled, TEXT_PROJECTION, sizes);
    graph.output('embedding', 'float32', ['N', projection], embedding);
  });
}

/** @returns float32[N, width] */
async function encode(building: Building, ids: Value, mask: Value, sizes: TextArchitecture): Promise<Value> {
  const { graph, tensors } = building;
  const { width, heads } = sizes;
  graph.scope = 'tokens/';
  const batch: TokenBatch = {
    perHead: graph.op('Concat', [graph.op('Shape', [ids]), graph.ints([heads, width / heads])], { axis: 0 }),
    mask: narrowed(building, logitMask(building, mask)),
  };
  let x = await embeddings(building, ids, sizes);
  for (let layer = 0; layer < sizes.layers; layer++) {
    graph.scope = `layer_${layer}/`;
    x = await block(building, x, batch, sizes, `${TEXT_MODEL}.encoder.layer.${layer}`);
  }
  graph.scope = 'head/';
  const byText = graph.op('Concat', [graph.op('Shape', [ids]), graph.ints([width])], { axis: 0 });
  const first = graph.op('Gather', [graph.op('Reshape', [x, byText]), graph.ints([0], [])], { axis: 1 });
  const exact: Building = { ...building, precision: 'float32' };
  const pooler = await readLinear(tensors, `${TEXT_MODEL}.pooler.dense`, width, width, { bias: true });
  return graph.op('Tanh', [(await linear(exact, pooler))(first)]);
}

/** @returns float32[N, 1, 1, T]: 0 for a token, far below it for padding */
function logitMask({ graph }: Building, mask: Value): Value {
  const padding = graph.op('Unsqueeze', [graph.op('Equal', [mask, graph.ints([0], [])]), graph.ints([1, 2])]);
  return graph.op('Where', [padding, graph.float(HIDDEN), graph.float(0)]);
}

/** @returns float32[N · T, width]: words, positions and the first token type, normalised */
async function embeddings(building: Building, ids: Value, sizes: TextArchitecture): Promise<Value> {
  const { graph, tensors } = building;
  const { width, padId } = sizes;
  const key = `${TEXT_MODEL}.embeddings`;
  // Tokens count from padId + 1 on, and padding between them does not.
  const pad = graph.ints([padId], []);
  const isToken = graph.op('Cast', [graph.op('Not', [graph.op('Equal', [ids, pad])])], { to: DATA_TYPES.int64 });
  const places = graph.op('Mul', [graph.op('CumSum', [isToken, graph.ints([1], [])]), isToken]);
  const positions = graph.op('Add', [places, pad]);
  const words = await embeddingTable(building, ids, `${key}.word_embeddings.weight`, sizes.vocabulary, width);
  const placed = await embeddingTable(building, positions, `${key}.position_embeddings.weight`, sizes.positions, width);
  const types = await readWeights(tensors, `${key}.token_type_embeddings.weight`, [sizes.types, width]);
  const type = await graph.tensor('token_type', 'float32', [width], types.subarray(0, width));
  const sum = graph.op('Add', [graph.op('Add', [words, placed]), type]);
  const normalise = await layerNorm(building, `${key}.LayerNorm`, width);
  return normalise(graph.op('Reshape', [sum, graph.ints([-1, width])]));
}

/** Attention and a perceptron; each is added to what goes in, and the sum normalised. */
async function block(
  building: Building,
  x: Value,
  batch: TokenBatch,
  { width, heads, hidden }: TextArchitecture,
  key: string,
): Promise<Value> {
  const { graph, tensors } = building;
  const weights = await readAttention(tensors, `${key}.attention`, width);
  const { q, k, v, proj } = foldedAttention(weights, width / heads);
  const layers = [await linear(building, q), await linear(building, k), await linear(building, v)] as const;
  const attended = await tokenAttention(building, narrowed(building, x), layers, batch, proj);
  const normaliseFirst = await layerNorm(building, `${key}.attention.output.LayerNorm`, width);
  const between = normaliseFirst(graph.op('Add', [x, widened(building, attended)]));
  const up = await linear(
    building,
    await readLinear(tensors, `${key}.intermediate.dense`, width, hidden, { bias: true }),
  );
  const down = await linear(building, await readLinear(tensors, `${key}.output.dense`, hidden, width, { bias: true }));
  const moved = down(graph.op('Gelu', [up(narrowed(building, between))]));
  const normaliseSecond = await layerNorm(building, `${key}.output.LayerNorm`, width);
  return normaliseSecond(graph.op('Add', [between, widened(building, moved)]));
}

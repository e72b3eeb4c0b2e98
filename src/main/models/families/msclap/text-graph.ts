/** The text encoder of MS CLAP 2023 (GPT-2: Radford et al., 2019) as an ONNX graph. */
import type { CheckpointTensors } from '../../checkpoint/tensors.ts';
import { Graph, type Value, type WrittenGraph } from '../../onnx/graph.ts';
import { DATA_TYPES } from '../../onnx/schema.ts';
import { foldedAttention, thirdsOf, type AttentionWeights } from '../../networks/attention-weights.ts';
import {
  embeddingTable,
  layerNorm,
  narrowed,
  normalised,
  perceptron,
  widened,
  type Building,
} from '../../networks/layers.ts';
import type { Precision } from '../../networks/precision.ts';
import { HIDDEN, tokenAttention, type TokenBatch } from '../../networks/token-attention.ts';
import { readInputFirst } from '../../networks/weights.ts';
import { projectionHead } from './projection-head.ts';
import { EPSILON, GPT2, MLP_RATIO, TEXT_2023, TEXT_PROJECTION, type TextSizes } from './sizes.ts';

export interface TextGraphOptions {
  /** @default 'text.onnx' */
  fileName?: string;
  /** @default 'float32' */
  precision?: Precision;
  /** @default those of MS CLAP 2023 */
  sizes?: TextSizes;
}

/**
 * Writes the text encoder: input_ids int64[N, T] (T up to 1024) → embedding float32[N, projection], not normalised.
 * Rows are padded on the right with 0. A row is represented by its token number (count of ids that are not 0) − 1, as
 * the model was trained, which with “!” (id 0) in a text is not the last one. Since no token sees a later one, padding
 * cannot influence it and no attention mask is needed.
 * @param outFolder must exist; gets `fileName` and `fileName`.data
 * @throws UserError 'model-damaged' for weights of another model
 */
export async function buildTextGraph(
  tensors: CheckpointTensors,
  outFolder: string,
  { fileName = 'text.onnx', precision = 'float32', sizes = TEXT_2023 }: TextGraphOptions = {},
): Promise<WrittenGraph> {
  return Graph.write(outFolder, fileName, async (graph) => {
    const building: Building = { graph, tensors, precision, epsilon: EPSILON };
    const ids = graph.input('input_ids', 'int64', ['N', 'T']);
    graph.output('embedding', 'float32', ['N', sizes.projection], await encode(building, ids, sizes));
  });
}

async function encode(building: Building, ids: Value, sizes: TextSizes): Promise<Value> {
  const { graph } = building;
  const { width, heads } = sizes;
  graph.scope = 'tokens/';
  const shape = graph.op('Shape', [ids]);
  const numberOfTokens = graph.op('Gather', [shape, graph.ints([1], [])]);
  const positions = graph.op('Range', [graph.ints([0], []), numberOfTokens, graph.ints([1], [])]);
  const visible = graph.op('LessOrEqual', [positions, graph.op('Unsqueeze', [positions, graph.ints([1])])]);
  const batch: TokenBatch = {
    perHead: graph.op('Concat', [shape, graph.ints([heads, width / heads])], { axis: 0 }),
    mask: narrowed(building, graph.op('Where', [visible, graph.float(0), graph.float(HIDDEN)])),
  };
  const words = await embeddingTable(building, ids, `${GPT2}.wte.weight`, sizes.vocabulary, width);
  const places = await embeddingTable(building, positions, `${GPT2}.wpe.weight`, sizes.positions, width);
  let x = graph.op('Reshape', [graph.op('Add', [words, places]), graph.ints([-1, width])]);
  for (let layer = 0; layer < sizes.layers; layer++) {
    graph.scope = `layer_${layer}/`;
    x = await block(building, x, batch, sizes, `${GPT2}.h.${layer}`);
  }
  graph.scope = 'head/';
  const pooled = graph.op('Gather', [x, pooledRows(building, ids, shape, numberOfTokens)]);
  const normalise = await layerNorm(building, `${GPT2}.ln_f`, width);
  return projectionHead(building, normalise(pooled), TEXT_PROJECTION, width, sizes.projection);
}

/** @returns int64[N]: rows of [N · T, width] */
function pooledRows({ graph }: Building, ids: Value, shape: Value, numberOfTokens: Value): Value {
  const isToken = graph.op('Cast', [graph.op('Not', [graph.op('Equal', [ids, graph.ints([0], [])])])], {
    to: DATA_TYPES.int64,
  });
  const count = graph.op('ReduceSum', [isToken, graph.ints([1])], { keepdims: 0 });
  const last = graph.op('Max', [graph.op('Sub', [count, graph.ints([1], [])]), graph.ints([0], [])]);
  const numberOfTexts = graph.op('Gather', [shape, graph.ints([0], [])]);
  const texts = graph.op('Range', [graph.ints([0], []), numberOfTexts, graph.ints([1], [])]);
  return graph.op('Add', [graph.op('Mul', [texts, numberOfTokens]), last]);
}

async function block(
  building: Building,
  x: Value,
  batch: TokenBatch,
  { width, heads }: TextSizes,
  key: string,
): Promise<Value> {
  const { graph, tensors } = building;
  const qkv = thirdsOf(await readInputFirst(tensors, `${key}.attn.c_attn`, width, 3 * width));
  const proj = await readInputFirst(tensors, `${key}.attn.c_proj`, width, width);
  const weights = foldedAttention({ ...qkv, proj }, width / heads);
  const attended = await attention(building, x, `${key}.ln_1`, batch, weights);
  return perceptron(
    building,
    graph.op('Add', [x, widened(building, attended)]),
    `${key}.ln_2`,
    {
      first: await readInputFirst(tensors, `${key}.mlp.c_fc`, width, MLP_RATIO * width),
      second: await readInputFirst(tensors, `${key}.mlp.c_proj`, MLP_RATIO * width, width),
    },
    { activation: 'tanh', parts: 1 },
  );
}

/**
 * Of each token to itself and those before it, over the normalised x.
 * @param x [N · T, width], single precision
 * @param norm key of the normalisation
 * @returns narrowed
 */
async function attention(
  building: Building,
  x: Value,
  norm: string,
  batch: TokenBatch,
  { q, k, v, proj }: AttentionWeights,
): Promise<Value> {
  const [normalise, toQ, toK, toV] = await normalised(building, norm, [q, k, v]);
  return tokenAttention(building, normalise(x), [toQ, toK, toV], batch, proj);
}

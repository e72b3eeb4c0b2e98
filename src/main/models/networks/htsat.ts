/** HTS-AT (Chen et al., 2022) on Swin (Liu et al., 2021), the audio encoder of several CLAP models, as nodes of a graph. */
import type { Value } from '../onnx/graph.ts';
import { foldedAttention, type AttentionWeights } from './attention-weights.ts';
import { channels, gridSide, latentChannels, MLP_RATIO, windowShift, type HtsatSizes } from './htsat-sizes.ts';
import { constant, layerNorm, linear, normalised, perceptron, widened, type Building, type Layer } from './layers.ts';
import { mergeOrder, positionBias, reordering, shiftMask, windowOrder } from './token-order.ts';
import { readLinear, readWeights, transposed } from './weights.ts';

/** Where a checkpoint keeps the network: keys of layers, without their `.weight` and `.bias`. */
export interface HtsatKeys {
  patch: string;
  patchNorm: string;
  block(stage: number, block: number): BlockKeys;
  merging(stage: number): { norm: string; reduction: string };
  /** Of the last normalisation. */
  norm: string;
}

export interface BlockKeys {
  attentionNorm: string;
  /** Its weights, [width, width] each with bias, nothing folded into them. */
  attention(width: number): Promise<AttentionWeights>;
  /** The table itself. */
  positionBias: string;
  perceptronNorm: string;
  perceptron: { first: string; second: string };
}

/**
 * In int8, the attention layers of so many first stages and all mergings keep single precision: the former's inputs
 * have outliers, which leave few of the 256 steps to everything else; the latter are the only layers that nothing goes
 * around. Measured with pseudo-random weights on 16 demo sounds of many kinds, smallest cosine to float32: 0.985 with
 * the mergings only, 0.994 with the attention only, 0.998 with both, for about a tenth of the time. The attention of a
 * third stage brings next to nothing.
 */
const EXACT_ATTENTION = 2;
/** Of a clip, in one part of a perceptron. */
const TOKENS_PER_PART = 1024;

/**
 * [tokens · N, channels]: the first token of every clip of the batch, then the second, and so on, so that a token's
 * place does not depend on N; and the order that the tokens lie in (token-order.ts).
 */
interface Tokens {
  value: Value;
  order: number[];
}

/**
 * The network behind the spectrogram.
 * @param patches float32[(imageSide/patch)² · N, patch²], as spectrogram-patches.ts gives them
 * @returns float32[N, latentChannels(sizes)]; the graph's scope is `head/` then
 */
export async function htsat(building: Building, patches: Value, keys: HtsatKeys, sizes: HtsatSizes): Promise<Value> {
  const { graph } = building;
  let tokens = await patchTokens(building, patches, keys, sizes);
  const stages = sizes.depths.length;
  for (let stage = 0; stage < stages; stage++) {
    for (let block = 0; block < sizes.depths[stage]!; block++) {
      graph.scope = `stage_${stage}/block_${block}/`;
      tokens = await swinBlock(building, tokens, keys.block(stage, block), sizes, stage, block);
    }
    graph.scope = `stage_${stage}/merge/`;
    if (stage < stages - 1) tokens = await merged(building, tokens, keys.merging(stage), sizes, stage);
  }
  graph.scope = 'head/';
  const width = latentChannels(sizes);
  const normalise = await layerNorm(building, keys.norm, width);
  const byToken = graph.ints([gridSide(sizes, stages - 1) ** 2, -1, width]);
  const normalised = graph.op('Reshape', [normalise(tokens.value), byToken]);
  return graph.op('ReduceMean', [normalised, graph.ints([0])], { keepdims: 0 });
}

async function patchTokens(building: Building, patches: Value, keys: HtsatKeys, sizes: HtsatSizes): Promise<Tokens> {
  const exact: Building = { ...building, precision: 'float32' };
  const { patch, embed, window } = sizes;
  const grid = gridSide(sizes, 0);
  const order = windowOrder(grid, window, 0);
  const key = keys.patch;
  const weight = await readWeights(building.tensors, `${key}.weight`, [embed, 1, patch, patch]);
  const project = await linear(exact, {
    name: key,
    inputs: patch * patch,
    outputs: embed,
    matrix: transposed(weight, embed, patch * patch),
    bias: await readWeights(building.tensors, `${key}.bias`, [embed]),
  });
  const normalise = await layerNorm(building, keys.patchNorm, embed);
  return { value: normalise(project(await gathered(building, patches, order, patch * patch))), order };
}

async function swinBlock(
  building: Building,
  tokens: Tokens,
  keys: BlockKeys,
  sizes: HtsatSizes,
  stage: number,
  block: number,
): Promise<Tokens> {
  const { graph, tensors } = building;
  const width = channels(sizes, stage);
  const order = windowOrder(gridSide(sizes, stage), sizes.window, windowShift(sizes, stage, block));
  const x = await reordered(building, tokens, order, width);
  const attending = stage < EXACT_ATTENTION ? unquantised(building) : building;
  const attended = await windowAttention(attending, x, keys, sizes, stage, block);
  const value = await perceptron(
    building,
    graph.op('Add', [x, widened(building, attended)]),
    keys.perceptronNorm,
    {
      first: await readLinear(tensors, keys.perceptron.first, width, MLP_RATIO * width, { bias: true }),
      second: await readLinear(tensors, keys.perceptron.second, MLP_RATIO * width, width, { bias: true }),
    },
    { activation: 'erf', parts: Math.max(1, gridSide(sizes, stage) ** 2 / TOKENS_PER_PART) },
  );
  return { value, order };
}

/**
 * Attention over the normalised x.
 * @param x [tokens · N, channels], single precision; the tokens in the order of the block's windows
 * @returns narrowed
 */
async function windowAttention(
  building: Building,
  x: Value,
  keys: BlockKeys,
  sizes: HtsatSizes,
  stage: number,
  block: number,
): Promise<Value> {
  const { graph } = building;
  const width = channels(sizes, stage);
  const heads = sizes.heads[stage]!;
  const headWidth = width / heads;
  const area = sizes.window ** 2;
  const windows = gridSide(sizes, stage) ** 2 / area;
  const { q, k, v, proj } = foldedAttention(await keys.attention(width), headWidth);
  const [normalise, toQ, toK, toV] = await normalised(building, keys.attentionNorm, [q, k, v]);
  const tokens = normalise(x);
  // [w², windows · N · heads, head width] → a matrix for each window, clip and head
  const split = graph.ints([area, -1, headWidth]);
  const perHead = (project: Layer, perm: number[]) =>
    graph.op('Transpose', [graph.op('Reshape', [project(tokens), split])], { perm });
  const logits = graph.op('MatMul', [perHead(toQ, [1, 0, 2]), perHead(toK, [1, 2, 0])]);
  const biased = graph.op('Add', [
    graph.op('Reshape', [logits, graph.ints([windows, -1, heads, area, area])]),
    await logitBias(building, keys.positionBias, sizes, stage, block),
  ]);
  const weights = graph.op('Reshape', [graph.op('Softmax', [biased], { axis: -1 }), graph.ints([-1, area, area])]);
  const mixed = graph.op('MatMul', [weights, perHead(toV, [1, 0, 2])]);
  const together = graph.op('Transpose', [mixed], { perm: [1, 0, 2] });
  return (await linear(building, proj))(graph.op('Reshape', [together, graph.ints([-1, width])]));
}

/** @returns narrowed [windows or 1, 1, heads, w², w²] */
async function logitBias(
  building: Building,
  key: string,
  sizes: HtsatSizes,
  stage: number,
  block: number,
): Promise<Value> {
  const { window } = sizes;
  const heads = sizes.heads[stage]!;
  const table = await readWeights(building.tensors, key, [(2 * window - 1) ** 2, heads]);
  const bias = positionBias(table, heads, window);
  const area = window ** 2;
  const shift = windowShift(sizes, stage, block);
  if (shift === 0) return constant(building, 'position_bias', [1, 1, heads, area, area], bias);
  const mask = shiftMask(gridSide(sizes, stage), window, shift);
  const windows = mask.length / area ** 2;
  const masked = new Float32Array(windows * bias.length);
  for (let at = 0; at < masked.length; at++) {
    const pair = at % area ** 2;
    masked[at] = bias[at % bias.length]! + mask[Math.floor(at / bias.length) * area ** 2 + pair]!;
  }
  return constant(building, 'position_bias', [windows, 1, heads, area, area], masked);
}

async function merged(
  building: Building,
  tokens: Tokens,
  keys: { norm: string; reduction: string },
  sizes: HtsatSizes,
  stage: number,
): Promise<Tokens> {
  const { graph, tensors } = building;
  const grid = gridSide(sizes, stage);
  const width = channels(sizes, stage);
  const order = windowOrder(grid / 2, sizes.window, 0);
  const corners = graph.op('Reshape', [
    await reordered(building, tokens, mergeOrder(grid, order), width),
    graph.ints([order.length, 4, -1, width]),
  ]);
  const cells = graph.op('Reshape', [
    graph.op('Transpose', [corners], { perm: [0, 2, 1, 3] }),
    graph.ints([-1, 4 * width]),
  ]);
  const reduction = await readLinear(tensors, keys.reduction, 4 * width, 2 * width, { bias: false });
  const [normalise, reduce] = await normalised(unquantised(building), keys.norm, [reduction]);
  return { value: widened(building, reduce(normalise(cells))), order };
}

/** Products in float32 take and give what those in int8 do. */
function unquantised(building: Building): Building {
  return building.precision === 'int8' ? { ...building, precision: 'float32' } : building;
}

async function reordered(
  building: Building,
  { value, order }: Tokens,
  wanted: readonly number[],
  width: number,
): Promise<Value> {
  const places = reordering(order, wanted);
  return places.every((place, at) => place === at) ? value : gathered(building, value, places, width);
}

/** @param value [tokens · N, width] */
async function gathered({ graph }: Building, value: Value, places: readonly number[], width: number): Promise<Value> {
  const index = await graph.tensor('places', 'int32', [places.length], Int32Array.from(places));
  const byToken = graph.op('Reshape', [value, graph.ints([places.length, -1, width])]);
  return graph.op('Reshape', [graph.op('Gather', [byToken, index]), graph.ints([-1, width])]);
}

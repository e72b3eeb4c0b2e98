/** The layers that both encoders are made of, as nodes of a graph. */
import type { CheckpointTensors } from '../checkpoint/tensors.ts';
import { DATA_TYPES } from '../onnx/schema.ts';
import { MICROSOFT, type Graph, type Value } from '../onnx/graph.ts';
import { BLOCK, quantisedBlocks, quantisedColumns, quantisedRows, type Precision } from './precision.ts';
import { EPSILON } from './sizes.ts';
import { readLinear, readWeights, type LinearWeights } from './weights.ts';

export interface Building {
  graph: Graph;
  tensors: CheckpointTensors;
  precision: Precision;
}

/** Before products: to half precision where those are made in it. */
export function narrowed({ graph, precision }: Building, x: Value): Value {
  return precision === 'float16' ? graph.op('Cast', [x], { to: DATA_TYPES.float16 }) : x;
}

/** After products: back to single precision. */
export function widened({ graph, precision }: Building, x: Value): Value {
  return precision === 'float16' ? graph.op('Cast', [x], { to: DATA_TYPES.float32 }) : x;
}

/** A constant for {@link narrowed} operands. */
export function constant({ graph, precision }: Building, name: string, shape: number[], data: Float32Array) {
  if (precision !== 'float16') return graph.tensor(name, 'float32', shape, data);
  return graph.tensor(name, 'float16', shape, new Float16Array(data));
}

/** MatMulNBits: activations are quantised too. */
const INT8_ACTIVATIONS = 4;

/** x[rows, inputs] · matrix + bias. @param x narrowed, as is what comes back */
export async function linear(building: Building, x: Value, weights: LinearWeights): Promise<Value> {
  const { graph, precision } = building;
  const { name, inputs, outputs, matrix, bias } = weights;
  const biasInput = async () => (bias === null ? [] : [await constant(building, `${name}.bias`, [outputs], bias)]);
  if (precision === 'int8') {
    const { values, scales } = quantisedColumns(matrix, inputs, outputs);
    const weight = await graph.tensor(`${name}.weight`, 'int8', [inputs, outputs], values);
    const scale = await graph.tensor(`${name}.scale`, 'float32', [outputs], scales);
    const zeroPoint = null; // all zero
    const operands = [x, weight, scale, zeroPoint, ...(await biasInput())];
    return graph.op('DynamicQuantizeMatMul', operands, {}, MICROSOFT);
  }
  if (precision === 'int8-blocks') {
    const { values, scales } = quantisedBlocks(matrix, inputs, outputs);
    const weight = await graph.tensor(`${name}.weight`, 'uint8', [outputs, inputs / BLOCK, BLOCK], values);
    const scale = await graph.tensor(`${name}.scale`, 'float32', [scales.length], scales);
    const [zeroPoints, order] = [null, null]; // 128, and blocks as they come
    const operands = [x, weight, scale, zeroPoints, order, ...(await biasInput())];
    const attributes = { K: inputs, N: outputs, bits: 8, block_size: BLOCK, accuracy_level: INT8_ACTIVATIONS };
    return graph.op('MatMulNBits', operands, attributes, MICROSOFT);
  }
  const operands = [x, await constant(building, `${name}.weight`, [inputs, outputs], matrix)];
  if (bias === null) return graph.op('MatMul', operands);
  // Gemm adds the bias while the products are at hand; an addition of its own would fetch them again.
  return graph.op('Gemm', [...operands, ...(await biasInput())]);
}

/** Over the last axis, with weight and bias; single precision. */
export async function layerNorm({ graph, tensors }: Building, x: Value, key: string, width: number): Promise<Value> {
  const weight = await readWeights(tensors, `${key}.weight`, [width]);
  const bias = await readWeights(tensors, `${key}.bias`, [width]);
  const inputs = [
    x,
    await graph.tensor(`${key}.weight`, 'float32', [width], weight),
    await graph.tensor(`${key}.bias`, 'float32', [width], bias),
  ];
  return graph.op('LayerNormalization', inputs, { axis: -1, epsilon: { float: EPSILON } });
}

/** x + a perceptron with one hidden layer of the normalised x. @param x single precision, as is what comes back */
export async function perceptron(
  building: Building,
  x: Value,
  norm: { key: string; width: number },
  layers: { first: LinearWeights; second: LinearWeights; activation: 'erf' | 'tanh' },
): Promise<Value> {
  const { graph } = building;
  const normalised = narrowed(building, await layerNorm(building, x, norm.key, norm.width));
  const hidden = await linear(building, normalised, layers.first);
  const active = graph.op('Gelu', [hidden], layers.activation === 'tanh' ? { approximate: 'tanh' } : {});
  return graph.op('Add', [x, widened(building, await linear(building, active, layers.second))]);
}

/** Rows of a table. @returns [...shape of ids, width], single precision */
export async function embeddingTable(
  { graph, tensors, precision }: Building,
  ids: Value,
  key: string,
  rows: number,
  width: number,
): Promise<Value> {
  const table = await readWeights(tensors, key, [rows, width]);
  const asFloat32 = (x: Value) => graph.op('Cast', [x], { to: DATA_TYPES.float32 });
  const lookUp = (name: Value) => graph.op('Gather', [name, ids]);
  if (precision === 'float32') return lookUp(await graph.tensor(key, 'float32', [rows, width], table));
  if (precision === 'float16') {
    return asFloat32(lookUp(await graph.tensor(key, 'float16', [rows, width], new Float16Array(table))));
  }
  const { values, scales } = quantisedRows(table, rows, width);
  const scale = lookUp(await graph.tensor(`${key}.scale`, 'float32', [rows, 1], scales));
  const integers = asFloat32(lookUp(await graph.tensor(key, 'int8', [rows, width], values)));
  return graph.op('Mul', [integers, scale]);
}

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
  const first = await linear(exact, x, await readLinear(tensors, `${key}.linear1`, inputs, outputs, { bias: false }));
  const linear2 = await readLinear(tensors, `${key}.linear2`, outputs, outputs, { bias: false });
  const second = await linear(exact, graph.op('Gelu', [first]), linear2);
  return layerNorm(exact, graph.op('Add', [first, second]), `${key}.layer_norm`, outputs);
}

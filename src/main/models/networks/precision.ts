/** How exactly the weights are kept, and what a product of them costs. */
import { transposed } from './weights.ts';

/**
 * - float32: as published.
 * - float16: weights and products in half precision, for GPUs; normalisations, the residual stream and
 *   everything up to the spectrogram's image stay in single precision. Inputs and outputs are float32.
 * - int8: weights as 8-bit integers (7 bits of them used) per output channel, activations quantised as they come, for the CPU;
 *   attention itself, normalisations, the first stages' attention layers, the mergings and the last projection stay in
 *   single precision. A third of the size.
 *   For the audio encoder: half the time of float32 or less.
 * - int8-blocks: the same, but every run of 32 weights and of 32 activations has a scale of its own, so that a few
 *   large activations (GPT-2 has them) do not cost the small ones their precision. For the text encoder: slower than
 *   int8, still faster than float32 for a few tokens, when fetching the weights is what takes the time.
 */
export type Precision = 'float32' | 'float16' | 'int8' | 'int8-blocks';

/** Weights that share a scale in int8-blocks; divides every matrix of both encoders. */
export const BLOCK = 32;

/** A matrix of 8-bit integers: column n stands for matrix[:, n] · scales[n]. */
export interface QuantisedMatrix {
  values: Int8Array;
  scales: Float32Array;
}

/**
 * Weights of a product with 8-bit activations have 7 bits: without VNNI (AVX2, AVX-512 alone), processors add two products
 * of an unsigned and a signed byte in 16 bits and saturate, 2 · 255 · 127 being more than 32767. See "reduce range" in
 * https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html.
 */
const LARGEST_FACTOR = 64;

/**
 * Symmetric, per column: the largest magnitude of a column becomes {@link LARGEST_FACTOR}.
 * @param matrix [rows, columns]
 */
export function quantisedColumns(matrix: Float32Array, rows: number, columns: number): QuantisedMatrix {
  const scales = new Float32Array(columns);
  for (let at = 0; at < matrix.length; at++) {
    const column = at % columns;
    scales[column] = Math.max(scales[column]!, Math.abs(matrix[at]!));
  }
  for (let column = 0; column < columns; column++) scales[column] = scales[column]! / LARGEST_FACTOR || 1;
  const values = new Int8Array(rows * columns);
  for (let at = 0; at < matrix.length; at++) values[at] = Math.round(matrix[at]! / scales[at % columns]!);
  return { values, scales };
}

/** The same for the rows of a table. */
export function quantisedRows(table: Float32Array, rows: number, columns: number): QuantisedMatrix {
  const scales = new Float32Array(rows);
  const values = new Int8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const from = table.subarray(row * columns, (row + 1) * columns);
    let largest = 0;
    for (const value of from) largest = Math.max(largest, Math.abs(value));
    const scale = largest / 127 || 1;
    scales[row] = scale;
    for (let column = 0; column < columns; column++) values[row * columns + column] = Math.round(from[column]! / scale);
  }
  return { values, scales };
}

/**
 * As onnxruntime's MatMulNBits wants 8 bits: column after column, 128 standing for zero.
 * @param matrix [rows, columns]; rows a multiple of {@link BLOCK}
 * @returns values [columns, rows / BLOCK, BLOCK], scales [columns · rows / BLOCK]
 */
export function quantisedBlocks(
  matrix: Float32Array,
  rows: number,
  columns: number,
): { values: Uint8Array; scales: Float32Array } {
  const turned = transposed(matrix, rows, columns);
  const scales = new Float32Array(turned.length / BLOCK);
  const values = new Uint8Array(turned.length);
  for (let block = 0; block < scales.length; block++) {
    const from = turned.subarray(block * BLOCK, (block + 1) * BLOCK);
    let largest = 0;
    for (const value of from) largest = Math.max(largest, Math.abs(value));
    const scale = largest / 127 || 1;
    scales[block] = scale;
    for (let i = 0; i < BLOCK; i++) values[block * BLOCK + i] = 128 + Math.round(from[i]! / scale);
  }
  return { values, scales };
}

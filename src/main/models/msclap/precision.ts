/** How exactly the weights are kept, and what a product of them costs. */

/**
 * - float32: as published.
 * - float16: weights and products in half precision, for graphics processors; normalisations, the residual stream and
 *   everything up to the spectrogram's image stay in single precision. Inputs and outputs are float32.
 * - int8: weights as 8-bit integers per output channel, activations quantised as they come, for the processor;
 *   attention itself, normalisations and the last projection stay in single precision.
 */
export type Precision = 'float32' | 'float16' | 'int8';

/** A matrix of 8-bit integers: column n stands for matrix[:, n] · scales[n]. */
export interface QuantisedMatrix {
  values: Int8Array;
  scales: Float32Array;
}

/**
 * Symmetric, per column: the largest magnitude of a column becomes 127.
 * @param matrix [rows, columns]
 */
export function quantisedColumns(matrix: Float32Array, rows: number, columns: number): QuantisedMatrix {
  const scales = new Float32Array(columns);
  for (let at = 0; at < matrix.length; at++) {
    const column = at % columns;
    scales[column] = Math.max(scales[column]!, Math.abs(matrix[at]!));
  }
  for (let column = 0; column < columns; column++) scales[column] = scales[column]! / 127 || 1;
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

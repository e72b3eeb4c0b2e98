/** Reading the tensors that a graph is made of, and the rearrangements that graphs want. */
import { UserError } from '../../../shared/errors.ts';
import type { CheckpointTensors } from '../checkpoint/tensors.ts';

/**
 * @param shape what the architecture demands
 * @returns the values in C order
 * @throws UserError 'model-damaged' when the tensor is missing, not float32, or of another shape
 */
export async function readWeights(
  tensors: CheckpointTensors,
  key: string,
  shape: readonly number[],
): Promise<Float32Array> {
  const tensor = tensors.get(key);
  if (tensor.dtype !== 'float32' || tensor.shape.join() !== shape.join()) {
    throw new UserError(
      'model-damaged',
      `These are the weights of another model: “${key}” is ${tensor.dtype}[${tensor.shape.join(', ')}] instead of float32[${shape.join(', ')}]. Choose the file published by the model’s authors.`,
    );
  }
  return tensor.read();
}

/** [rows, columns] → [columns, rows] */
export function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(matrix.length);
  // By squares that fit the cache: column by column of a large matrix, every access would miss it.
  const side = 64;
  for (let top = 0; top < rows; top += side) {
    for (let left = 0; left < columns; left += side) {
      const bottom = Math.min(rows, top + side);
      const right = Math.min(columns, left + side);
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          result[column * rows + row] = matrix[row * columns + column]!;
        }
      }
    }
  }
  return result;
}

/** A matrix and what is added to its products. */
export interface LinearWeights {
  name: string;
  inputs: number;
  outputs: number;
  /** [inputs, outputs] */
  matrix: Float32Array;
  /** [outputs] */
  bias: Float32Array | null;
}

/** A layer as PyTorch's Linear keeps it: weight [outputs, inputs]. */
export async function readLinear(
  tensors: CheckpointTensors,
  key: string,
  inputs: number,
  outputs: number,
  options: { bias: boolean },
): Promise<LinearWeights> {
  const weight = await readWeights(tensors, `${key}.weight`, [outputs, inputs]);
  const bias = options.bias ? await readWeights(tensors, `${key}.bias`, [outputs]) : null;
  return { name: key, inputs, outputs, matrix: transposed(weight, outputs, inputs), bias };
}

/** A layer as GPT-2 keeps it: weight [inputs, outputs]. */
export async function readInputFirst(
  tensors: CheckpointTensors,
  key: string,
  inputs: number,
  outputs: number,
): Promise<LinearWeights> {
  const matrix = await readWeights(tensors, `${key}.weight`, [inputs, outputs]);
  return { name: key, inputs, outputs, matrix, bias: await readWeights(tensors, `${key}.bias`, [outputs]) };
}

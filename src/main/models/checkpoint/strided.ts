/** The values of one tensor from the bytes of its storage: any strides in, C order out. */
import type { StoredArchive, StoredEntry } from './stored-archive.ts';
import { ELEMENT_BYTES, type ElementType, type TensorReference } from './torch-names.ts';

/** Twice the largest layer of any model that is imported here: 2^27 values are 512 MB. */
export const MAX_VALUES = 1 << 27;

/**
 * Reads only the part of the record that the tensor spans.
 * @param entry the record of the tensor's storage; at least as long as the storage claims
 * @returns Float32Array of the product of the shape
 * @throws RangeError for more values than any layer has; ArchiveError
 */
export async function readStrided(
  { storage, offset, shape, strides }: TensorReference,
  entry: StoredEntry,
  archive: StoredArchive,
): Promise<Float32Array> {
  const numberOfValues = shape.reduce((product, size) => product * size, 1);
  if (numberOfValues > MAX_VALUES) throw new RangeError(`a tensor of ${numberOfValues} values is too large`);
  if (numberOfValues === 0) return new Float32Array(0);
  const span = 1 + shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, 0);
  if (span > MAX_VALUES) throw new RangeError(`a tensor that spans ${span} values is too large`);
  const bytes = new Uint8Array(span * ELEMENT_BYTES[storage.elementType]);
  await archive.readInto(bytes, entry, offset * ELEMENT_BYTES[storage.elementType]);
  const values = asFloat32(bytes, storage.elementType);
  return isContiguous(shape, strides) ? values : inOrder(values, shape, strides, numberOfValues);
}

function isContiguous(shape: number[], strides: number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false; // an axis of one is never stepped along
    expected *= shape[axis]!;
  }
  return true;
}

function inOrder(values: Float32Array, shape: number[], strides: number[], numberOfValues: number): Float32Array {
  const target = new Float32Array(numberOfValues);
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let at = 0; at < numberOfValues; at++) {
    target[at] = values[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return target;
}

/** All files are little-endian, and so is every machine that Node runs on with onnxruntime. */
export function asFloat32(bytes: Uint8Array<ArrayBuffer>, type: ElementType): Float32Array {
  switch (type) {
    case 'float32':
      return new Float32Array(bytes.buffer);
    case 'float64':
      return Float32Array.from(new Float64Array(bytes.buffer));
    case 'float16':
      return Float32Array.from(new Float16Array(bytes.buffer));
    case 'bfloat16': {
      // The upper half of a float32.
      const upper = new Uint16Array(bytes.buffer);
      const values = new Uint32Array(upper.length);
      for (let i = 0; i < upper.length; i++) values[i] = upper[i]! << 16;
      return new Float32Array(values.buffer);
    }
    case 'int64':
    case 'int32':
    case 'bool':
    case 'uint8':
      throw new TypeError(`${type} values are not floating-point numbers`);
  }
}

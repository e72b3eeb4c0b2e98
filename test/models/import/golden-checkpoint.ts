/** CLAP_weights_2023.pth with values made by rule: every key, shape, type and stride as the published file has them. */
import { readFileSync } from 'node:fs';
import { writeTorchFile, type TensorToSave, type TorchFileOptions } from '../checkpoint/torch-file.ts';
import { pseudoTensor } from '../families/msclap/pseudo-checkpoint.ts';

const KEYS = '../shared/reference/msclap2023/keys.csv';
const STORAGES: Record<string, string> = { float32: 'FloatStorage', int64: 'LongStorage' };

/** 690 MB. */
export function writeGoldenCheckpoint(path: string, options: TorchFileOptions = {}): void {
  writeTorchFile(path, goldenTensors(), options);
}

export function goldenTensors(): TensorToSave[] {
  const [, ...lines] = readFileSync(KEYS, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [, key = '', shapeText = '', dtype = '', strideText = ''] = line.split(',');
    const shape = numbers(shapeText);
    return {
      key,
      shape,
      storage: STORAGES[dtype]!,
      ...(strideText === '' ? {} : { strides: numbers(strideText) }),
      values: () => (strideText === '' ? valuesOf(key, shape, dtype) : byColumns(pseudoTensor(key, shape), shape)),
    };
  });
}

function numbers(text: string): number[] {
  return text === 'scalar' ? [] : text.split('x').map(Number);
}

function valuesOf(key: string, shape: number[], dtype: string): ArrayBufferView {
  const size = shape.reduce((product, length) => product * length, 1);
  if (key === 'logit_scale') return Float32Array.of(3);
  if (key.endsWith('masked_bias')) return Float32Array.of(-10_000);
  if (/\.h\.\d+\.attn\.bias$/.test(key)) return lowerTriangle(shape.at(-1)!);
  if (dtype === 'int64') return new BigInt64Array(size).fill(123_456n); // counters and indices: the importer needs none
  if (key.endsWith('attn_mask')) return new Float32Array(size); // it computes this one, too
  return pseudoTensor(key, shape);
}

function lowerTriangle(side: number): Float32Array {
  return Float32Array.from({ length: side * side }, (_, i) => (i % side <= Math.floor(i / side) ? 1 : 0));
}

function byColumns(values: Float32Array, [rows = 0, columns = 0]: number[]): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);
}

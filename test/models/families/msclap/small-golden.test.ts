/** A small checkpoint against what PyTorch gives for it: bench/reference/small_golden.py makes the values, at the same sizes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TorchCheckpoint } from '../../../../src/main/models/checkpoint/torch-checkpoint.ts';
import { buildAudioGraph } from '../../../../src/main/models/families/msclap/audio-graph.ts';
import { buildTextGraph } from '../../../../src/main/models/families/msclap/text-graph.ts';
import { writeTorchFile } from '../../checkpoint/torch-file.ts';
import { pseudoTensor } from './pseudo-checkpoint.ts';
import { fillUniform, fnv1a } from './pseudo-random.ts';
import { AUDIO, SHAPES, TEXT } from './small-model.ts';
import { temporaryFolder } from '../../../kit/temporary-folder.ts';

const LARGEST = 1e-4;

interface Golden {
  audio: { seed: string; embedding: number[] }[];
  text: { ids: number[]; embedding: number[] }[];
}

const golden = JSON.parse(readFileSync(new URL('small-golden.json', import.meta.url), 'utf8')) as Golden;
const folder = temporaryFolder('small-golden');
let checkpoint: TorchCheckpoint;
beforeAll(async () => {
  const path = join(folder, 'small.pth');
  const tensors = [...SHAPES].map(([key, shape]) => ({ key, shape, values: () => pseudoTensor(key, shape) }));
  writeTorchFile(path, tensors);
  checkpoint = await TorchCheckpoint.open(path, 'model');
});
afterAll(async () => {
  await checkpoint.close();
});

test('sounds', async () => {
  await buildAudioGraph(checkpoint, folder, { sizes: AUDIO });
  const session = await InferenceSession.create(join(folder, 'audio.onnx'));
  for (const { seed, embedding } of golden.audio) {
    const waveform = new Tensor('float32', sound(seed), [1, AUDIO.samples]);
    expectSame((await session.run({ waveform }))['embedding']!.data as Float32Array, embedding);
  }
  await session.release();
});

test('texts', async () => {
  await buildTextGraph(checkpoint, folder, { sizes: TEXT });
  const session = await InferenceSession.create(join(folder, 'text.onnx'));
  for (const { ids, embedding } of golden.text) {
    const input_ids = new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);
    expectSame((await session.run({ input_ids }))['embedding']!.data as Float32Array, embedding);
  }
  await session.release();
});

/** Noise that swells from nothing to −0.5..0.5, as in small_golden.py. */
function sound(seed: string): Float32Array {
  const noise = new Float64Array(AUDIO.samples);
  fillUniform(noise, fnv1a(seed), 0, 0.5);
  return Float32Array.from(noise, (value, at) => (value * at) / AUDIO.samples);
}

function expectSame(found: Float32Array, expected: number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [at, value] of expected.entries()) expect(Math.abs(found[at]! - value)).toBeLessThan(LARGEST);
}

/** Small encoders of the same structure against a plain computation in double precision. */
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, expect, test } from 'vitest';
import type { CheckpointTensors } from '../../../../src/main/models/checkpoint/tensors.ts';
import { buildAudioGraph } from '../../../../src/main/models/families/msclap/audio-graph.ts';
import type { Precision } from '../../../../src/main/models/networks/precision.ts';
import { buildTextGraph } from '../../../../src/main/models/families/msclap/text-graph.ts';
import { signal } from './golden-signal.ts';
import { plainAudioEmbedding, plainTextEmbedding } from './plain-encoders.ts';
import { pseudoCheckpoint, pseudoTensor } from './pseudo-checkpoint.ts';
import { AUDIO, SHAPES, TEXT } from './small-model.ts';
import { temporaryFolder } from '../../../kit/temporary-folder.ts';

const SOUNDS = [
  signal([{ kind: 'sweep', f0: 100, f1: 9000, seconds: 0.05, a: 0.5 }], AUDIO.samples),
  signal([{ kind: 'noise', seed: 5, a: 0.3 }], AUDIO.samples),
  signal([{ kind: 'click', at: 900, width: 300, half: 7, a: 0.8 }], AUDIO.samples),
];
const TEXTS = [
  [7, 3, 49],
  [5, 0, 0, 12, 31, 0, 2], // ids 0 within the text: an earlier token stands for it
  [1],
];

let folder: string;
beforeAll(() => {
  folder = temporaryFolder('msclap');
});

test('sounds: as the plain computation, alone and in a batch', async () => {
  await buildAudioGraph(pseudoCheckpoint(SHAPES), folder, { sizes: AUDIO });
  const session = await InferenceSession.create(join(folder, 'audio.onnx'));
  const expected = SOUNDS.map((pcm) => plainAudioEmbedding(pcm, SHAPES, AUDIO));
  const together = await embed(session, SOUNDS);
  for (const [at, sound] of SOUNDS.entries()) {
    const [alone] = await embed(session, [sound]);
    expect(largestDifference(alone!, expected[at]!)).toBeLessThan(1e-4);
    expect(largestDifference(together[at]!, expected[at]!)).toBeLessThan(1e-4);
  }
});

test('sounds: DFT kernels of another kind are multiplied with as they are', async () => {
  const tensors = pseudoCheckpoint(SHAPES);
  const doubled: CheckpointTensors = {
    get(key) {
      const tensor = tensors.get(key);
      if (!key.includes('.stft.')) return tensor;
      return { ...tensor, read: () => Promise.resolve(pseudoTensor(key, tensor.shape).map((value) => value * 2)) };
    },
  };
  await buildAudioGraph(doubled, folder, { sizes: AUDIO, fileName: 'doubled.onnx' });
  const session = await InferenceSession.create(join(folder, 'doubled.onnx'));
  const [found] = await embed(session, [SOUNDS[1]!]);
  const louder = SOUNDS[1]!.map((value) => value * 2);
  expect(largestDifference(found!, plainAudioEmbedding(louder, SHAPES, AUDIO))).toBeLessThan(1e-4);
});

test('texts: as the plain computation, alone and padded in a batch', async () => {
  await buildTextGraph(pseudoCheckpoint(SHAPES), folder, { sizes: TEXT });
  const session = await InferenceSession.create(join(folder, 'text.onnx'));
  const expected = TEXTS.map((ids) => plainTextEmbedding(ids, SHAPES, TEXT));
  const together = await read(session, TEXTS);
  for (const [at, ids] of TEXTS.entries()) {
    const [alone] = await read(session, [ids]);
    expect(largestDifference(alone!, expected[at]!)).toBeLessThan(2e-5);
    expect(largestDifference(together[at]!, expected[at]!)).toBeLessThan(2e-5);
  }
});

test.each<[Precision, number]>([
  ['float16', 0.9999],
  ['int8', 0.99],
  ['int8-blocks', 0.99],
])('%s keeps the direction of the embeddings (cosine ≥ %f) and takes less room', async (precision, limit) => {
  const tensors = pseudoCheckpoint(SHAPES);
  const exact = await buildAudioGraph(tensors, folder, { sizes: AUDIO });
  const audio = await buildAudioGraph(tensors, folder, { sizes: AUDIO, precision, fileName: `${precision}.onnx` });
  await buildTextGraph(tensors, folder, { sizes: TEXT, precision, fileName: `${precision}-text.onnx` });
  expect(audio.bytes).toBeLessThan(0.8 * exact.bytes);
  const embedded = await embed(await InferenceSession.create(join(folder, `${precision}.onnx`)), SOUNDS);
  for (const [at, embedding] of embedded.entries()) {
    expect(cosine(embedding, plainAudioEmbedding(SOUNDS[at]!, SHAPES, AUDIO))).toBeGreaterThan(limit);
  }
  const understood = await read(await InferenceSession.create(join(folder, `${precision}-text.onnx`)), TEXTS);
  for (const [at, embedding] of understood.entries()) {
    expect(cosine(embedding, plainTextEmbedding(TEXTS[at]!, SHAPES, TEXT))).toBeGreaterThan(limit);
  }
});

test('weights of another shape are refused by name', async () => {
  const shapes = new Map(SHAPES).set('audio_encoder.base.htsat.norm.bias', [63]);
  const building = buildAudioGraph(pseudoCheckpoint(shapes), folder, { sizes: AUDIO, fileName: 'wrong.onnx' });
  await expect(building).rejects.toMatchObject({
    code: 'model-damaged',
    userMessage: expect.stringContaining(
      '“audio_encoder.base.htsat.norm.bias” is float32[63] instead of float32[64]',
    ) as string,
  });
});

async function embed(session: InferenceSession, sounds: Float32Array[]): Promise<Float32Array[]> {
  const samples = Float32Array.from(sounds.flatMap((sound) => Array.from(sound)));
  const outputs = await session.run({ waveform: new Tensor('float32', samples, [sounds.length, AUDIO.samples]) });
  return rows(outputs['embedding']!.data as Float32Array, AUDIO.projection);
}

async function read(session: InferenceSession, texts: number[][]): Promise<Float32Array[]> {
  const length = Math.max(...texts.map((ids) => ids.length));
  const padded = texts.flatMap((ids) => [...ids, ...new Array<number>(length - ids.length).fill(0)]);
  const ids = new Tensor('int64', BigInt64Array.from(padded, BigInt), [texts.length, length]);
  const outputs = await session.run({ input_ids: ids });
  return rows(outputs['embedding']!.data as Float32Array, TEXT.projection);
}

function rows(data: Float32Array, length: number): Float32Array[] {
  return Array.from({ length: data.length / length }, (_, i) => data.slice(i * length, (i + 1) * length));
}

function largestDifference(a: ArrayLike<number>, b: readonly number[]): number {
  return Math.max(...b.map((value, i) => Math.abs(value - a[i]!)));
}

function cosine(a: ArrayLike<number>, b: readonly number[]): number {
  const product = b.reduce((sum, value, i) => sum + value * a[i]!, 0);
  const ofA = Array.from(a).reduce((sum, value) => sum + value * value, 0);
  return product / Math.sqrt(ofA * b.reduce((sum, value) => sum + value * value, 0));
}

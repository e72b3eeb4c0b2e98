/** A pack with weights of another precision: searching uses them, whoever checks the model gets the published ones. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadPack, spaceOf } from '../../src/main/packs/pack.ts';
import { EngineTrial } from '../calls/engine-trial.ts';
import { TINY_PACK } from '../faults/program.ts';
import { onnxFile } from '../fixtures/tiny-pack/onnx-file.ts';
import { sha256 } from '../kit/sha256.ts';

const DIM = 16;
/** What the variants of this test answer to everything, so that one sees who answered. */
const AUDIO_ANSWER = 3;
const TEXT_ANSWER = 5;

let trial: EngineTrial, folder: string;
beforeEach(() => {
  trial = new EngineTrial();
  folder = join(trial.folder, 'pack');
  cpSync(TINY_PACK, folder, { recursive: true });
});
afterEach(() => trial.end());

/** Every input gives the unit vector along one axis. */
function constantGraph(input: 'waveform' | 'input_ids', answer: number): Buffer {
  const type = input === 'waveform' ? 'float32' : 'int64';
  const unit = Float32Array.from({ length: DIM }, (_, i) => (i === answer ? 1 : 0));
  return onnxFile({
    nodes: [
      { op: 'Cast', inputs: [input], outputs: ['numbers'], attributes: { to: 1 } },
      { op: 'ReduceSum', inputs: ['numbers', 'columns'], outputs: ['sums'] },
      { op: 'Mul', inputs: ['sums', 'zero'], outputs: ['zeros'] },
      { op: 'Add', inputs: ['zeros', 'unit'], outputs: ['embedding'] },
    ],
    weights: {
      columns: { dims: [1], data: BigInt64Array.of(1n) },
      zero: { dims: [1], data: Float32Array.of(0) },
      unit: { dims: [1, DIM], data: unit },
    },
    inputs: { [input]: { type, dims: ['N', input === 'waveform' ? 8000 : 'T'] } },
    outputs: { embedding: { type: 'float32', dims: ['N', DIM] } },
  });
}

interface Description {
  audio: object;
  text: object;
  sha256: Record<string, string>;
}

function addVariants(hardware: 'cpu' | 'gpu'): void {
  const description = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as Description;
  const graphs = { 'audio.int8.onnx': constantGraph('waveform', AUDIO_ANSWER), 'text.int8.onnx': constantGraph('input_ids', TEXT_ANSWER) }; // prettier-ignore
  for (const [file, bytes] of Object.entries(graphs)) {
    writeFileSync(join(folder, file), bytes);
    description.sha256[file] = sha256(bytes);
  }
  const variant = (file: string) => ({ variants: [{ precision: 'int8', for: hardware, file }] });
  const audio = { ...description.audio, ...variant('audio.int8.onnx') };
  const text = { ...description.text, ...variant('text.int8.onnx') };
  writeFileSync(join(folder, 'model.json'), JSON.stringify({ ...description, audio, text, selfCheck: undefined }));
}

async function answers(raw: boolean): Promise<number[]> {
  const sounds = await trial.call('embed.files', { paths: [trial.addTone('tone.wav')], raw });
  const texts = await trial.call('embed.texts', { texts: ['low'], raw });
  return [...sounds.items, ...texts.items].map(({ windows }) => {
    const { embedding } = windows[0]!;
    return embedding.filter((value) => value !== 0).length === 1 ? embedding.indexOf(Math.max(...embedding)) : -1;
  });
}

test('the CPU runs the variant made for it, and raw embeddings come from the published weights', async () => {
  const space = spaceOf(await loadPack(folder));
  addVariants('cpu');
  expect(spaceOf(await loadPack(folder))).toEqual(space); // earlier embeddings stay comparable
  await trial.start({ model: folder });
  expect(await answers(false)).toEqual([AUDIO_ANSWER, TEXT_ANSWER]);
  expect((await answers(true))[0]).toBe(-1);
  expect(await trial.call('model.check', { id: 'tiny' })).toMatchObject({
    provider: expect.stringMatching(/^CPU, \d+ threads?, 8-bit weights$/) as string,
  });
});

test('a variant for a GPU is not used on the CPU', async () => {
  addVariants('gpu');
  await trial.start({ model: folder });
  expect((await answers(false))[0]).toBe(-1);
  const check = await trial.call('model.check', { id: 'tiny' });
  expect(check.provider).toMatch(/^CPU, \d+ threads?$/);
});

test('a variant without its hash is refused', async () => {
  addVariants('cpu');
  const description = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as Description;
  delete description.sha256['audio.int8.onnx'];
  writeFileSync(join(folder, 'model.json'), JSON.stringify(description));
  await expect(loadPack(folder)).rejects.toMatchObject({ code: 'model-damaged' });
});

/**
 * The full-size encoders against embeddings that the reference implementation gave with the same pseudo-random
 * weights. Needs the reference folder beside the checkout, 1 GB on the disk and about a minute.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CheckpointTensors } from '../../../../src/main/models/checkpoint/tensors.ts';
import { buildAudioGraph } from '../../../../src/main/models/families/msclap/audio-graph.ts';
import { checkFidelity, embedClips } from '../../../../src/main/models/networks/fidelity.ts';
import { AUDIO_2023 } from '../../../../src/main/models/families/msclap/sizes.ts';
import { buildTextGraph } from '../../../../src/main/models/families/msclap/text-graph.ts';
import { fitted, signal, type Part } from './golden-signal.ts';
import { pseudoCheckpoint } from './pseudo-checkpoint.ts';
import { sha256 } from '../../../kit/sha256.ts';
import { temporaryFolder } from '../../../kit/temporary-folder.ts';

const REFERENCE = fileURLToPath(new URL('../../../../../shared/reference/msclap2023', import.meta.url));
const there = existsSync(join(REFERENCE, 'golden.json'));
if (!there) process.stderr.write(`skipped: golden cases of MS CLAP 2023: there is no ${REFERENCE}\n`);

interface Golden {
  audio: { id: string; n: number; parts: Part[]; fitted: { sum: number }; embedding: number[] }[];
  text: { id: string; ids: number[]; embedding: number[] }[];
}

const LARGEST = 1e-3;
const MEDIAN = 3e-4;

describe.skipIf(!there)('golden cases', () => {
  let folder: string;
  let golden: Golden;
  beforeAll(() => {
    folder = temporaryFolder('msclap-golden');
    golden = JSON.parse(readFileSync(join(REFERENCE, 'golden.json'), 'utf8')) as Golden;
  });

  test('sounds, in float32 and int8', async () => {
    const tensors = checkedTensors();
    await buildAudioGraph(tensors, folder);
    const sounds = golden.audio.map(({ parts, n }) => fitted(signal(parts, n), AUDIO_2023.samples));
    for (const [at, { fitted: expected }] of golden.audio.entries()) {
      expect(sounds[at]!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(expected.sum, 3);
    }
    const session = await InferenceSession.create(join(folder, 'audio.onnx'));
    const found: Float32Array[] = [];
    for (const sound of sounds) {
      const waveform = new Tensor('float32', sound, [1, AUDIO_2023.samples]);
      found.push((await session.run({ waveform }))['embedding']!.data as Float32Array);
    }
    await session.release();
    expectGolden('sounds', found, golden.audio);

    await buildAudioGraph(tensors, folder, { fileName: 'audio-int8.onnx', precision: 'int8' });
    const clips = sounds.map((waveform) => ({ waveform }));
    const reference = await embedClips(join(folder, 'audio.onnx'), clips);
    const fidelity = await checkFidelity(join(folder, 'audio-int8.onnx'), clips, reference);
    process.stderr.write(`int8 sounds: ${JSON.stringify(fidelity)}\n`);
    expect(fidelity).toMatchObject({ passed: true });
  });

  test('texts', async () => {
    await buildTextGraph(checkedTensors(), folder);
    const session = await InferenceSession.create(join(folder, 'text.onnx'));
    const found: Float32Array[] = [];
    for (const { ids } of golden.text) {
      const input_ids = new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);
      found.push((await session.run({ input_ids }))['embedding']!.data as Float32Array);
    }
    // All at once: padded, and pooled at a different place in each row.
    const length = Math.max(...golden.text.map(({ ids }) => ids.length));
    const padded = golden.text.flatMap(({ ids }) => [...ids, ...new Array<number>(length - ids.length).fill(0)]);
    const input_ids = new Tensor('int64', BigInt64Array.from(padded, BigInt), [golden.text.length, length]);
    const together = (await session.run({ input_ids }))['embedding']!.data as Float32Array;
    await session.release();
    expectGolden('texts', found, golden.text);
    const rows = found.map((row, at) => together.subarray(at * row.length, (at + 1) * row.length));
    expectGolden('texts in a batch', rows, golden.text);
  });
});

function expectGolden(what: string, found: Float32Array[], cases: { id: string; embedding: number[] }[]): void {
  const differences = cases.map(({ embedding }, at) =>
    Math.max(...embedding.map((value, i) => Math.abs(value - found[at]![i]!))),
  );
  const sorted = differences.toSorted((a, b) => a - b);
  const median = (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.floor(sorted.length / 2)]!) / 2;
  const listed = cases.map(({ id }, at) => `${id} ${differences[at]!.toExponential(1)}`).join(', ');
  process.stderr.write(`${what}: ${listed}; median ${median.toExponential(1)}\n`);
  expect(sorted.at(-1)).toBeLessThan(LARGEST);
  expect(median).toBeLessThan(MEDIAN);
}

/** Compares each tensor with the list of checksums as it is read. */
function checkedTensors(): CheckpointTensors {
  const [, ...lines] = readFileSync(join(REFERENCE, 'keys.csv'), 'utf8').trim().split(/\r?\n/);
  const rows = new Map(lines.map((line) => line.split(',')).map((cells) => [cells[1]!, cells]));
  const tensors = pseudoCheckpoint();
  return {
    get(key) {
      const tensor = tensors.get(key);
      const row = rows.get(key);
      expect(row?.[2]).toBe(tensor.shape.join('x'));
      return {
        ...tensor,
        async read() {
          const values = await tensor.read();
          // Sines and logarithms of the others may differ in the last bit.
          if (row?.[5] === 'rand') {
            const hash = sha256(new Uint8Array(values.buffer));
            expect(`${key} ${hash.slice(0, 16)}`).toBe(`${key} ${row.at(-1)}`);
          }
          return values;
        },
      };
    },
  };
}

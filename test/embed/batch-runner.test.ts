import { expect, test } from 'vitest';
import { BatchRunner, isOutOfMemory, type RunBatch } from '../../src/main/embed/batch-runner.ts';

const WINDOW = 4;
/** As onnxruntime hands it on from CUDA. */
const FULL =
  'Non-zero status code returned while running Conv node. Failed to allocate memory for requested buffer of size 1073741824';

/** Windows whose first sample is their number. */
const windows = (count: number) => Float32Array.from({ length: count * WINDOW }, (_, i) => Math.floor(i / WINDOW));
/** Stands for a model on a graphics card, which no test machine has: the embedding is the window's number. */
const model =
  (sizes: number[], fails: (count: number, first: number) => string | null = () => null): RunBatch =>
  (samples, count) => {
    sizes.push(count);
    const message = fails(count, samples[0]!);
    if (message !== null) return Promise.reject(new Error(message));
    return Promise.resolve(Array.from({ length: count }, (_, row) => Float32Array.of(samples[row * WINDOW]!)));
  };

interface Started {
  runner: BatchRunner;
  /** Batches that the GPU was given, and the CPU. */
  gpu: number[];
  cpu: number[];
  smaller: string[];
  onCpu: string[];
}

function start(
  fails: (count: number, first: number) => string | null,
  cpuFails: typeof fails | null = () => null,
): Started {
  const started = { gpu: [] as number[], cpu: [] as number[], smaller: [] as string[], onCpu: [] as string[] };
  const runner = new BatchRunner({
    windowSamples: WINDOW,
    run: model(started.gpu, fails),
    openOnCpu: cpuFails && (() => Promise.resolve(model(started.cpu, cpuFails))),
    onSmaller: (message) => started.smaller.push(message),
    onCpu: (message) => started.onCpu.push(message),
  });
  return { runner, ...started };
}
const numbers = (rows: Awaited<ReturnType<BatchRunner['embed']>>) =>
  rows.map((row) => (row instanceof Float32Array ? row[0] : row.message));
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

test('a batch that does not fit is halved until it does; nothing is lost, and it stays at that', async () => {
  const { runner, gpu, smaller, onCpu } = start((count) => (count > 5 ? FULL : null));
  expect(numbers(await runner.embed(windows(32), 32, 'embedding'))).toEqual(upTo(32));
  expect(gpu).toEqual([32, 16, 8, ...Array.from({ length: 8 }, () => 4)]);
  expect(runner.limit).toBe(4);
  expect(smaller).toHaveLength(3);
  expect(smaller[2]).toContain('The batch size is now 4');
  gpu.length = 0;
  expect(numbers(await runner.embed(windows(6), 6, 'embedding'))).toEqual(upTo(6));
  expect(gpu).toEqual([4, 2]);
  expect(onCpu).toEqual([]);
});

test('where not even one window fits, the CPU is used from then on, with one notice', async () => {
  const { runner, gpu, cpu, onCpu } = start(() => FULL);
  expect(numbers(await runner.embed(windows(4), 4, 'embedding'))).toEqual(upTo(4));
  expect(gpu).toEqual([4, 2, 1]);
  expect(cpu).toEqual([1, 3]);
  expect(onCpu).toEqual([expect.stringMatching(/out of memory for a single window.*continues on the CPU/)]);
  await runner.embed(windows(2), 2, 'embedding');
  expect(gpu).toHaveLength(3);
});

test('after a driver failure during work the CPU is used', async () => {
  const { runner, onCpu } = start((_, first) => (first >= 0 ? 'device lost' : null));
  expect(numbers(await runner.embed(windows(3), 3, 'embedding'))).toEqual(upTo(3));
  expect(onCpu).toEqual([expect.stringContaining('device lost')]);
});

test('a window that fails on the CPU, too, is to blame itself, and affects no other', async () => {
  const bad = (count: number, first: number) => (first === 1 || count > 1 ? 'bad window' : null);
  const { runner, onCpu, gpu } = start(bad, bad);
  expect(numbers(await runner.embed(windows(3), 3, 'embedding'))).toEqual([0, 'bad window', 2]);
  expect(onCpu).toEqual([]);
  expect(gpu).toEqual([3, 1, 1, 1]);
});

test('on the CPU there is no fallback: a single window that does not fit fails with its reason', async () => {
  const { runner } = start(() => FULL, null);
  expect(numbers(await runner.embed(windows(2), 2, 'embedding'))).toEqual([FULL, FULL]);
});

test('what is not a number is no embedding', async () => {
  const { runner } = start(() => null);
  const nan = windows(2);
  nan[WINDOW] = NaN;
  expect(numbers(await runner.embed(nan, 2, 'embedding'))).toEqual([
    0,
    'the model returned values that are not numbers',
  ]);
});

test.each([
  ['CUDA failure 2: out of memory ; GPU=0', true],
  ['vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY', true],
  ['std::bad_alloc', true],
  ['887A0005 The GPU device instance has been suspended', false],
  ['Got invalid dimensions for input: waveform', false],
])('%s: out of memory %s', (message, expected) => {
  expect(isOutOfMemory(new Error(message))).toBe(expected);
});

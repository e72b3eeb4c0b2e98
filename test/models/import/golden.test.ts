/**
 * The whole way of MS CLAP 2023, as a user goes it: a checkpoint of the published file's layout with weights made by
 * rule, `earmark models import`, `earmark embed --raw`, and the values of the reference implementation. Takes a minute
 * and 2 GB of disk; only where the reference values are.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { EmbedResult, ModelStatus } from '../../../src/shared/types.ts';
import { json, kill, Program, type Run } from '../../faults/program.ts';
import { wav } from '../../faults/sounds.ts';
import { signal } from '../families/msclap/golden-signal.ts';
import { golden, skipWithoutGolden } from './golden.ts';
import { writeGoldenCheckpoint } from './golden-checkpoint.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

const SLOW_MS = 900_000;
/** Largest difference that counts as the same, and the median over all cases of their largest. */
const TOLERANCE = 1e-3;
const MEDIAN = 3e-4;

describe.skipIf(skipWithoutGolden('MS CLAP 2023 from its checkpoint'))('MS CLAP 2023', () => {
  const folder = temporaryFolder('golden');
  const checkpoint = join(folder, 'CLAP_weights_2023.pth');
  const data = join(folder, 'data');
  const earmark = (...args: string[]) => new Program(['--data', data, ...args]);
  const models = () => readdirSync(join(data, 'models'));

  beforeAll(() => writeGoldenCheckpoint(checkpoint, { device: 'cuda:0' }), SLOW_MS);

  test('killed in the middle of an import, nothing is installed', { timeout: SLOW_MS }, async () => {
    const program = earmark('models', 'import', checkpoint);
    await program.until('weights are written', () =>
      readdirSync(folder).includes('data') && readdirSync(data).includes('models')
        ? models().find((name) => readdirSync(join(data, 'models', name)).length > 0)
        : undefined,
    );
    kill(program.pid, 'SIGKILL');
    await program.ended;
    expect(await program.strays()).toEqual([]);
    expect(models().every((name) => name.startsWith('.installing-'))).toBe(true);
  });

  test('is imported', { timeout: SLOW_MS }, async () => {
    const beganMs = performance.now();
    const program = earmark('models', 'import', checkpoint, '--json');
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, program.residentBytes())), 100);
    const run: Run = await program.ended;
    clearInterval(watch);
    expect(run.code, run.stderr).toBe(0);
    expect(json<{ model: ModelStatus }>(run).model).toMatchObject({ id: 'msclap-2023', dim: 1024, problem: null });
    expect(models()).toEqual(['msclap-2023']);
    const seconds = (performance.now() - beganMs) / 1000;
    process.stdout.write(`imported in ${seconds.toFixed(1)} s, peak memory ${(peak / 1e6).toFixed(0)} MB\n`);
  });

  test('gives the values of the reference', { timeout: SLOW_MS }, async () => {
    const { audio, text } = golden();
    const files = audio.map(({ id, n, parts }) => {
      const path = join(folder, `${id}.wav`);
      writeFileSync(path, wav([signal(parts, n)], { sampleRate: 44_100, format: 'f32' }));
      return path;
    });
    const texts = text.flatMap(({ text: words }) => ['--text', words]);
    const run = await earmark('embed', '--raw', '--model', 'msclap-2023', '--json', ...files, ...texts).ended;
    expect(run.code, run.stderr).toBe(0);
    const { items } = json<EmbedResult>(run);
    const differences = [...audio, ...text].map(({ id, embedding }, i) => {
      const found = items[i]!.windows[0]!.embedding;
      expect(found, id).toHaveLength(1024);
      return { id, difference: Math.max(...embedding.map((value, at) => Math.abs(value - found[at]!))) };
    });
    const listed = differences.map(({ id, difference }) => `${id} ${difference.toExponential(1)}`).join(', ');
    process.stdout.write(`largest differences: ${listed}\n`);
    for (const { id, difference } of differences) expect(difference, id).toBeLessThan(TOLERANCE);
    const sorted = differences.map(({ difference }) => difference).toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(MEDIAN);
  });
});

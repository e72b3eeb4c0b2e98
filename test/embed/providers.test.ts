import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Encoder } from '../../src/main/embed/encoder.ts';
import { thisMachine } from '../../src/main/embed/graphics.ts';
import { cosineSimilarity } from '../../src/main/vectors/normalise.ts';
import { choosePlan, blocklist } from '../../src/main/embed/provider-choice.ts';
import { probeKey, recallReport, rememberReport } from '../../src/main/embed/provider-memory.ts';
import { probeProviders } from '../../src/main/embed/provider-probe.ts';
import { providersFor, type AudioPlan } from '../../src/main/embed/providers.ts';
import { EncoderSupervisor } from '../../src/main/embed/supervisor.ts';
import { describeProviders } from '../../src/main/host/cli/providers-command.ts';
import { Graph } from '../../src/main/models/onnx/graph.ts';
import { DATA_TYPES } from '../../src/main/models/onnx/schema.ts';
import { loadPack, type ModelPack } from '../../src/main/packs/pack.ts';
import { noSoftwareGpu, useDriver } from './software-gpu.ts';
import { tone } from './tones.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const SOME_GPU = { hasGraphics: true, identity: 'test' };
let pack: ModelPack;
let folder: string;
const restored: { restore: () => void }[] = [];

beforeAll(async () => {
  pack = await loadPack(join(import.meta.dirname, '../fixtures/tiny-pack'));
});
beforeEach(() => {
  folder = temporaryFolder('providers');
});
afterEach(() => {
  for (const { restore } of restored.splice(0)) restore();
  delete process.env['EARMARK_PROVIDER'];
});

const hasCuda = () => thisMachine().identity.includes('nvidia');

test('every platform has an order that ends with the CPU', () => {
  expect(providersFor('linux')).toEqual(['cuda', 'webgpu', 'cpu']);
  expect(providersFor('win32')).toEqual(['cuda', 'dml', 'webgpu', 'cpu']);
  expect(providersFor('darwin')).toEqual(['coreml', 'webgpu', 'cpu']);
});

test('without a GPU nothing is started, and the CPU is used', async () => {
  const report = await probeProviders(pack, { encoders: 2, machine: { hasGraphics: false, identity: '' } });
  expect(report).toMatchObject({ provider: 'cpu', reason: 'no GPU was found' });
  expect(report.tries.map(({ provider, state }) => [provider, state])).toEqual(
    providersFor(process.platform).flatMap((provider) => (provider === 'cpu' ? [] : [[provider, 'absent']])),
  );
});

test('a provider that cannot start says why in plain words, and the CPU is measured as well', async () => {
  const elsewhere = process.platform === 'darwin' ? 'dml' : 'coreml';
  const report = await probeProviders(pack, { encoders: 1, machine: SOME_GPU, providers: [elsewhere], all: true });
  expect(report.provider).toBe('cpu');
  expect(report.reason).toContain('could not be started: ');
  const [other, cpu] = report.tries;
  expect(other).toMatchObject({ provider: elsewhere, state: 'failed', windowsPerSecond: null });
  expect(cpu).toMatchObject({ provider: 'cpu', state: 'fits', message: '1 thread' });
  expect(cpu!.windowsPerSecond).toBeGreaterThan(0);
});

test('a provider that does not answer is killed and left out', async () => {
  const provider = providersFor(process.platform)[0]!;
  const report = await probeProviders(pack, { encoders: 1, machine: SOME_GPU, providers: [provider], patienceMs: 1 });
  expect(report).toMatchObject({ provider: 'cpu', tries: [{ state: 'hangs' }] });
  expect(report.reason).toContain('did not respond');
});

test('a cancel ends it at once', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(probeProviders(pack, { encoders: 1, machine: SOME_GPU, signal })).rejects.toThrow('enough');
});

describe('what is remembered', () => {
  const report = { provider: 'webgpu', precision: 'float32', reason: 'quick', batchSize: 8, tries: [] } as const;

  test('comes back for the same model on the same machine only', () => {
    const key = probeKey(pack, 'this machine');
    rememberReport(folder, key, { ...report, tries: [] });
    expect(recallReport(folder, key)).toEqual(report);
    expect(recallReport(folder, probeKey(pack, 'another driver'))).toBeNull();
    const other = { ...pack, sha256: { ...pack.sha256, [pack.audio.file]: 'f'.repeat(64) } };
    expect(recallReport(folder, probeKey(other, 'this machine'))).toBeNull();
  });

  test('a damaged file means that nothing is known, and is replaced', () => {
    writeFileSync(join(folder, 'providers.json'), '{"reports": {"a": ');
    const key = probeKey(pack);
    expect(recallReport(folder, key)).toBeNull();
    rememberReport(folder, key, { ...report, tries: [] });
    expect(recallReport(folder, key)).toEqual(report);
    expect(() => JSON.parse(readFileSync(join(folder, 'providers.json'), 'utf8')) as unknown).not.toThrow();
  });

  test.skipIf(noSoftwareGpu !== null)(
    `decides without trying again (${noSoftwareGpu ?? 'a driver is named'})`,
    async () => {
      restored.push(useDriver());
      rememberReport(folder, probeKey(pack), { ...report, tries: [] });
      const options = { dataFolder: folder, encoders: 3 };
      expect(await choosePlan(pack, options)).toEqual({
        ...{ provider: 'webgpu', precision: 'float32', reason: 'quick', batchSize: 8 },
        ...{ encoders: 1, threadsPerEncoder: 3 },
      });
      blocklist(pack, folder, 'webgpu', 'it broke');
      expect(await choosePlan(pack, options)).toMatchObject({ provider: 'cpu', reason: 'it broke', encoders: 3 });
      expect(recallReport(folder, probeKey(pack))!.tries).toMatchObject([{ provider: 'webgpu', state: 'failed' }]);
    },
  );
});

test('EARMARK_PROVIDER decides; nonsense in it is refused with what it can be', async () => {
  process.env['EARMARK_PROVIDER'] = 'cpu';
  expect(await choosePlan(pack, { dataFolder: folder, encoders: 2 })).toMatchObject({ provider: 'cpu', encoders: 2 });
  process.env['EARMARK_PROVIDER'] = 'gpu';
  await expect(choosePlan(pack, { dataFolder: folder, encoders: 2 })).rejects.toMatchObject({
    code: 'bad-input',
    userMessage: 'EARMARK_PROVIDER is “gpu”. Valid values: auto, cuda, dml, coreml, webgpu, cpu.',
  });
});

describe('at work', () => {
  const plan = (provider: AudioPlan['provider']): AudioPlan => ({ provider, reason: 'chosen', encoders: 1, threadsPerEncoder: 2, batchSize: 8 }); // prettier-ignore
  let supervisor: EncoderSupervisor;
  const notices: string[] = [];
  const blocklisted: string[] = [];
  afterEach(async () => {
    await supervisor.close();
    notices.length = blocklisted.length = 0;
  });
  const start = (provider: AudioPlan['provider']) => {
    const plans = {
      choose: () => Promise.resolve(plan(provider)),
      blocklist: (one: string) => void blocklisted.push(one),
    };
    supervisor = new EncoderSupervisor(pack, { encoders: 2, plans }, (message) => notices.push(message));
    return supervisor;
  };
  const unusable = process.platform === 'darwin' ? 'dml' : 'coreml';

  test('one that was chosen and does not start is replaced by the CPU, with a notice, and is blocklisted', async () => {
    const { provider, reason } = await start(unusable).loadAudio();
    expect([provider, blocklisted]).toEqual(['cpu', [unusable]]);
    expect(reason).toContain(unusable);
    expect(notices).toEqual([expect.stringMatching(/now runs on the CPU.*doctor --gpu/)]);
    expect(await supervisor.asking((encoder) => encoder.embedWindows([tone(2)]))).toHaveLength(1);
    expect(supervisor.filesAhead).toBe(2);
  });

  test.skipIf(noSoftwareGpu !== null)(
    `one whose process keeps crashing is replaced by the CPU (${noSoftwareGpu ?? 'in software'})`,
    async () => {
      restored.push(useDriver());
      start('webgpu');
      expect(await supervisor.loadAudio()).toEqual({ provider: 'webgpu', reason: 'chosen' });
      expect(supervisor.filesAhead).toBe(16);
      for (let crash = 0; crash < 2; crash++) {
        const { encoder } = await supervisor.running();
        process.kill(encoder.pid, 'SIGKILL');
        await encoder.exited;
      }
      expect(await supervisor.loadAudio()).toMatchObject({ provider: 'cpu' });
      expect(blocklisted).toEqual(['webgpu']);
    },
  );
});

describe.skipIf(noSoftwareGpu !== null)(
  `WebGPU on an adapter in software${noSoftwareGpu ? ` (${noSoftwareGpu})` : ''}`,
  () => {
    beforeEach(() => void restored.push(useDriver()));

    test('it is tried, gives the same embeddings as the CPU, and is measured', async () => {
      const report = await probeProviders(pack, { encoders: 1, all: true });
      const webgpu = report.tries.find(({ provider }) => provider === 'webgpu')!;
      expect(['fits', 'slower']).toContain(webgpu.state);
      expect(webgpu.cosine).toBeGreaterThan(0.9999);
      expect(webgpu.windowsPerSecond).toBeGreaterThan(0);
      if (!hasCuda()) expect(report.tries[0]).toMatchObject({ provider: 'cuda', state: 'failed' });
    });

    test('where it cannot compute in half precision, the published weights are tried on it', async () => {
      const file = 'audio.float16.onnx';
      await writeHalfPrecision(folder, file, pack);
      const half = { precision: 'float16', for: 'gpu', file, path: join(folder, file) } as const;
      const withHalf: ModelPack = { ...pack, audio: { ...pack.audio, variants: [half] } };
      const { tries } = await probeProviders(withHalf, { encoders: 1, all: true, providers: ['webgpu'] });
      expect(tries[0]).toMatchObject({ provider: 'webgpu', precision: 'float16', state: 'failed' });
      expect(tries[0]!.message).toContain('half precision');
      expect(tries[1]).toMatchObject({ provider: 'webgpu', precision: 'float32' });
      expect(['fits', 'slower']).toContain(tries[1]!.state);
      const listed = describeProviders({ ...tries[1]!, batchSize: 8, reason: 'it fits', tries });
      expect(listed[0]).toMatch(/^ {2} *webgpu, 16-bit weights .*half precision/);
      expect(listed[1]).toMatch(/^\* +webgpu .*windows\/s/);

      const options = { provider: 'webgpu', precision: 'float32', reason: 'it fits', encoders: 1 } as const;
      const encoder = await Encoder.start(withHalf, options);
      try {
        expect(await encoder.loadAudio()).toEqual({ provider: 'webgpu', precision: 'float32', reason: 'it fits' });
        expect(await encoder.embedWindows([tone(1)])).toHaveLength(1);
        expect(encoder.provider).toMatchObject({ provider: 'webgpu' });
      } finally {
        await encoder.close();
      }
    });

    test('windows through the encoder: batches of any size, each row its own, as on the CPU', async () => {
      const onGpu = await Encoder.start(pack, { provider: 'webgpu', encoders: 1, batchSize: 8 });
      const onCpu = await Encoder.start(pack, { provider: 'cpu', encoders: 1 });
      try {
        expect(await onGpu.loadAudio()).toMatchObject({ provider: 'webgpu' });
        const windows = Array.from({ length: 13 }, (_, i) => tone(i));
        const [gpu, cpu] = [await onGpu.embedWindows(windows), await onCpu.embedWindows(windows)];
        for (const [i, embedding] of gpu.entries())
          expect(cosineSimilarity(embedding, cpu[i]!)).toBeGreaterThan(0.9999);
        const { batches } = await onGpu.stats();
        expect(batches).toBeLessThan(13);
      } finally {
        await Promise.all([onGpu.close(), onCpu.close()]);
      }
    });

    test('a driver that crashes costs nothing but itself', async () => {
      const source = join(folder, 'driver.c');
      const library = join(folder, 'driver.so');
      writeFileSync(source, '#include <stdlib.h>\n__attribute__((constructor)) static void begin(void) { abort(); }\n');
      execFileSync('cc', ['-shared', '-fPIC', '-o', library, source]);
      const icd = join(folder, 'icd.json');
      writeFileSync(icd, JSON.stringify({ file_format_version: '1.0.0', ICD: { library_path: library, api_version: '1.1.0' } })); // prettier-ignore
      restored.push(useDriver(icd));
      const report = await probeProviders(pack, { encoders: 1, providers: ['webgpu'] });
      expect(report).toMatchObject({ provider: 'cpu', tries: [{ provider: 'webgpu', state: 'crashed' }] });
      expect(report.reason).toContain('crashed');
    });
  },
);

/** An audio encoder that some GPUs can load, but not run. */
async function writeHalfPrecision(to: string, file: string, { dim, audio }: ModelPack): Promise<void> {
  const { windowSamples } = audio;
  await Graph.write(to, file, async (graph) => {
    const waveform = graph.input('waveform', 'float32', ['N', windowSamples]);
    const weights = new Float16Array(windowSamples * dim).fill(1e-3);
    const matrix = await graph.tensor('matrix', 'float16', [windowSamples, dim], weights);
    const product = graph.op('MatMul', [graph.op('Cast', [waveform], { to: DATA_TYPES.float16 }), matrix]);
    const embedding = graph.op('Cast', [product], { to: DATA_TYPES.float32 });
    graph.output('embedding', 'float32', ['N', dim], embedding);
  });
}

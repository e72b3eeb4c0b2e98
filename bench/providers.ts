/** Windows per second with every execution provider of this machine, by batch size. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { thisMachine } from '../src/main/embed/graphics.ts';
import { MODEL_ENVIRONMENT, plainFailure, PROVIDER_NAMES, providersFor, type Provider } from '../src/main/embed/providers.ts'; // prettier-ignore
import type { GraphPrecision } from '../src/main/packs/variants.ts';
import { AUDIO_2023 } from '../src/main/models/families/msclap/sizes.ts';
import { Child, ChildExitedError } from '../src/main/process/child.ts';
import type { BenchContext } from './context.ts';
import { median } from './measure.ts';
import { buildGraph } from './msclap.ts';
import { pythonWithTorch, Reference } from './msclap-reference.ts';
import type { ProviderMethods } from './providers-process.ts';
import { peer, rangeOf, type Row } from './table.ts';

const BATCHES = [1, 2, 4, 8, 16, 32, 64];
/** When a run takes longer, no larger batch is tried. */
const LONGEST_MS = 12_000;
/** PyTorch's runs of one batch size; one more warms up. */
const TORCH_RUNS = 5;

interface Model {
  name: string;
  windowSamples: number;
  /** Absolute, by precision. */
  graphs: Partial<Record<GraphPrecision, string>>;
}

/** Windows a second, run by run. */
interface Speed {
  batch: number;
  rates: number[];
}

export async function providers(context: BenchContext): Promise<Row[]> {
  const { pack, quick, say } = context;
  const gpus = graphicsProviders(say);
  const { windowSamples, path } = pack.audio;
  const models: Model[] = [
    { name: pack.id, windowSamples, graphs: { float32: path } },
    await msclapModel(context, gpus.length > 0),
  ];
  const rows: Row[] = [];
  for (const model of models) {
    const torch = model.windowSamples === AUDIO_2023.samples && !quick ? await torchSpeeds(context) : null;
    let yardstick: number | null = null;
    for (const provider of ['cpu', ...gpus] as const) {
      for (const precision of provider === 'cpu' ? (['float32', 'int8'] as const) : (['float32', 'float16'] as const)) {
        const graph = model.graphs[precision];
        if (graph === undefined) continue;
        const what = `${model.name}, ${PROVIDER_NAMES[provider]}, ${precision}`;
        say(what);
        const speeds = await measure(provider, graph, model.windowSamples, quick, (message) => say(`${what}: ${message}`)); // prettier-ignore
        yardstick ??= speeds[0] ? median(speeds[0].rates) : null;
        rows.push(...rowsOf(what, deviceName(provider), speeds, yardstick, provider === 'cpu' ? [] : torch?.speeds[precision])); // prettier-ignore
      }
    }
    for (const precision of ['float32', 'float16'] as const) {
      if (torch) rows.push(...rowsOf(`${model.name}, PyTorch, ${precision}`, torch.device, torch.speeds[precision], yardstick)); // prettier-ignore
    }
  }
  return rows;
}

/** Those beside the CPU for which there is hardware, or a driver in software that the user named. */
function graphicsProviders(say: (message: string) => void): Exclude<Provider, 'cpu'>[] {
  if (thisMachine().hasGraphics === false) {
    say('this machine has no GPU; VK_ICD_FILENAMES may name a driver in software');
    return [];
  }
  return providersFor(process.platform).filter((provider) => provider !== 'cpu');
}

/** With pseudo-random weights: the speed is the same. The graphs that the section msclap has built are used again. */
async function msclapModel({ workFolder, quick, say }: BenchContext, forGpu: boolean): Promise<Model> {
  const folder = join(workFolder, 'msclap');
  mkdirSync(folder, { recursive: true });
  const graphs: Model['graphs'] = {};
  for (const precision of ['float32', 'int8', ...(forGpu ? (['float16'] as const) : [])] as const) {
    const fileName = `audio-${precision}.onnx`;
    graphs[precision] = join(folder, fileName);
    if (existsSync(graphs[precision])) continue;
    say(`building ${fileName}`);
    await buildGraph(folder, fileName, { encoder: 'audio', precision }, quick);
  }
  return { name: 'MS CLAP 2023', windowSamples: AUDIO_2023.samples, graphs };
}

async function measure(
  provider: Provider,
  path: string,
  windowSamples: number,
  quick: boolean,
  say: (message: string) => void,
): Promise<Speed[]> {
  const child = new Child<ProviderMethods>({
    processName: 'providers',
    entry: new URL('./providers-process.ts', import.meta.url),
    env: MODEL_ENVIRONMENT,
  });
  const speeds: Speed[] = [];
  try {
    await child.call('open', { provider, path, threads: availableParallelism(), windowSamples });
    for (const batch of quick ? BATCHES.slice(0, 2) : BATCHES) {
      const times = await child.call('run', { batch });
      speeds.push({ batch, rates: times.map((ms) => (1000 * batch) / ms) });
      if (2 * Math.min(...times) > LONGEST_MS) break;
    }
  } catch (error) {
    if (provider === 'cpu') throw error;
    const before = speeds.at(-1);
    if (before) say(`more than ${before.batch} at once failed (${String(error).split('\n')[0]!})`);
    else say(error instanceof ChildExitedError ? `its driver crashed (${error.how})` : plainFailure(provider, error));
  } finally {
    await child.kill();
  }
  return speeds;
}

function rowsOf(
  what: string,
  device: string,
  speeds: readonly Speed[] = [],
  yardstick: number | null,
  torch: readonly Speed[] = [],
): Row[] {
  return speeds.map(({ batch, rates }, at) => {
    const value = median(rates);
    const theirs = torch.find((speed) => speed.batch === batch);
    const notes = [
      ...(at === 0 ? [device] : []),
      ...(theirs ? [`${(value / median(theirs.rates)).toFixed(2)} x PyTorch on the same device`] : []),
    ];
    return {
      what: at === 0 ? `${what}, one at a time` : `    ${batch} at once`,
      value,
      unit: 'windows/s',
      range: rangeOf(rates),
      ...(yardstick === null ? {} : { against: peer(yardstick, 'CPU, float32, one at a time') }),
      ...(notes.length > 0 ? { note: notes.join('; ') } : {}),
    };
  });
}

/** @returns null if PyTorch is not installed or finds no GPU */
async function torchSpeeds({
  workFolder,
  say,
}: BenchContext): Promise<{ device: string; speeds: Partial<Record<GraphPrecision, Speed[]>> } | null> {
  const python = pythonWithTorch();
  const started = python === null ? null : await Reference.startOnGpu(python);
  if (started === null) return null;
  const { reference, device } = started;
  const pcm = join(workFolder, 'window.f32');
  writeFileSync(pcm, new Float32Array(AUDIO_2023.samples).fill(0.01));
  try {
    const speeds: Partial<Record<GraphPrecision, Speed[]>> = {};
    for (const precision of ['float32', 'float16'] as const) {
      say(`PyTorch on ${device}, ${precision}`);
      speeds[precision] = [];
      for (const batch of BATCHES) {
        const rates: number[] = [];
        for (let run = 0; run <= TORCH_RUNS; run++) {
          const { ms } = await reference.embed(pcm, batch, precision);
          if (run > 0) rates.push((1000 * batch) / ms);
        }
        speeds[precision].push({ batch, rates });
      }
    }
    return { device, speeds };
  } finally {
    await reference.close();
  }
}

/** For people; for a GPU as far as the system says without its driver's libraries. */
function deviceName(provider: Provider): string {
  if (provider === 'cpu') return `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} threads`;
  const named = process.env['VK_ICD_FILENAMES'] ?? process.env['VK_DRIVER_FILES'];
  if (provider === 'webgpu' && named !== undefined) return `the driver ${named}`;
  try {
    const names = execFileSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], { encoding: 'utf8' });
    return names.trim().replaceAll('\n', ', ');
  } catch {
    return thisMachine().identity; // no NVIDIA card or no such program
  }
}

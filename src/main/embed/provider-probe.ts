/** Chooses the execution provider: each is tried with the model itself, compared with the CPU and measured. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProviderReport, ProviderTry } from '../../shared/calls/models.ts';
import { toWire, UserError } from '../../shared/errors.ts';
import type { ModelPack } from '../packs/pack.ts';
import { twoTones } from '../packs/self-check.ts';
import { graphFor, precisionWords, type GraphPrecision } from '../packs/variants.ts';
import { Child, ChildExitedError } from '../process/child.ts';
import { PROCESS_ENTRIES } from '../process/entries.ts';
import { thisMachine, type Machine } from './graphics.ts';
import { cosineSimilarity } from '../vectors/normalise.ts';
import type { ProbeInput, ProbeMethods, ProbeOutput } from './provider-probe-process.ts';
import { MODEL_ENVIRONMENT, plainFailure, PROVIDER_NAMES, providersFor, type Provider } from './providers.ts';

/** A provider that has not finished by then hangs, ms. */
const PATIENCE_MS = 120_000;
/** Cosine to what the CPU gives with the published weights, for the same graph and for one in lower precision. */
const SAME_GRAPH = 0.999;
const LOWER_PRECISION = 0.995;
/** A GPU must be worth its driver's risks and its fan noise. */
const WORTHWHILE = 1.2;
/** One that is so much slower than the CPU at one window at once will not catch up with more of them. */
const HOPELESS = 1 / 20;
const CPU_BATCH = 4;
const BATCHES: Record<Exclude<Provider, 'cpu'>, number[]> = {
  cuda: [1, 8, 32, 64],
  dml: [1, 8, 32],
  coreml: [1, 8, 32],
  webgpu: [1, 8, 32],
};
/** The smallest batch that comes so near to the best speed is taken: it answers sooner and takes less memory. */
const NEARLY_BEST = 0.95;

export interface ProbeOptions {
  /** CPU sessions that would be used otherwise. */
  encoders: number;
  /** Try all of them; else it ends with the first one that is worth it. @default false */
  all?: boolean;
  signal?: AbortSignal;
  /** @default what this platform has, fastest first */
  providers?: readonly Provider[];
  /** @default PATIENCE_MS */
  patienceMs?: number;
  machine?: Machine;
}

/**
 * Each provider in a process of its own that is killed afterwards: what crashes or hangs there costs nothing here.
 * Takes milliseconds without a GPU, else some seconds.
 * @throws UserError when the model does not even run on the CPU; signal.reason
 */
export async function probeProviders(pack: ModelPack, options: ProbeOptions): Promise<ProviderReport> {
  const { encoders, all = false, providers = providersFor(process.platform), machine = thisMachine() } = options;
  const tries: ProviderTry[] = [];
  const candidates = providers.filter((provider) => provider !== 'cpu');
  let reference: Reference | null = null;
  for (const provider of candidates) {
    if (machine.hasGraphics === false) {
      tries.push(failed(provider, 'float32', 'absent', 'this machine has no GPU'));
      continue;
    }
    // What the platform does not have is found at once; the CPU is only measured for one that runs.
    const found = await tryAll(pack, provider, options, () => (reference ??= cpuReference(pack, options)));
    tries.push(...found);
    if (found.at(-1)!.state === 'fits' && !all) break;
  }
  if (all) reference ??= cpuReference(pack, options);
  const cpu = await reference;
  const { precision } = graphFor(pack.audio, 'cpu');
  if (cpu) tries.push({ provider: 'cpu', precision, state: 'fits', message: encoders === 1 ? '1 thread' : `${encoders} threads`, windowsPerSecond: cpu.windowsPerSecond, batchSize: CPU_BATCH, cosine: null }); // prettier-ignore
  const best = tries.find(({ provider, state }) => provider !== 'cpu' && state === 'fits');
  if (best)
    return {
      provider: best.provider,
      precision: best.precision,
      reason: best.message,
      batchSize: best.batchSize!,
      tries,
    };
  return { provider: 'cpu', precision, reason: whyCpu(tries), batchSize: CPU_BATCH, tries };
}

type Reference = Promise<{ embeddings: Float32Array[]; windowsPerSecond: number }>;

/** What the CPU computes with the published weights, and how fast it is with those it would use. */
async function cpuReference(pack: ModelPack, options: ProbeOptions): Reference {
  const quick = graphFor(pack.audio, 'cpu');
  try {
    const measured = await probe(input(pack, 'cpu', quick.path, options, [CPU_BATCH], 0), options);
    const exact = quick.precision === 'float32' ? measured : await probe(input(pack, 'cpu', pack.audio.path, options, [], 0), options); // prettier-ignore
    return { embeddings: exact.embeddings, windowsPerSecond: measured.speeds[0]!.windowsPerSecond };
  } catch (error) {
    options.signal?.throwIfAborted();
    const { detail } = toWire(error);
    throw new UserError('model-unusable', `The model “${pack.name}” does not run on the CPU of this machine. Run \`earmark doctor\`, or use another model.`, detail); // prettier-ignore
  }
}

/**
 * The variant made for GPUs, then the published weights: some GPUs cannot compute in half precision (and say so only
 * when asked to), are slow in it, or give other embeddings.
 * @returns one or two tries; the last one fits if any does
 */
async function tryAll(
  pack: ModelPack,
  provider: Exclude<Provider, 'cpu'>,
  options: ProbeOptions,
  reference: () => Reference,
): Promise<ProviderTry[]> {
  const variant = graphFor(pack.audio, 'gpu');
  const first = await tryOne(pack, provider, variant, options, reference);
  // What hangs once has had its time.
  if (variant.precision === 'float32' || first.state === 'fits' || first.state === 'hangs') return [first];
  const published = graphFor(pack.audio, 'gpu', 'float32');
  const second = await tryOne(pack, provider, published, options, reference);
  return second.message === first.message ? [second] : [first, second];
}

async function tryOne(
  pack: ModelPack,
  provider: Exclude<Provider, 'cpu'>,
  { path, precision }: { path: string; precision: GraphPrecision },
  options: ProbeOptions,
  reference: () => Reference,
): Promise<ProviderTry> {
  let measured: ProbeOutput;
  try {
    // One window first: most machines lack most providers, and nothing else need be measured then.
    await probe(input(pack, provider, path, options, [], 0), options);
    const { windowsPerSecond } = await reference();
    measured = await probe(input(pack, provider, path, options, BATCHES[provider], HOPELESS * windowsPerSecond), options); // prettier-ignore
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof UserError) throw error; // about the CPU, not about this one
    if (error instanceof ChildExitedError) return failed(provider, precision, 'crashed', `its driver crashed during the test (${error.how})`); // prettier-ignore
    if (error instanceof HangsError) return failed(provider, precision, 'hangs', 'it did not respond during the test');
    return failed(provider, precision, 'failed', plainFailure(provider, error));
  }
  const cpu = await reference();
  const cosine = Math.min(
    ...measured.embeddings.map((embedding, i) => cosineSimilarity(embedding, cpu.embeddings[i]!)),
  );
  const best = bestBatch(measured.speeds);
  const facts = { provider, precision, ...best, cosine: Number.isFinite(cosine) ? cosine : null };
  if (!(cosine >= (precision === 'float32' ? SAME_GRAPH : LOWER_PRECISION))) {
    const how = Number.isFinite(cosine) ? `cosine ${cosine.toFixed(4)}` : 'no numbers';
    return { ...facts, state: 'differs', message: `its embeddings differ from those of the CPU (${how})` };
  }
  const factor = best.windowsPerSecond / cpu.windowsPerSecond;
  const times = `${factor.toPrecision(2)} times as fast as the CPU`;
  if (factor < WORTHWHILE) return { ...facts, state: 'slower', message: `it is only ${times}` };
  const name = `${PROVIDER_NAMES[provider]}${precisionWords(precision)}`;
  return { ...facts, state: 'fits', message: `${name}: ${times}, same results` };
}

function input(
  pack: ModelPack,
  provider: Provider,
  path: string,
  { encoders }: ProbeOptions,
  batchSizes: number[],
  tooSlowBelow: number,
): ProbeInput {
  const { windowSamples } = pack.audio;
  const windows = [twoTones(pack.audio), hiss(windowSamples)];
  return { provider, path, windowSamples, dim: pack.dim, threads: encoders, windows, batchSizes, tooSlowBelow };
}

class HangsError extends Error {
  override readonly name = 'HangsError';
}

async function probe(what: ProbeInput, { signal, patienceMs = PATIENCE_MS }: ProbeOptions): Promise<ProbeOutput> {
  signal?.throwIfAborted();
  const child = new Child<ProbeMethods>({ processName: 'provider probe', entry: PROCESS_ENTRIES.providerProbe, env: MODEL_ENVIRONMENT, silent: true }); // prettier-ignore
  const kill = () => void child.kill();
  signal?.addEventListener('abort', kill, { once: true });
  const enough = new AbortController();
  try {
    const late = sleep(patienceMs, undefined, { signal: enough.signal }).then(() => {
      throw new HangsError();
    });
    late.catch(() => {}); // the end of waiting is no news
    return await Promise.race([child.call('measure', what), late]);
  } finally {
    enough.abort();
    signal?.removeEventListener('abort', kill);
    await child.kill();
  }
}

function bestBatch(speeds: ProbeOutput['speeds']): { batchSize: number; windowsPerSecond: number } {
  const most = Math.max(...speeds.map(({ windowsPerSecond }) => windowsPerSecond));
  return speeds.find(({ windowsPerSecond }) => windowsPerSecond >= NEARLY_BEST * most)!;
}

function failed(
  provider: Provider,
  precision: GraphPrecision,
  state: ProviderTry['state'],
  message: string,
): ProviderTry {
  return { provider, precision, state, message, windowsPerSecond: null, batchSize: null, cosine: null };
}

function whyCpu(tries: ProviderTry[]): string {
  const others = tries.filter(({ provider }) => provider !== 'cpu');
  if (others.length === 0 || others.every(({ state }) => state === 'absent')) return 'no GPU was found';
  // The one that came nearest: a provider that ran and was slower says more than one that is not installed.
  const order: ProviderTry['state'][] = ['slower', 'differs', 'crashed', 'hangs', 'failed'];
  const nearest = order.flatMap((state) => others.filter((one) => one.state === state))[0] ?? others[0]!;
  const name = PROVIDER_NAMES[nearest.provider];
  return nearest.state === 'failed' ? nearest.message : `of ${name}: ${nearest.message}`;
}

/** White noise, −0.25..0.25, always the same (a linear congruential generator): unlike tones, every band has a share. */
function hiss(length: number): Float32Array {
  let state = 7;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 33 - 0.25;
  });
}

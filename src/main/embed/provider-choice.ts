/** What the audio encoder of a model runs on here: what was asked for, what is remembered, else what is found out. */
import type { ProviderReport, ProviderTry } from '../../shared/calls/models.ts';
import { UserError } from '../../shared/errors.ts';
import type { ModelPack } from '../packs/pack.ts';
import { graphFor } from '../packs/variants.ts';
import { thisMachine } from './graphics.ts';
import { probeKey, recallReport, rememberReport } from './provider-memory.ts';
import { probeProviders } from './provider-probe.ts';
import { PROVIDERS, type AudioPlan, type Provider } from './providers.ts';

/** `EARMARK_PROVIDER=cpu`: for those who know better than the measurement, and for tests. */
const VARIABLE = 'EARMARK_PROVIDER';
const CPU_BATCH = 4;
/** For a GPU that was requested without a benchmark. */
const GPU_BATCH = 16;

export interface ChoiceOptions {
  dataFolder: string;
  /** CPU sessions to embed with where no GPU is used. */
  encoders: number;
}

/**
 * @throws UserError bad-input when the variable names no provider; what {@link probeProviders} throws
 */
export async function choosePlan(pack: ModelPack, { dataFolder, encoders }: ChoiceOptions): Promise<AudioPlan> {
  const asked = askedFor();
  if (asked !== 'auto') return planFor({ provider: asked, reason: `requested by ${VARIABLE}`, batchSize: GPU_BATCH }, encoders); // prettier-ignore
  const machine = thisMachine();
  if (machine.hasGraphics === false) return cpuPlan('no GPU was found', encoders);
  const key = probeKey(pack, machine.identity);
  const known = recallReport(dataFolder, key);
  if (known) return planFor(known, encoders);
  const report = await probeProviders(pack, { encoders, machine });
  remember(dataFolder, key, report);
  return planFor(report, encoders);
}

/** Tries all of them anew, and remembers that. @throws what {@link probeProviders} throws */
export async function probeAll(
  pack: ModelPack,
  { dataFolder, encoders }: ChoiceOptions,
  signal?: AbortSignal,
): Promise<ProviderReport> {
  const report = await probeProviders(pack, { encoders, all: true, ...(signal ? { signal } : {}) });
  remember(dataFolder, probeKey(pack), report);
  return report;
}

/** A provider that was chosen and then failed at work is not chosen again on this machine, until somebody tries anew. */
export function blocklist(pack: ModelPack, dataFolder: string, provider: Provider, why: string): void {
  const key = probeKey(pack);
  const known = recallReport(dataFolder, key);
  const { precision } = known?.provider === provider ? known : graphFor(pack.audio, 'gpu');
  const bad: ProviderTry = { provider, precision, state: 'failed', message: why, windowsPerSecond: null, batchSize: null, cosine: null }; // prettier-ignore
  const tries = [...(known?.tries.filter((one) => one.provider !== provider) ?? []), bad];
  const cpu = { provider: 'cpu', precision: graphFor(pack.audio, 'cpu').precision } as const;
  remember(dataFolder, key, { ...cpu, reason: why, batchSize: CPU_BATCH, tries });
}

export function cpuPlan(reason: string, encoders: number): AudioPlan {
  return { provider: 'cpu', reason, encoders, threadsPerEncoder: 1, batchSize: CPU_BATCH };
}

function planFor(
  chosen: Pick<AudioPlan, 'provider' | 'precision' | 'reason' | 'batchSize'>,
  encoders: number,
): AudioPlan {
  const { provider, precision, reason, batchSize } = chosen;
  if (provider === 'cpu') return cpuPlan(reason, encoders);
  // One session that takes many windows: a second one would only share the same hardware. Its threads are for what the
  // provider leaves to the CPU, and for the CPU should it have to take over.
  const how = { encoders: 1, threadsPerEncoder: encoders, batchSize };
  return { provider, reason, ...(precision ? { precision } : {}), ...how };
}

function askedFor(): Provider | 'auto' {
  const asked = process.env[VARIABLE] ?? 'auto';
  const known = (['auto', ...PROVIDERS] as const).find((name) => name === asked);
  if (known !== undefined) return known;
  throw new UserError('bad-input', `${VARIABLE} is “${asked}”. Valid values: auto, ${PROVIDERS.join(', ')}.`);
}

/** A data folder that cannot be written means only that the same is found out again. */
function remember(dataFolder: string, key: string, report: ProviderReport): void {
  try {
    rememberReport(dataFolder, key, report);
  } catch {
    // What needs the folder says what is wrong with it.
  }
}

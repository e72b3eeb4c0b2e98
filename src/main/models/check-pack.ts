/** Does a pack work on this machine, what runs it, and how fast. */
import { median } from '../../shared/median.ts';
import type { ModelCheck } from '../../shared/calls/models.ts';
import type { Encoder, ProviderChoice } from '../embed/encoder.ts';
import { PROVIDER_NAMES } from '../embed/providers.ts';
import type { ModelPack } from '../packs/pack.ts';
import { queryTexts } from '../packs/prompt.ts';
import { selfCheck } from '../packs/self-check.ts';
import { graphFor, precisionWords } from '../packs/variants.ts';

/** Rounds of embedding; a heavy model gets fewer of them. */
const ROUNDS = 3;
const ENOUGH_MS = 4000;
/** Windows for each encoder in a round: as many as it takes at once. */
const WINDOWS_PER_ENCODER = 4;
/** Searches as people type them. */
const QUERIES = [
  'a wooden door slams shut',
  'rain',
  'slow piano melody in a large hall',
  'dog',
  'crowd cheering at a stadium far away',
];

/**
 * Self-check first, then speed. Takes some seconds and most of the CPU.
 * @param encoder its audio encoder is loaded as it was asked for, if it is
 * @param encoders audio sessions that `encoder` runs on the CPU
 * @throws what the encoder throws when it cannot run at all
 */
export async function checkPack(pack: ModelPack, encoder: Encoder, encoders: number): Promise<ModelCheck> {
  const choice = await encoder.loadAudio();
  const { ok, message } = await selfCheck(pack, encoder);
  const { precision } = graphFor(pack.audio, choice.provider === 'cpu' ? 'cpu' : 'gpu', choice.precision);
  const provider = inPlainWords(choice, encoders) + precisionWords(precision);
  const providerReason = choice.reason;
  if (!ok) return { id: pack.id, provider, providerReason, problem: message, realTimeFactor: null, textMs: null };
  return {
    id: pack.id,
    provider,
    providerReason,
    problem: null,
    realTimeFactor: await realTimeFactor(pack, encoder, choice.provider === 'cpu' ? encoders : 1),
    textMs: await textMilliseconds(pack, encoder),
  };
}

function inPlainWords({ provider }: ProviderChoice, encoders: number): string {
  if (provider !== 'cpu') return PROVIDER_NAMES[provider];
  return encoders === 1 ? 'CPU, 1 thread' : `CPU, ${encoders} threads`;
}

/**
 * By the time that the encoders spend inside the model, so that neither the way of the samples between processes nor
 * a job that embeds meanwhile (its windows count as well) distorts it.
 */
async function realTimeFactor(pack: ModelPack, encoder: Encoder, encoders: number): Promise<number | null> {
  const windows = Array.from({ length: WINDOWS_PER_ENCODER * encoders }, (_, seed) =>
    noise(pack.audio.windowSamples, seed + 1),
  );
  const factors: number[] = [];
  const beganMs = performance.now();
  for (let round = 0; round < ROUNDS && (round === 0 || performance.now() - beganMs < ENOUGH_MS); round++) {
    const before = await encoder.stats();
    await encoder.embedWindows(windows, { raw: true });
    const after = await encoder.stats();
    const seconds = (after.windows - before.windows) * pack.audio.windowSeconds;
    factors.push((seconds / (after.busySeconds - before.busySeconds)) * encoders);
  }
  const factor = median(factors);
  return Number.isFinite(factor) ? factor : null; // a clock too coarse for the model says nothing
}

/** Wall time of a search's words through the text encoder, the way between the processes included. */
async function textMilliseconds(pack: ModelPack, encoder: Encoder): Promise<number> {
  const times: number[] = [];
  for (const query of QUERIES) {
    const beganMs = performance.now();
    await encoder.embedTexts(queryTexts(query, pack));
    times.push(performance.now() - beganMs);
  }
  return median(times);
}

/** White noise, −0.5..0.5, the same for the same seed (a linear congruential generator; only its speed matters). */
function noise(length: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

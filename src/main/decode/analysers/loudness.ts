/**
 * Integrated loudness by ITU-R BS.1770-4: K-weighting, mean square per channel, 400 ms blocks with 75 % overlap,
 * gates at −70 LUFS and 10 LU below the mean. FFmpeg's ebur128 filter gives the same figure, but cost four times as
 * much here (measured: 0.36 s against 0.09 s for nine minutes of stereo), as much as decoding the file itself.
 */
import type { Analyser } from './analyser.ts';

/** BS.1770 has surround channels 1.5 dB up and no LFE. Bits are FFmpeg's AV_CH_* (the same as in WAVEFORMATEXTENSIBLE). */
const LFE_MASK = 0x8n | 0x800000000n;
const SURROUND_MASK = 0x10n | 0x20n | 0x100n | 0x200n | 0x400n | 0x8000n | 0x10000n | 0x20000n | 0x3_80000000n;
/** The order that files without a channel mask mean. */
const USUAL_MASKS: Readonly<Record<number, bigint>> = {
  1: 0x4n,
  2: 0x3n,
  3: 0x7n,
  4: 0x33n,
  5: 0x37n,
  6: 0x3fn,
  8: 0x63fn,
};
const ABSOLUTE_GATE = -70;
const RELATIVE_GATE = -10;
const RANGE_GATE = -20;
/** Steps of 100 ms in a block, and in what is called short-term. */
const BLOCK_STEPS = 4;
const SHORT_TERM_STEPS = 30;
/** Below this rate the shelf at 1.7 kHz would lie at or above half the sample rate. */
const LOWEST_RATE = 4000;

interface Biquad {
  b0: number;
  b1: number;
  b2: number;
  a1: number;
  a2: number;
}

interface KWeighting {
  shelf: Biquad;
  highPass: Biquad;
}

/**
 * The two filters of K-weighting for any sample rate: the analogue prototypes behind the 48 kHz coefficients of
 * BS.1770-4, tables 1 and 2, brought to the rate by the bilinear transform.
 */
export function kWeighting(sampleRate: number): KWeighting {
  const shelf = (() => {
    const k = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
    const q = 0.7071752369554196;
    const high = 10 ** (3.999843853973347 / 20);
    const band = high ** 0.4996667741545416;
    const a0 = 1 + k / q + k * k;
    return {
      b0: (high + (band * k) / q + k * k) / a0,
      b1: (2 * (k * k - high)) / a0,
      b2: (high - (band * k) / q + k * k) / a0,
      a1: (2 * (k * k - 1)) / a0,
      a2: (1 - k / q + k * k) / a0,
    };
  })();
  const k = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
  const q = 0.5003270373238773;
  const a0 = 1 + k / q + k * k;
  // The standard leaves this filter's numerator at 1, −2, 1: its gain is part of the −0.691 below.
  return { shelf, highPass: { b0: 1, b1: -2, b2: 1, a1: (2 * (k * k - 1)) / a0, a2: (1 - k / q + k * k) / a0 } };
}

export class LoudnessMeter {
  readonly #sampleRate: number;
  readonly #weights: number[];
  /** Channels that count at all, in pairs. */
  readonly #pairs: (readonly [number, number | undefined])[];
  readonly #filter: KWeighting;
  /** What the filters remember of each channel. */
  readonly #states: Float64Array[];
  /** Weighted energy sums of 100 ms steps, and their exact lengths in samples. */
  readonly #stepEnergies: number[] = [];
  #stepEnergy = 0;
  #position = 0;
  #steps = 0;

  /** @param channelMask FFmpeg's bits for the channels, in their order; 0 if unknown */
  constructor(sampleRate: number, channels: number, channelMask: bigint) {
    this.#sampleRate = sampleRate;
    this.#weights = channelWeights(channels, channelMask);
    const counted = this.#weights.flatMap((weight, channel) => (weight > 0 ? [channel] : []));
    this.#pairs = counted.flatMap((a, i) => (i % 2 === 0 ? [[a, counted[i + 1]] as const] : []));
    this.#filter = kWeighting(sampleRate);
    this.#states = this.#weights.map(() => new Float64Array(6));
  }

  /** @param channels planes of equal length ≥ numberOfSamples, finite, −1..1 nominally */
  push(channels: readonly Float32Array[], numberOfSamples: number): void {
    if (this.#sampleRate < LOWEST_RATE) return;
    let at = 0;
    while (at < numberOfSamples) {
      const stepEnd = this.#stepStart(this.#steps + 1);
      const end = Math.min(numberOfSamples, at + stepEnd - this.#position);
      this.#weigh(channels, at, end);
      this.#position += end - at;
      at = end;
      if (this.#position < stepEnd) break;
      this.#stepEnergies.push(this.#stepEnergy);
      this.#stepEnergy = 0;
      this.#steps++;
    }
  }

  /** @returns LUFS; null when there is no whole block of 400 ms above −70 LUFS */
  integrated(): number | null {
    const blocks = this.#meanSquares(BLOCK_STEPS);
    if (blocks.length === 0) return null;
    const gate = lufs(mean(blocks)) + RELATIVE_GATE;
    return lufs(mean(blocks.filter((block) => lufs(block) > gate)));
  }

  /**
   * Loudness range by EBU Tech 3342: from the 10th to the 95th percentile of the loudness of every 3 s, without what is
   * below −70 LUFS or more than 20 LU below the mean.
   * @returns LU; null when there are no 3 s above −70 LUFS
   */
  range(): number | null {
    const loud = this.#meanSquares(SHORT_TERM_STEPS);
    if (loud.length === 0) return null;
    const gate = lufs(mean(loud)) + RANGE_GATE;
    const gated = loud.map(lufs).filter((value) => value > gate).toSorted((a, b) => a - b); // prettier-ignore
    const at = (share: number) => gated[Math.round(share * (gated.length - 1))]!;
    return at(0.95) - at(0.1);
  }

  /** Of every stretch of so many steps that is above the absolute gate. */
  #meanSquares(steps: number): number[] {
    const found: number[] = [];
    for (let i = 0; i + steps <= this.#stepEnergies.length; i++) {
      let energy = 0;
      for (let step = i; step < i + steps; step++) energy += this.#stepEnergies[step]!;
      const meanSquare = energy / (this.#stepStart(i + steps) - this.#stepStart(i));
      if (lufs(meanSquare) > ABSOLUTE_GATE) found.push(meanSquare);
    }
    return found;
  }

  #stepStart(step: number): number {
    return Math.round((step * this.#sampleRate) / 10);
  }

  /** Channels in pairs: the two recursions do not wait for each other, so a pair costs little more than one. */
  #weigh(channels: readonly Float32Array[], from: number, to: number): void {
    for (const [a, b] of this.#pairs) {
      if (b === undefined) {
        this.#stepEnergy += this.#weights[a]! * energyOfOne(channels[a]!, from, to, this.#filter, this.#states[a]!);
      } else {
        const pair = [channels[a]!, channels[b]!] as const;
        const states = [this.#states[a]!, this.#states[b]!] as const;
        this.#stepEnergy += energyOfPair(pair, from, to, this.#filter, states, [this.#weights[a]!, this.#weights[b]!]);
      }
    }
  }
}

function lufs(meanSquare: number): number {
  return -0.691 + 10 * Math.log10(meanSquare);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function channelWeights(channels: number, channelMask: bigint): number[] {
  const mask = channelMask === 0n ? (USUAL_MASKS[channels] ?? 0n) : channelMask;
  const weights: number[] = [];
  for (let bit = 1n; bit <= mask && weights.length < channels; bit <<= 1n) {
    if ((mask & bit) === 0n) continue;
    weights.push((bit & LFE_MASK) !== 0n ? 0 : (bit & SURROUND_MASK) !== 0n ? 1.41 : 1);
  }
  while (weights.length < channels) weights.push(1);
  return weights;
}

/**
 * Sum of squares of one K-weighted channel. Direct form I: the recursions wait for one multiplication and one
 * subtraction a sample, against two additions more in the transposed form (measured: a third faster).
 * @param state the last two inputs, shelf outputs and weighted outputs; updated. (Read by index: destructuring made
 *   the engine box every number, at three times the cost.)
 */
function energyOfOne(input: Float32Array, from: number, to: number, filter: KWeighting, state: Float64Array): number {
  const { b0, b1, b2, a1, a2 } = filter.shelf;
  const { a1: c1, a2: c2 } = filter.highPass;
  let x1 = state[0]!;
  let x2 = state[1]!;
  let s1 = state[2]!;
  let s2 = state[3]!;
  let y1 = state[4]!;
  let y2 = state[5]!;
  let energy = 0;
  for (let i = from; i < to; i++) {
    const x = input[i]!;
    const s = b0 * x + b1 * x1 + (b2 * x2 - a2 * s2) - a1 * s1;
    const y = s - 2 * s1 + s2 - c2 * y2 - c1 * y1;
    x2 = x1;
    x1 = x;
    s2 = s1;
    s1 = s;
    y2 = y1;
    y1 = y;
    energy += y * y;
  }
  state.set([x1, x2, s1, s2, y1, y2]);
  return energy;
}

/** The same for two channels at once: their recursions do not wait for each other. */
function energyOfPair(
  [inputA, inputB]: readonly [Float32Array, Float32Array],
  from: number,
  to: number,
  filter: KWeighting,
  states: readonly [Float64Array, Float64Array],
  weights: readonly [number, number],
): number {
  const { b0, b1, b2, a1, a2 } = filter.shelf;
  const { a1: c1, a2: c2 } = filter.highPass;
  let x1 = states[0][0]!;
  let x2 = states[0][1]!;
  let s1 = states[0][2]!;
  let s2 = states[0][3]!;
  let y1 = states[0][4]!;
  let y2 = states[0][5]!;
  let u1 = states[1][0]!;
  let u2 = states[1][1]!;
  let t1 = states[1][2]!;
  let t2 = states[1][3]!;
  let v1 = states[1][4]!;
  let v2 = states[1][5]!;
  let energyA = 0;
  let energyB = 0;
  for (let i = from; i < to; i++) {
    const x = inputA[i]!;
    const u = inputB[i]!;
    const s = b0 * x + b1 * x1 + (b2 * x2 - a2 * s2) - a1 * s1;
    const t = b0 * u + b1 * u1 + (b2 * u2 - a2 * t2) - a1 * t1;
    const y = s - 2 * s1 + s2 - c2 * y2 - c1 * y1;
    const v = t - 2 * t1 + t2 - c2 * v2 - c1 * v1;
    x2 = x1;
    x1 = x;
    s2 = s1;
    s1 = s;
    y2 = y1;
    y1 = y;
    energyA += y * y;
    u2 = u1;
    u1 = u;
    t2 = t1;
    t1 = t;
    v2 = v1;
    v1 = v;
    energyB += v * v;
  }
  states[0].set([x1, x2, s1, s2, y1, y2]);
  states[1].set([u1, u2, t1, t2, v1, v2]);
  return weights[0] * energyA + weights[1] * energyB;
}

export const loudness: Analyser<'loudness'> = {
  input: 'channels',
  begin({ sampleRate, channels, channelMask }) {
    const meter = new LoudnessMeter(sampleRate, channels, channelMask);
    return {
      push: (planes, numberOfSamples) => meter.push(planes, numberOfSamples),
      finish: () => ({ loudnessLufs: meter.integrated(), loudnessRange: meter.range() }),
    };
  },
};

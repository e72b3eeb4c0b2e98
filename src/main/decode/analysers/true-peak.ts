/**
 * The highest level between the samples, by four times oversampling as ITU-R BS.1770-4, annex 2, has it. Only beside local
 * maxima that come near the highest one so far, where alone it can lie: a tenth of the work in music.
 */

/** Places between two samples. */
const PHASES = 4;
/** Samples that each of these is computed from. */
const TAPS = 12;
const HALF = TAPS / 2;
/** Of a band-limited sound, hardly anything rises by more than this above the samples beside it. */
const NEAR = 0.6;

/** Windowed sinc: of each phase 1..3 the weights of the samples from five before to six behind. */
const WEIGHTS = Array.from({ length: PHASES - 1 }, (_, phase) => {
  const weights = Float64Array.from({ length: TAPS }, (_unused, tap) => {
    const distance = tap - (HALF - 1) - (phase + 1) / PHASES;
    return sinc(distance) * Math.cos((Math.PI * distance) / (2 * HALF));
  });
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
});

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

export class TruePeakMeter {
  /** Of each channel the last samples of the block before, and the block. */
  readonly #joined: Float32Array[];
  #peak = 0;

  constructor(channels: number) {
    this.#joined = Array.from({ length: channels }, () => new Float32Array(TAPS));
  }

  /** @param channels planes of equal length ≥ numberOfSamples, finite */
  push(channels: readonly Float32Array[], numberOfSamples: number): void {
    for (const [c, plane] of channels.entries()) {
      let joined = this.#joined[c]!;
      // As long as the block before, as a rule: its end is at the same place.
      if (joined.length !== numberOfSamples + TAPS) {
        const resized = new Float32Array(numberOfSamples + TAPS);
        resized.set(joined.subarray(-TAPS));
        joined = this.#joined[c] = resized;
      } else joined.copyWithin(0, numberOfSamples);
      joined.set(plane.subarray(0, numberOfSamples), TAPS);
      this.#peak = highestIn(joined, this.#peak);
    }
  }

  /** Behind the last block. @returns |x|, 1 for full scale */
  finish(): number {
    const silence = this.#joined.map(() => new Float32Array(TAPS));
    this.push(silence, TAPS);
    return this.#peak;
  }
}

/** @returns the highest level in these samples but for six at each end, or `peak` if that is more */
function highestIn(samples: Float32Array, peak: number): number {
  let highest = peak;
  let near = NEAR * highest;
  const end = samples.length - HALF;
  for (let i = HALF; i < end; i++) {
    const here = Math.abs(samples[i]!);
    if (here <= near || here < Math.abs(samples[i - 1]!) || here < Math.abs(samples[i + 1]!)) continue;
    highest = Math.max(highest, here, between(samples, i - 1), between(samples, i));
    near = NEAR * highest;
  }
  return highest;
}

/** @returns the highest level between a sample and the next */
function between(samples: Float32Array, at: number): number {
  const from = Math.max(0, at - HALF + 1);
  let highest = 0;
  for (const weights of WEIGHTS) {
    let sum = 0;
    for (let tap = 0; tap < TAPS; tap++) sum += weights[tap]! * samples[from + tap]!;
    highest = Math.max(highest, Math.abs(sum));
  }
  return highest;
}

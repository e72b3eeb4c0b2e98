/** Four times oversampling as ITU-R BS.1770-4, annex 2, has it: what a sound reaches between two of its samples. */

/** Places between two samples. */
const PHASES = 4;
/** Samples that each of these is computed from. */
export const OVERSAMPLING_TAPS = 12;
const HALF = OVERSAMPLING_TAPS / 2;

/** Windowed sinc: of each phase 1..3 the weights of the samples from five before to six behind. */
const WEIGHTS = Array.from({ length: PHASES - 1 }, (_, phase) => {
  const weights = Float64Array.from({ length: OVERSAMPLING_TAPS }, (_unused, tap) => {
    const distance = tap - (HALF - 1) - (phase + 1) / PHASES;
    return sinc(distance) * Math.cos((Math.PI * distance) / (2 * HALF));
  });
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
});

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** @param at index of a sample, with six more behind it @returns the highest level between it and the next, |x| */
export function highestBetween(samples: Float32Array, at: number): number {
  const from = Math.max(0, at - HALF + 1);
  let highest = 0;
  for (const weights of WEIGHTS) {
    let sum = 0;
    for (let tap = 0; tap < OVERSAMPLING_TAPS; tap++) sum += weights[tap]! * samples[from + tap]!;
    highest = Math.max(highest, Math.abs(sum));
  }
  return highest;
}

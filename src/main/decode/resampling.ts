/** What all resamplers here agree on, whatever runs the filter. */
import { greatestCommonDivisor } from '../../shared/divisor.ts';

/**
 * Twice swresample's usual filter length: −1 dB at 94 % of the new Nyquist frequency, −90 dB from 106 % on (measured
 * for 44.1 → 32 kHz), for 0.1 ms more a second of audio.
 */
export const FILTER_SIZE = 64;
/** Zeros before and behind the input, in samples of the lower rate: more than the filter reaches. */
const MARGIN_SAMPLES = 128;

export interface Margin {
  /** Zeros to put before the input, and again behind it. */
  input: number;
  /** Outputs that the zeros before it make: a whole number, to be dropped. */
  output: number;
}

/** Silence around the input, without which swresample swallows clips shorter than its filter and mirrors their edges. */
export function resamplingMargin(fromRate: number, toRate: number): Margin {
  const divisor = greatestCommonDivisor(fromRate, toRate);
  const periods = Math.ceil(MARGIN_SAMPLES / (Math.min(fromRate, toRate) / divisor));
  return { input: periods * (fromRate / divisor), output: periods * (toRate / divisor) };
}

/** Samples that come of `consumed` ones. */
export function resampledLength(consumed: number, fromRate: number, toRate: number): number {
  return Math.ceil((consumed * toRate) / fromRate);
}

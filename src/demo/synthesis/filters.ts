/** Filters whose corner may move while they run. */
import { contourAt, sampleContour, type Contour, type RenderContext } from './signal.ts';

export type FilterKind = 'low-pass' | 'high-pass' | 'band-pass' | 'notch';

/** Coefficients follow a moving corner this often, in samples: far above what an ear can tell. */
const UPDATE_SAMPLES = 16;

/**
 * Second-order filter in the trapezoidal state-variable form, which stays stable while its corner moves
 * (Simper, "Solving the continuous SVF equations using trapezoidal integration", 2013). The band-pass has unit gain
 * at its centre.
 * @param frequency Hz; kept below 0.45 of the sample rate
 * @param q 0.707 has no bump; bandwidth is frequency / q
 */
export function filter(
  context: RenderContext,
  signal: Float32Array,
  kind: FilterKind,
  frequency: Contour,
  q: Contour = Math.SQRT1_2,
): Float32Array {
  const out = new Float32Array(signal.length);
  const moving = typeof frequency === 'function' || typeof q === 'function';
  let g = 0;
  let k = 1;
  let state1 = 0;
  let state2 = 0;
  for (let n = 0; n < signal.length; n++) {
    if (n === 0 || (moving && n % UPDATE_SAMPLES === 0)) {
      const t = n / context.sampleRate;
      const hz = Math.min(0.45 * context.sampleRate, Math.max(1, contourAt(frequency, t)));
      g = Math.tan((Math.PI * hz) / context.sampleRate);
      k = 1 / Math.max(0.05, contourAt(q, t));
    }
    const input = signal[n]!;
    const a1 = 1 / (1 + g * (g + k));
    const v3 = input - state2;
    const band = a1 * (state1 + g * v3);
    const low = state2 + g * band;
    state1 = 2 * band - state1;
    state2 = 2 * low - state2;
    switch (kind) {
      case 'low-pass':
        out[n] = low;
        break;
      case 'high-pass':
        out[n] = input - k * band - low;
        break;
      case 'band-pass':
        out[n] = k * band;
        break;
      case 'notch':
        out[n] = input - k * band;
        break;
    }
  }
  return out;
}

export const lowPass = (context: RenderContext, signal: Float32Array, frequency: Contour, q?: Contour) =>
  filter(context, signal, 'low-pass', frequency, q);
export const highPass = (context: RenderContext, signal: Float32Array, frequency: Contour, q?: Contour) =>
  filter(context, signal, 'high-pass', frequency, q);
export const bandPass = (context: RenderContext, signal: Float32Array, frequency: Contour, q?: Contour) =>
  filter(context, signal, 'band-pass', frequency, q);

export interface Formant {
  /** Centre, Hz. */
  frequency: Contour;
  /** Width, Hz. */
  bandwidth: number;
  gain: Contour;
}

/** Parallel resonances, as of a throat, a violin body or an exhaust pipe. Neighbours alternate in sign so that they do not cancel between peaks. */
export function formants(context: RenderContext, signal: Float32Array, peaks: readonly Formant[]): Float32Array {
  const out = new Float32Array(signal.length);
  for (const [i, { frequency, bandwidth, gain }] of peaks.entries()) {
    const band = bandPass(context, signal, frequency, (t) => contourAt(frequency, t) / bandwidth);
    const sign = i % 2 === 0 ? 1 : -1;
    const gains = sampleContour(context, gain, out.length);
    for (let n = 0; n < out.length; n++) out[n]! += sign * gains[n]! * band[n]!;
  }
  return out;
}

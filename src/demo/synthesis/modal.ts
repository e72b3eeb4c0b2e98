/** Things that ring when struck: bars, bells, glass, wood, metal, as sums of decaying modes. */
import { LN60 } from './envelopes.ts';
import { silence, type RenderContext } from './signal.ts';

export interface Mode {
  /** Hz */
  frequency: number;
  gain: number;
  /** Seconds until 60 dB down. */
  t60: number;
}

/**
 * Feeds a signal through the modes. The impulse response of one mode is gain · e^(−d·t) · sin(2πft); modes at or
 * above 45 % of the sample rate are left out.
 */
export function resonate(context: RenderContext, signal: Float32Array, modes: readonly Mode[]): Float32Array {
  const out = new Float32Array(signal.length);
  for (const { frequency, gain, t60 } of modes) {
    if (frequency >= 0.45 * context.sampleRate) continue;
    const radius = Math.exp(-LN60 / (t60 * context.sampleRate));
    const angle = (2 * Math.PI * frequency) / context.sampleRate;
    const b = gain * radius * Math.sin(angle);
    const a1 = 2 * radius * Math.cos(angle);
    const a2 = -radius * radius;
    let y1 = 0;
    let y2 = 0;
    let x1 = 0;
    for (let n = 0; n < signal.length; n++) {
      const y = b * x1 + a1 * y1 + a2 * y2;
      x1 = signal[n]!;
      y2 = y1;
      y1 = y;
      out[n]! += y;
    }
  }
  return out;
}

/**
 * One blow on the modes.
 * @param contactSeconds how long hammer and body touch: 0.0003 is steel on steel, 0.004 a felt mallet
 */
export function strike(
  context: RenderContext,
  seconds: number,
  modes: readonly Mode[],
  contactSeconds: number,
): Float32Array {
  const blow = silence(context, seconds);
  const contact = Math.max(2, Math.round(contactSeconds * context.sampleRate));
  // Half a raised cosine of unit area: the longer the contact, the fewer high modes are woken.
  for (let n = 0; n < Math.min(contact, blow.length); n++)
    blow[n] = (1 - Math.cos((2 * Math.PI * (n + 0.5)) / contact)) / contact;
  return resonate(context, blow, modes);
}

/** Modes of a body from frequency ratios; higher modes are quieter by `tilt` and die faster. */
export function modesOf(
  context: RenderContext,
  fundamental: number,
  ratios: readonly number[],
  t60: number,
  tilt = 0.7,
  spread = 0.01,
): Mode[] {
  return ratios.map((ratio) => ({
    frequency: context.random.near(fundamental * ratio, spread),
    gain: context.random.near(Math.pow(ratio, -tilt), 0.2),
    t60: t60 / Math.sqrt(ratio),
  }));
}

/** Frequency ratios of common bodies, relative to the tone that names the pitch. */
export const RATIOS = {
  /** A free steel bar (Fletcher and Rossing, The Physics of Musical Instruments, §2.15). */
  bar: [1, 2.756, 5.404, 8.933, 13.34],
  /** A marimba bar, undercut so that the second mode is two octaves up. */
  marimba: [1, 4, 9.9],
  /** A church bell from hum to upper nominals (the same, §21.2). */
  bell: [0.5, 1, 1.19, 1.5, 2, 2.51, 2.66, 3.01, 4.1, 5.4, 6.8],
  /** A small round gong, as in a telephone or on a bicycle. */
  gong: [1, 1.02, 2.37, 2.41, 4.1, 6.2, 8.5, 11.1],
  /** A drinking glass. */
  glass: [1, 2.32, 4.25, 6.63, 9.38],
  /** A wooden panel. */
  panel: [1, 1.58, 2.24, 2.92, 3.7, 4.9, 6.4, 8.8],
} as const;

/** Periodic sources. Frequencies in Hz, output within about −1..1. */
import { contourAt, sampleContour, silence, type Contour, type RenderContext } from './signal.ts';

export type Waveform = 'sine' | 'triangle' | 'saw' | 'square' | 'pulse';

/**
 * A band-limited oscillator (saw, square and pulse with polynomial corners, PolyBLEP: Välimäki and Huovilainen,
 * "Antialiasing oscillators in subtractive synthesis", 2007).
 * @param width for 'pulse': the share of the period that is high
 */
export function oscillator(
  context: RenderContext,
  seconds: number,
  frequency: Contour,
  waveform: Waveform = 'sine',
  width = 0.25,
): Float32Array {
  const out = silence(context, seconds);
  const high = waveform === 'pulse' ? width : 0.5;
  const hertz = sampleContour(context, frequency, out.length);
  let phase = context.random.next();
  for (let n = 0; n < out.length; n++) {
    const step = Math.min(0.5, hertz[n]! / context.sampleRate);
    switch (waveform) {
      case 'sine':
        out[n] = Math.sin(2 * Math.PI * phase);
        break;
      case 'triangle':
        out[n] = 1 - 4 * Math.abs(phase - 0.5);
        break;
      case 'saw':
        out[n] = 2 * phase - 1 - corner(phase, step);
        break;
      case 'square':
      case 'pulse':
        // Minus the mean, so that a narrow pulse carries no direct current.
        out[n] = (phase < high ? 1 : -1) + corner(phase, step) - corner((phase + 1 - high) % 1, step) - (2 * high - 1);
        break;
    }
    phase += step;
    phase -= Math.floor(phase);
  }
  return out;
}

/** What turns a step of height 2 at phase 0 into a band-limited one. */
function corner(phase: number, step: number): number {
  if (step <= 0) return 0;
  if (phase < step) {
    const x = phase / step;
    return 2 * x - x * x - 1;
  }
  if (phase > 1 - step) {
    const x = (phase - 1) / step;
    return x * x + 2 * x + 1;
  }
  return 0;
}

export interface Partial {
  /** Multiple of the fundamental; need not be whole. */
  ratio: number;
  gain: Contour;
}

/** Sum of sines that share one moving fundamental; partials above 45 % of the sample rate are left out. */
export function additive(
  context: RenderContext,
  seconds: number,
  frequency: Contour,
  partials: readonly Partial[],
): Float32Array {
  const out = silence(context, seconds);
  const limit = 0.45 * context.sampleRate;
  const hertz = sampleContour(context, frequency, out.length);
  for (const { ratio, gain } of partials) {
    const gains = sampleContour(context, gain, out.length);
    let phase = context.random.next() * 2 * Math.PI;
    for (let n = 0; n < out.length; n++) {
      const hz = hertz[n]! * ratio;
      if (hz < limit) out[n]! += gains[n]! * Math.sin(phase);
      phase += (2 * Math.PI * hz) / context.sampleRate;
    }
  }
  return out;
}

/** Two-operator frequency modulation (Chowning 1973): the modulator runs at `ratio` times the carrier. */
export function frequencyModulation(
  context: RenderContext,
  seconds: number,
  carrier: Contour,
  ratio: number,
  index: Contour,
): Float32Array {
  const out = silence(context, seconds);
  let cycles = 0;
  for (let n = 0; n < out.length; n++) {
    const t = n / context.sampleRate;
    out[n] = Math.sin(2 * Math.PI * cycles + contourAt(index, t) * Math.sin(2 * Math.PI * cycles * ratio));
    cycles += contourAt(carrier, t) / context.sampleRate;
  }
  return out;
}

/** Times in seconds at which a wheel of changing speed completes a turn: the beats of engines, rotors and hooves. */
export function turns(context: RenderContext, seconds: number, frequency: Contour): number[] {
  const times: number[] = [];
  let cycles = 0;
  for (let n = 0; n < seconds * context.sampleRate; n++) {
    const before = Math.floor(cycles);
    cycles += contourAt(frequency, n / context.sampleRate) / context.sampleRate;
    if (Math.floor(cycles) > before) times.push(n / context.sampleRate);
  }
  return times;
}

/** Noise of several colours, and clouds of short grains. */
import { contourAt, mixInto, silence, type Contour, type RenderContext } from './signal.ts';

/** Flat spectrum, uniform in −1..1. */
export function whiteNoise(context: RenderContext, seconds: number): Float32Array {
  const out = silence(context, seconds);
  for (let n = 0; n < out.length; n++) out[n] = 2 * context.random.next() - 1;
  return out;
}

/**
 * About −3 dB an octave between 20 Hz and half the sample rate: independent noises through one-pole low-passes less
 * than two octaves apart, each weighted to carry its share. RMS 0.25.
 */
export function pinkNoise(context: RenderContext, seconds: number): Float32Array {
  const out = silence(context, seconds);
  const corners = [20, 70, 250, 900, 3200, 11_000];
  for (const hz of corners) {
    const pole = Math.exp((-2 * Math.PI * hz) / context.sampleRate);
    // A one-pole with unit DC gain passes power proportional to its corner; dividing by √corner evens the octaves.
    const gain = (1 - pole) / Math.sqrt(hz);
    let state = 0;
    for (let n = 0; n < out.length; n++) {
      state = pole * state + gain * (2 * context.random.next() - 1);
      out[n]! += state;
    }
  }
  return scaleToRms(out, 0.25);
}

/** −6 dB an octave above about 20 Hz: rumble. RMS 0.25. */
export function brownNoise(context: RenderContext, seconds: number): Float32Array {
  const out = silence(context, seconds);
  const pole = Math.exp((-2 * Math.PI * 20) / context.sampleRate);
  let state = 0;
  for (let n = 0; n < out.length; n++) {
    state = pole * state + (2 * context.random.next() - 1);
    out[n] = state;
  }
  return scaleToRms(out, 0.25);
}

/** In place. */
function scaleToRms(signal: Float32Array, rms: number): Float32Array {
  let energy = 0;
  for (let n = 0; n < signal.length; n++) energy += signal[n]! * signal[n]!;
  const gain = rms / Math.sqrt(energy / signal.length);
  for (let n = 0; n < signal.length; n++) signal[n]! *= gain;
  return signal;
}

/**
 * A Poisson cloud: `grain` is rendered anew for every event and mixed in at its time.
 * @param ratePerSecond events a second on average; may change over time
 */
export function scatter(
  context: RenderContext,
  seconds: number,
  ratePerSecond: Contour,
  grain: (t: number) => Float32Array,
): Float32Array {
  const out = silence(context, seconds);
  let t = 0;
  for (;;) {
    // A rate near zero would jump over the whole signal; look again a little later instead.
    const rate = contourAt(ratePerSecond, t);
    const wait = context.random.gap(1 / Math.max(rate, 1e-6));
    if (wait > 0.1) {
      t += 0.1;
      if (t >= seconds) return out;
      continue; // memoryless: waiting on from here changes nothing
    }
    t += wait;
    if (t >= seconds) return out;
    mixInto(context, out, grain(t), t);
  }
}

/** Liquids: every sound here is made of bubbles. Mono, not levelled. */
import { curve, decay, drift, glide, line, swell } from '../synthesis/envelopes.ts';
import { bandPass, highPass, lowPass } from '../synthesis/filters.ts';
import { pinkNoise, scatter, whiteNoise } from '../synthesis/noise.ts';
import { oscillator } from '../synthesis/oscillators.ts';
import { reverb } from '../synthesis/reverb.ts';
import {
  contourAt,
  mix,
  mixInto,
  normalise,
  shape,
  silence,
  type Contour,
  type RenderContext,
} from '../synthesis/signal.ts';

/**
 * One bubble: a decaying tone whose pitch rises as it nears the surface. Damping after van den Doel, "Physically based
 * models for liquid sounds" (2005): d = 0.13/r + 0.0072·r^−1.5 with a radius of r = 3/f metres.
 * @param rise how fast it rises, as a share of the damping; 0 stays under water
 */
function bubble(context: RenderContext, hz: number, rise: number, loudness = 1): Float32Array {
  const damping = 0.043 * hz + 0.0014 * Math.pow(hz, 1.5);
  const out = silence(context, Math.min(0.5, 5 / damping));
  const step = (2 * Math.PI * hz) / context.sampleRate;
  const loss = Math.exp(-damping / context.sampleRate);
  const rising = (rise * damping) / context.sampleRate;
  const attack = context.sampleRate / hz;
  let phase = 0;
  let level = loudness;
  for (let n = 0; n < out.length; n++) {
    phase += step * (1 + rising * n);
    level *= loss;
    out[n] = Math.sin(phase) * level * Math.min(1, n / attack);
  }
  return out;
}

/** Many bubbles, small ones more frequent. Peak 1. */
function bubbles(context: RenderContext, seconds: number, rate: Contour, lowHz: number, highHz: number): Float32Array {
  const { random } = context;
  return normalise(
    scatter(context, seconds, rate, () => {
      const hz = random.betweenLog(lowHz, highHz);
      const loudness = Math.pow(random.next(), 2) * Math.pow(lowHz / hz, 0.25);
      return bubble(context, hz, random.chance(0.7) ? random.between(0.02, 0.18) : 0, loudness);
    }),
  );
}

/** A brook over stones. */
export function stream(context: RenderContext, seconds = 8): Float32Array {
  const flow = drift(context, seconds, 3, 0.75, 1);
  const rush = highPass(context, pinkNoise(context, seconds), 600);
  return mix(
    [bubbles(context, seconds, 420, 500, 5200), 0.8],
    [bubbles(context, seconds, 14, 350, 900), 0.25],
    [shape(context, rush, flow), 0.3],
    [shape(context, highPass(context, whiteNoise(context, seconds), 3000), flow), 0.035],
  );
}

/** Single drops in a cave or a sink: a tick, then the bubble it takes under. */
export function waterDrips(context: RenderContext, t60 = 1.2): Float32Array {
  const { random } = context;
  const seconds = 6;
  const out = silence(context, seconds);
  for (let t = 0.2; t < seconds - 0.4; t += random.between(0.45, 0.95)) {
    const hz = random.betweenLog(1100, 2600);
    const tick = shape(context, highPass(context, whiteNoise(context, 0.01), 2500), decay(0.008));
    const loudness = random.between(0.6, 1);
    mixInto(context, out, tick, t, 0.3 * loudness);
    for (const [late, ratio, gain] of [
      [random.between(0.006, 0.012), 1, 1],
      [random.between(0.02, 0.05), random.between(1.2, 1.7), 0.5],
      [random.between(0.05, 0.09), random.between(1.4, 2.2), 0.25],
    ] as const) {
      mixInto(context, out, bubble(context, hz * ratio, random.between(0.1, 0.22)), t + late, gain * loudness);
    }
  }
  return reverb(context, out, { t60, wet: 0.16, brightnessHz: 6000, size: 3 });
}

/** Water poured into a glass: the air above the water gets shorter and its tone rises. */
export function pouringWater(context: RenderContext): Float32Array {
  const seconds = 5.5;
  const level = swell(seconds, 0.25, 0.35);
  const splash = mix(
    [bubbles(context, seconds, 330, 500, 4200), 0.8],
    [highPass(context, pinkNoise(context, seconds), 800), 0.3],
  );
  const height = glide([0, 420], [seconds, 1900]);
  const tube = mix(
    [bandPass(context, splash, height, 9), 1.3],
    [bandPass(context, splash, (t) => 2.9 * height(t), 9), 0.7],
    [splash, 0.35],
  );
  return shape(context, tube, level);
}

/** A toilet flush: a rush that swells, swirls down and gurgles out. */
export function toiletFlush(context: RenderContext): Float32Array {
  const seconds = 8;
  const lever = shape(context, bandPass(context, whiteNoise(context, 0.06), 1800, 1.5), decay(0.04));
  const rush = curve([0, 0], [0.35, 0.9], [1.2, 1], [3.2, 0.75], [4.5, 0.18], [seconds, 0.08]);
  const swirl = drift(context, seconds, 9, 0.65, 1.1);
  const water = mix(
    [lowPass(context, pinkNoise(context, seconds), (t) => 700 + 3600 * rush(t)), 1],
    [highPass(context, whiteNoise(context, seconds), 2200), 0.13],
  );
  const bowl = bandPass(context, water, (t) => 330 + 120 * rush(t), 1.5);
  const gurgle = bubbles(
    context,
    seconds,
    line([0, 60], [3, 90], [4.2, 45], [5.5, 14], [6.2, 2], [seconds, 0.5]),
    160,
    750,
  );
  const refill = shape(
    context,
    bandPass(context, whiteNoise(context, seconds), 4200, 0.8),
    curve([0, 0], [1.5, 0.1], [seconds, 0.09]),
  );
  const out = mix(
    [shape(context, mix([water, 0.7], [bowl, 0.9]), (t) => rush(t) * swirl(t)), 1],
    [shape(context, gurgle, (t) => contourAt(curve([0, 0.2], [3.2, 0.6], [4.6, 0.9], [6, 0.3], [seconds, 0]), t)), 0.7],
    refill,
  );
  mixInto(context, out, lever, 0.02, 0.8);
  return reverb(context, highPass(context, shape(context, out, line([0, 1], [7.6, 1], [seconds, 0])), 140), {
    t60: 0.5,
    wet: 0.16,
    brightnessHz: 4000,
  });
}

/** Something heavy falls into a pond. */
export function splash(context: RenderContext): Float32Array {
  const seconds = 2.2;
  const plunge = shape(
    context,
    lowPass(context, pinkNoise(context, seconds), glide([0, 5000], [0.5, 900], [seconds, 500])),
    decay(0.8, 0.01),
  );
  const spray = shape(
    context,
    highPass(context, whiteNoise(context, seconds), 2000),
    curve([0, 0], [0.03, 0.5], [0.16, 0.7], [0.7, 0.15], [seconds, 0]),
  );
  const cavity = shape(context, oscillator(context, 0.35, glide([0, 120], [0.35, 240])), swell(0.35, 0.03, 0.28));
  const falling = bubbles(context, seconds, line([0, 10], [0.2, 260], [1, 90], [seconds, 5]), 300, 2600);
  const out = mix([plunge, 1.2], [spray, 0.35], [falling, 0.5]);
  mixInto(context, out, cavity, 0.09, 0.5);
  return out;
}

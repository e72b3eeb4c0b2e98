/** Four-legged voices and hooves. Each function renders one recording-like take, mono, not levelled. */
import { curve, drift, glide, line, swell } from '../synthesis/envelopes.ts';
import { bandPass, formants, highPass, lowPass } from '../synthesis/filters.ts';
import { modesOf, strike } from '../synthesis/modal.ts';
import { whiteNoise } from '../synthesis/noise.ts';
import { oscillator, turns } from '../synthesis/oscillators.ts';
import { reverb } from '../synthesis/reverb.ts';
import {
  contourAt,
  mix,
  mixInto,
  normalise,
  saturate,
  shape,
  silence,
  type RenderContext,
} from '../synthesis/signal.ts';
import { voice } from '../synthesis/voice.ts';

/** One bark: a steep rise and fall of pitch, a mouth that opens and shuts, and a rough edge. */
export function bark(context: RenderContext, pitchHz: number): Float32Array {
  const { random } = context;
  const seconds = random.between(0.19, 0.25);
  const top = random.near(pitchHz, 0.08);
  const pitch = glide([0, 0.55 * top], [0.035, top], [0.09, 0.86 * top], [seconds, 0.42 * top]);
  const tremble = drift(context, seconds, 90, 0.9, 1.1);
  const hz = (t: number) => pitch(t) * tremble(t);
  const buzz = saturate(oscillator(context, seconds, hz, 'saw'), 2);
  const growl = oscillator(context, seconds, (t) => hz(t) / 2, 'triangle');
  const air = highPass(context, whiteNoise(context, seconds), 600);
  const source = buzz.map((value, n) => value * (0.8 + 0.3 * growl[n]!) + 0.5 * air[n]! * (0.6 + 0.4 * growl[n]!));
  const open = curve([0, 0], [0.05, 1], [0.11, 0.8], [seconds, 0]);
  const mouth = formants(context, source, [
    { frequency: (t) => 480 + 420 * open(t), bandwidth: 180, gain: 1 },
    { frequency: (t) => 1050 + 600 * open(t), bandwidth: 300, gain: 0.9 },
    { frequency: (t) => 2300 + 500 * open(t), bandwidth: 500, gain: 0.5 },
    { frequency: 3900, bandwidth: 900, gain: 0.25 },
  ]);
  return normalise(shape(context, mouth, line([0, 0], [0.012, 1], [0.07, 0.85], [0.14, 0.4], [seconds, 0])));
}

/** A medium-sized dog, in twos and threes, in a yard. */
export function dogBarking(context: RenderContext, seconds = 4): Float32Array {
  const { random } = context;
  const out = silence(context, seconds);
  let t = 0.15;
  while (t < seconds - 0.5) {
    const barks = random.pick([2, 2, 3]);
    for (let i = 0; i < barks && t < seconds - 0.4; i++) {
      mixInto(context, out, bark(context, 620), t, random.between(0.75, 1));
      t += random.between(0.33, 0.45);
    }
    t += random.between(0.3, 0.7);
  }
  return reverb(context, out, { t60: 0.5, wet: 0.12, brightnessHz: 3500, size: 1.6 });
}

/** "Mi-aa-ow": a mouth that opens wide and closes round. */
export function catMeow(context: RenderContext): Float32Array {
  const out = silence(context, 3.2);
  for (const [at, size, seconds] of [
    [0.1, 1, 0.85],
    [1.6, 1.06, 1.15],
  ] as const) {
    const pitch = curve([0, 560 * size], [0.12, 690 * size], [0.45 * seconds, 850 * size], [seconds, 500 * size]);
    const call = voice(context, seconds, {
      pitch: (t) => pitch(t) * (1 + 0.02 * Math.sin(2 * Math.PI * 6.5 * t)),
      formants: [
        { frequency: curve([0, 800], [0.15, 1000], [0.45 * seconds, 1750], [seconds, 950]), bandwidth: 170, gain: 1 },
        {
          frequency: curve([0, 2900], [0.15, 2700], [0.45 * seconds, 2250], [seconds, 1150]),
          bandwidth: 260,
          gain: 0.9,
        },
        { frequency: 3900, bandwidth: 450, gain: 0.5 },
        { frequency: 5600, bandwidth: 700, gain: 0.25 },
      ],
      level: curve([0, 0], [0.08, 0.6], [0.4 * seconds, 1], [0.8 * seconds, 0.5], [seconds, 0]),
      breath: 0.14,
      roughness: 0.012,
      sourceCornerHz: 3200,
    });
    mixInto(context, out, normalise(call), at);
  }
  return reverb(context, out, { t60: 0.25, wet: 0.05 });
}

/** A long nasal low note that opens in the middle. */
export function cowMoo(context: RenderContext): Float32Array {
  const out = silence(context, 5.2);
  for (const [at, size, seconds] of [
    [0.1, 1, 1.9],
    [2.7, 0.94, 2.2],
  ] as const) {
    const open = curve([0, 0], [0.35, 0.25], [0.5 * seconds, 1], [0.85 * seconds, 0.7], [seconds, 0.1]);
    const call = voice(context, seconds, {
      pitch: curve([0, 105 * size], [0.4, 135 * size], [0.6 * seconds, 168 * size], [seconds, 112 * size]),
      formants: [
        { frequency: (t) => 280 + 330 * open(t), bandwidth: 120, gain: 1 },
        { frequency: (t) => 750 + 420 * open(t), bandwidth: 180, gain: (t) => 0.35 + 0.9 * open(t) },
        { frequency: 1950, bandwidth: 350, gain: (t) => 0.8 * open(t) },
        { frequency: 2900, bandwidth: 500, gain: (t) => 0.5 * open(t) },
      ],
      level: curve([0, 0], [0.15, 0.6], [0.55 * seconds, 1], [0.88 * seconds, 0.7], [seconds, 0]),
      breath: 0.1,
      roughness: 0.035,
      sourceCornerHz: 4500,
    });
    mixInto(context, out, normalise(call), at);
  }
  return reverb(context, out, { t60: 0.8, wet: 0.12, brightnessHz: 2500, size: 2 });
}

/** Bleats: a strong tremble at eight a second. */
export function sheepBleat(context: RenderContext): Float32Array {
  const { random } = context;
  const out = silence(context, 4);
  for (const [at, pitchHz, seconds] of [
    [0.1, 300, 1],
    [1.5, 245, 1.2],
    [3, 330, 0.8],
  ] as const) {
    const rate = random.between(7.5, 9);
    const tremble = (t: number) => Math.sin(2 * Math.PI * rate * t);
    const call = voice(context, seconds, {
      pitch: (t) => curve([0, 0.9 * pitchHz], [0.15, pitchHz], [seconds, 0.82 * pitchHz])(t) * (1 + 0.05 * tremble(t)),
      formants: [
        { frequency: 780, bandwidth: 160, gain: 1 },
        { frequency: 1650, bandwidth: 220, gain: 0.8 },
        { frequency: 2700, bandwidth: 350, gain: 0.5 },
        { frequency: 3800, bandwidth: 600, gain: 0.2 },
      ],
      level: (t) => curve([0, 0], [0.06, 1], [0.7 * seconds, 0.7], [seconds, 0])(t) * (0.65 + 0.35 * tremble(t)),
      breath: 0.14,
      roughness: 0.03,
      sourceCornerHz: 4000,
    });
    mixInto(context, out, normalise(call), at);
  }
  return reverb(context, out, { t60: 0.6, wet: 0.08, size: 2 });
}

/** Cock-a-doodle-doo: three short calls and a long falling one. */
export function roosterCrow(context: RenderContext): Float32Array {
  const out = silence(context, 2.8);
  const syllables = [
    [0.1, 0.17, glide([0, 520], [0.17, 640])],
    [0.34, 0.14, glide([0, 700], [0.14, 760])],
    [0.52, 0.36, glide([0, 760], [0.1, 980], [0.36, 930])],
    [0.94, 1.35, glide([0, 820], [0.18, 960], [0.6, 860], [1.1, 640], [1.35, 480])],
  ] as const;
  for (const [at, seconds, pitch] of syllables) {
    const call = voice(context, seconds, {
      pitch,
      formants: [
        { frequency: 950, bandwidth: 250, gain: 0.8 },
        { frequency: 1900, bandwidth: 350, gain: 1 },
        { frequency: 3100, bandwidth: 500, gain: 0.7 },
        { frequency: 5000, bandwidth: 900, gain: 0.25 },
      ],
      level: curve([0, 0], [0.03, 1], [0.75 * seconds, 0.8], [seconds, 0]),
      breath: 0.16,
      roughness: 0.02,
      sourceCornerHz: 7000,
    });
    mixInto(context, out, normalise(saturate(normalise(call), 2)), at);
  }
  return reverb(context, out, { t60: 0.9, wet: 0.1, size: 2.5 });
}

/** A long howl, answered from farther away. */
export function wolfHowl(context: RenderContext): Float32Array {
  const out = silence(context, 9);
  for (const [at, size, seconds, gain] of [
    [0.2, 1, 4.2, 1],
    [4.4, 0.86, 4, 0.4],
  ] as const) {
    const pitch = curve([0, 300 * size], [0.7, 560 * size], [1.2, 610 * size], [3, 570 * size], [seconds, 330 * size]);
    const call = voice(context, seconds, {
      pitch: (t) => pitch(t) * (1 + 0.006 * Math.sin(2 * Math.PI * 4.5 * t)),
      formants: [
        { frequency: (t) => 1.02 * pitch(t), bandwidth: 140, gain: 1 },
        { frequency: 1150, bandwidth: 220, gain: 0.5 },
        { frequency: 2500, bandwidth: 500, gain: 0.12 },
      ],
      level: swell(seconds, 0.7, 1.3),
      breath: 0.06,
      roughness: 0.008,
      sourceCornerHz: 1500,
    });
    mixInto(context, out, normalise(call), at, gain);
  }
  return reverb(context, out, { t60: 2.6, wet: 0.3, brightnessHz: 2200, size: 5 });
}

/** A horse on a hard road: four hoofbeats a stride, trotting to a canter. */
export function horseGallop(context: RenderContext): Float32Array {
  const { random } = context;
  const seconds = 5;
  const out = silence(context, seconds + 0.3);
  const hooves = [0, 0.18, 0.34, 0.62].map((phase) => ({
    phase,
    pitch: random.between(0.9, 1.12),
    gain: random.between(0.7, 1),
  }));
  const strides = turns(context, seconds - 0.6, line([0, 1.8], [seconds, 2.2]));
  for (const [i, start] of strides.entries()) {
    const stride = (strides[i + 1] ?? start + 0.46) - start;
    for (const { phase, pitch, gain } of hooves) {
      const shell = strike(context, 0.16, modesOf(context, 560 * pitch, [1, 1.7, 2.6, 4.1], 0.06, 0.4, 0.06), 0.0012);
      const ground = strike(context, 0.16, modesOf(context, 115 * pitch, [1, 1.9], 0.09), 0.004);
      const grit = shape(context, bandPass(context, whiteNoise(context, 0.05), 3000, 0.8), (t) => Math.exp(-t * 90));
      const hoof = mix([normalise(shell), 0.9], [normalise(ground), 0.6], [normalise(grit), 0.18]);
      mixInto(
        context,
        out,
        hoof,
        start + (phase + random.between(-0.015, 0.015)) * stride,
        gain * random.between(0.8, 1),
      );
    }
  }
  return reverb(context, lowPass(context, out, 6000), { t60: 0.4, wet: 0.1, size: 1.5 });
}

/** A bee that comes close, circles and leaves. */
export function beeBuzz(context: RenderContext): Float32Array {
  const seconds = 5;
  const nearness = curve([0, 0.08], [1, 0.9], [1.7, 0.45], [2.6, 1], [3.4, 0.5], [4.1, 0.8], [seconds, 0.05]);
  const wander = drift(context, seconds, 14, -0.06, 0.06);
  const slow = drift(context, seconds, 1.5, -0.08, 0.08);
  const wings = oscillator(context, seconds, (t) => 178 * (1 + wander(t) + slow(t)) * (1 + 0.03 * nearness(t)), 'saw');
  const air = whiteNoise(context, seconds).map((value, n) => value * (0.5 + 0.5 * wings[n]!));
  const body = formants(context, mix([wings, 1], [air, 0.55]), [
    { frequency: 430, bandwidth: 250, gain: 1 },
    { frequency: 1100, bandwidth: 500, gain: 0.5 },
    { frequency: 2600, bandwidth: 1200, gain: 0.3 },
  ]);
  const flutter = drift(context, seconds, 35, 0.75, 1);
  return shape(context, body, (t) => contourAt(nearness, t) * flutter(t));
}

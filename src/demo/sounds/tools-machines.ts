/** Tools and machines that are not vehicles. Mono, not levelled. */
import { curve, decay, drift, glide, swell } from '../synthesis/envelopes.ts';
import { bandPass, formants, highPass, lowPass } from '../synthesis/filters.ts';
import { modesOf, strike } from '../synthesis/modal.ts';
import { scatter, whiteNoise } from '../synthesis/noise.ts';
import { oscillator } from '../synthesis/oscillators.ts';
import { reverb } from '../synthesis/reverb.ts';
import {
  generate,
  mix,
  mixInto,
  normalise,
  saturate,
  shape,
  silence,
  type RenderContext,
} from '../synthesis/signal.ts';

/** A hand saw in a plank: push, pull, push, pull. */
export function handSaw(context: RenderContext): Float32Array {
  const { random } = context;
  const seconds = 5;
  const out = silence(context, seconds);
  let t = 0.1;
  for (let i = 0; t < seconds - 0.5; i++) {
    const push = i % 2 === 0;
    const length = push ? random.near(0.42, 0.06) : random.near(0.36, 0.06);
    const pace = swell(length, 0.35 * length, 0.4 * length);
    const teeth = oscillator(context, length, (at) => 60 + (push ? 150 : 190) * pace(at), 'saw');
    const bite = drift(context, length, 180, 0.3, 1);
    const rasp = shape(
      context,
      whiteNoise(context, length).map((value, n) => value * (0.55 + 0.45 * teeth[n]!)),
      bite,
    );
    const blade = mix(
      [bandPass(context, rasp, (at) => (push ? 1300 : 1800) + 700 * pace(at), 0.7), 1],
      [bandPass(context, rasp, (at) => 3600 + 900 * pace(at), 1.2), 0.7],
      [bandPass(context, rasp, 520, 1.5), 0.4],
    );
    mixInto(context, out, shape(context, blade, pace), t, push ? 1 : 0.7);
    t += length + 0.02;
  }
  return reverb(context, out, { t60: 0.35, wet: 0.1 });
}

/** A hammer drives a nail: the tone rises as the nail goes in. */
export function hammering(context: RenderContext): Float32Array {
  const { random } = context;
  const out = silence(context, 4);
  for (let i = 0; i < 6; i++) {
    const nail = strike(
      context,
      0.4,
      modesOf(context, 2700 * (1 + 0.05 * i), [1, 1.37, 1.81, 2.3, 2.9, 3.4], 0.22, 0.05, 0.01),
      0.0002,
    );
    const plank = strike(context, 0.3, modesOf(context, 260, [1, 1.7, 2.6, 3.9, 5.6, 8.1], 0.07, 0.25, 0.02), 0.0009);
    const smack = shape(context, highPass(context, whiteNoise(context, 0.03), 1500), decay(0.03));
    mixInto(
      context,
      out,
      mix([normalise(nail), 0.4], [normalise(plank), 1], [smack, 0.7]),
      0.15 + i * random.near(0.6, 0.01),
      random.between(0.85, 1),
    );
  }
  return reverb(context, out, { t60: 0.6, wet: 0.12, size: 1.6 });
}

/** An electric drill: winds up, bites, winds down. */
export function electricDrill(context: RenderContext): Float32Array {
  const seconds = 4.5;
  const speed = curve([0, 0.1], [0.35, 1], [1, 1.02], [1.3, 0.82], [3.2, 0.78], [3.6, 1], [3.9, 1], [seconds, 0.12]);
  const grind = curve([0, 0], [1, 0], [1.3, 1], [3.2, 1], [3.5, 0], [seconds, 0]);
  const chatter = drift(context, seconds, 45, 0.96, 1.04);
  const hz = (t: number) => 310 * speed(t) * (1 + (chatter(t) - 1) * grind(t));
  const gears = mix(
    [oscillator(context, seconds, hz, 'saw'), 0.6],
    [oscillator(context, seconds, (t) => 4.02 * hz(t), 'saw'), 0.3],
    [oscillator(context, seconds, (t) => 9.1 * hz(t), 'triangle'), 0.25],
  );
  const case_ = formants(context, gears, [
    { frequency: 850, bandwidth: 500, gain: 1 },
    { frequency: 2300, bandwidth: 900, gain: 0.9 },
    { frequency: 4600, bandwidth: 1500, gain: 0.6 },
  ]);
  const bite = shape(context, bandPass(context, whiteNoise(context, seconds), 1900, 0.7), (t) => grind(t) * chatter(t));
  return shape(context, mix([case_, 1], [bite, 0.5]), (t) => Math.min(1, speed(t) * 1.1) ** 1.3);
}

/** A petrol chainsaw: idles, then cuts twice. */
export function chainsaw(context: RenderContext): Float32Array {
  const seconds = 6;
  const throttle = curve(
    [0, 0],
    [1, 0],
    [1.5, 1],
    [3, 0.9],
    [3.4, 0.15],
    [3.8, 0.2],
    [4.2, 1],
    [5.4, 0.9],
    [seconds, 0],
  );
  const uneven = drift(context, seconds, 50, 0.94, 1.06);
  const hz = (t: number) => (42 + 92 * throttle(t)) * uneven(t);
  const strokes = oscillator(context, seconds, hz, 'pulse', 0.14);
  const exhaust = formants(
    context,
    mix([strokes, 1], [whiteNoise(context, seconds).map((value, n) => value * Math.max(0, strokes[n]!)), 0.8]),
    [
      { frequency: 240, bandwidth: 120, gain: 0.8 },
      { frequency: 780, bandwidth: 250, gain: 1 },
      { frequency: 1900, bandwidth: 600, gain: 0.8 },
      { frequency: 3900, bandwidth: 1500, gain: 0.5 },
    ],
  );
  const chain = shape(context, bandPass(context, whiteNoise(context, seconds), 3300, 0.8), (t) => throttle(t) ** 2);
  return shape(context, saturate(normalise(mix([exhaust, 1], [chain, 0.25])), 2), (t) => 0.45 + 0.55 * throttle(t));
}

/** A camera: mirror up, shutter, mirror down; three pictures. */
export function cameraShutter(context: RenderContext): Float32Array {
  const out = silence(context, 2);
  for (const at of [0.1, 0.75, 1.4]) {
    for (const [offset, hz, gain] of [
      [0, 900, 0.7],
      [0.045, 2600, 1],
      [0.07, 3400, 0.6],
      [0.13, 1100, 0.6],
    ] as const) {
      const part = strike(context, 0.05, modesOf(context, hz, [1, 1.6, 2.4, 3.7], 0.02, 0.2, 0.05), 0.0004);
      const snap = shape(context, highPass(context, whiteNoise(context, 0.02), 1800), decay(0.018));
      mixInto(context, out, mix([normalise(part), 0.7], [snap, 0.6]), at + offset, gain);
    }
  }
  return out;
}

/** A zip fastener, closed and opened. */
export function zipper(context: RenderContext): Float32Array {
  const { random } = context;
  const out = silence(context, 2.2);
  for (const [at, length, pitch] of [
    [0.1, 0.65, glide([0, 55], [0.65, 190])],
    [1.2, 0.75, glide([0, 170], [0.75, 70])],
  ] as const) {
    const teeth = scatter(
      context,
      length,
      (t) => 2.4 * pitch(t),
      () => {
        const hit = strike(
          context,
          0.012,
          modesOf(context, random.near(3600, 0.25), [1, 1.5, 2.1], 0.008, 0.1, 0.1),
          0.0003,
        );
        return normalise(hit).map((value) => 0.5 * value);
      },
    );
    const buzz = whiteNoise(context, length);
    const ridges = oscillator(context, length, (t) => 1.5 * pitch(t), 'saw');
    const rub = bandPass(
      context,
      buzz.map((value, n) => value * Math.max(0, ridges[n]!)),
      (t) => 2200 + 14 * pitch(t),
      1.2,
    );
    mixInto(
      context,
      out,
      shape(context, mix([normalise(teeth), 0.6], [normalise(rub), 0.7]), swell(length, 0.05, 0.05)),
      at,
    );
  }
  return out;
}

/** A radio between stations: hiss, crackle, and a carrier that whistles past. */
export function radioStatic(context: RenderContext, seconds = 6): Float32Array {
  const { random } = context;
  const hiss = lowPass(context, highPass(context, whiteNoise(context, seconds), 350), 3400);
  const fading = drift(context, seconds, 4, 0.1, 0.8);
  const crackle = scatter(context, seconds, 45, () => {
    const gain = random.next() ** 3;
    return generate(context, random.between(0.001, 0.012), () => gain * (2 * random.next() - 1));
  });
  const carrier = shape(
    context,
    oscillator(context, seconds, glide([0, 3200], [1.6, 300], [2.4, 1700], [4, 2400], [seconds, 700])),
    curve([0, 0], [0.4, 0.12], [1.6, 0.1], [2.4, 0.02], [3.6, 0.1], [seconds, 0]),
  );
  return mix([shape(context, hiss, fading), 0.7], [crackle, 1.2], [carrier, 2]);
}

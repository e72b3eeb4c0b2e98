/** Birds and crickets: whistles, trills and chirps. Mono, not levelled. */
import { curve, drift, glide, swell } from '../synthesis/envelopes.ts';
import { bandPass, highPass } from '../synthesis/filters.ts';
import { pinkNoise, whiteNoise } from '../synthesis/noise.ts';
import { additive, oscillator } from '../synthesis/oscillators.ts';
import { reverb } from '../synthesis/reverb.ts';
import { mix, mixInto, normalise, saturate, shape, silence, type RenderContext } from '../synthesis/signal.ts';
import { voice } from '../synthesis/voice.ts';

/** One whistled syllable that sweeps between two or three pitches. */
function whistle(context: RenderContext, seconds: number, ...pitches: readonly number[]): Float32Array {
  const hz = glide(...pitches.map((pitch, i) => [(seconds * i) / Math.max(1, pitches.length - 1), pitch] as const));
  const tone = additive(context, seconds, hz, [
    { ratio: 1, gain: 1 },
    { ratio: 2, gain: 0.06 },
  ]);
  return shape(context, tone, swell(seconds, 0.25 * seconds, 0.45 * seconds));
}

/** The phrase of one bird: fixed syllables, which it repeats as real birds do. */
function phraseOf(context: RenderContext, base: number): Float32Array {
  const { random } = context;
  const seconds = random.between(0.7, 1.5);
  const out = silence(context, seconds);
  let t = 0;
  while (t < seconds - 0.2) {
    const kind = random.pick(['up', 'down', 'hook', 'trill', 'tsip'] as const);
    const low = base * random.between(0.75, 1);
    const high = base * random.between(1.15, 1.6);
    if (kind === 'trill') {
      const notes = Math.floor(random.between(5, 10));
      for (let i = 0; i < notes; i++) mixInto(context, out, whistle(context, 0.035, high, low), t + i * 0.05, 0.8);
      t += notes * 0.05 + 0.05;
      continue;
    }
    const length = kind === 'tsip' ? random.between(0.03, 0.06) : random.between(0.08, 0.17);
    const pitches =
      kind === 'up'
        ? [low, high]
        : kind === 'down'
          ? [high, low]
          : kind === 'hook'
            ? [low, high, low * 1.1]
            : [high * 1.2, low];
    const repeats = random.pick([1, 2, 3]);
    for (let i = 0; i < repeats; i++) {
      mixInto(context, out, whistle(context, length, ...pitches), t);
      t += length + random.between(0.02, 0.06);
    }
    t += random.between(0.02, 0.1);
  }
  return out;
}

/** Songbirds in a wood: three birds near and far, a breath of leaves. */
export function birdsong(context: RenderContext, seconds = 8): Float32Array {
  const { random } = context;
  const out = silence(context, seconds);
  const birds = [
    { base: 3600, gain: 1, pause: 0.9 },
    { base: 5000, gain: 0.45, pause: 1.3 },
    { base: 2700, gain: 0.3, pause: 1.8 },
  ];
  for (const { base, gain, pause } of birds) {
    const phrases = [phraseOf(context, base), phraseOf(context, base)];
    let t = random.between(0, 0.7);
    while (t < seconds - 0.4) {
      const phrase = random.pick(phrases);
      mixInto(context, out, phrase, t, gain * random.between(0.6, 1));
      t += phrase.length / context.sampleRate + random.gap(pause);
    }
  }
  const leaves = shape(
    context,
    highPass(context, pinkNoise(context, seconds), 700),
    drift(context, seconds, 0.8, 0.01, 0.03),
  );
  return mix(
    reverb(context, out, { t60: 1.1, wet: 0.16, brightnessHz: 7000, size: 3 }).subarray(0, out.length),
    leaves,
  );
}

/** An owl at night: one hoot, a rest, then a trembling long one. */
export function owlHoot(context: RenderContext): Float32Array {
  const out = silence(context, 5);
  const hoots = [
    [0.2, 0.5, 0],
    [1.35, 0.16, 0],
    [1.62, 1.3, 0.05],
    [3.6, 0.55, 0],
  ] as const;
  for (const [at, seconds, tremble] of hoots) {
    const pitch = curve([0, 350], [0.25 * seconds, 385], [seconds, 360]);
    const hoot = additive(context, seconds, (t) => pitch(t) * (1 + tremble * Math.sin(2 * Math.PI * 13 * t)), [
      { ratio: 1, gain: 1 },
      { ratio: 2, gain: 0.12 },
      { ratio: 3, gain: 0.05 },
    ]);
    const air = bandPass(context, whiteNoise(context, seconds), 400, 4);
    const level = swell(seconds, Math.min(0.1, 0.4 * seconds), Math.min(0.18, 0.5 * seconds));
    mixInto(
      context,
      out,
      shape(context, mix(hoot, [air, 0.12]), (t) => level(t) * (1 + 6 * tremble * Math.sin(2 * Math.PI * 13 * t))),
      at,
    );
  }
  return reverb(context, out, { t60: 1.8, wet: 0.2, brightnessHz: 2500, size: 4 });
}

/** A crow: harsh falling "kraa", three times. */
export function crowCaw(context: RenderContext): Float32Array {
  const { random } = context;
  const out = silence(context, 3);
  for (const at of [0.1, 0.85, 1.65]) {
    const seconds = random.between(0.36, 0.46);
    const call = voice(context, seconds, {
      pitch: curve([0, 470], [0.08, 560], [seconds, 430]),
      formants: [
        { frequency: 1150, bandwidth: 250, gain: 1 },
        { frequency: 1750, bandwidth: 300, gain: 1 },
        { frequency: 2900, bandwidth: 600, gain: 0.4 },
      ],
      level: curve([0, 0], [0.05, 1], [0.7 * seconds, 0.8], [seconds, 0]),
      breath: 0.4,
      roughness: 0.11,
      sourceCornerHz: 6000,
    });
    mixInto(context, out, normalise(saturate(normalise(call), 3)), at);
  }
  return reverb(context, out, { t60: 1, wet: 0.1, size: 3 });
}

/** Crickets on a summer night: chirps of a few pulses each, several insects, each with its own pitch and pace. */
export function crickets(context: RenderContext, seconds = 7): Float32Array {
  const { random } = context;
  const out = silence(context, seconds);
  for (let insect = 0; insect < 6; insect++) {
    const hz = random.between(4100, 5200);
    const gain = insect === 0 ? 1 : random.between(0.08, 0.4);
    const pulses = random.pick([3, 4, 4]);
    const period = random.between(0.33, 0.55);
    const pulse = shape(context, oscillator(context, 0.018, hz), swell(0.018, 0.006, 0.008));
    for (let t = random.between(0, period); t < seconds; t += random.near(period, 0.03)) {
      for (let i = 0; i < pulses; i++) mixInto(context, out, pulse, t + i * 0.029, gain * (0.6 + (0.4 * i) / pulses));
    }
  }
  const night = highPass(context, pinkNoise(context, seconds), 400);
  return mix(out, [night, 0.02]);
}

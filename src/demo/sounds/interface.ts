/** Sounds of screens, games and science fiction. Mono, not levelled. */
import { curve, decay, drift, glide, noteHz, swell } from '../synthesis/envelopes.ts';
import { lowPass } from '../synthesis/filters.ts';
import { RATIOS, modesOf, strike } from '../synthesis/modal.ts';
import { additive, frequencyModulation, oscillator } from '../synthesis/oscillators.ts';
import { reverb } from '../synthesis/reverb.ts';
import { mix, mixInto, normalise, shape, silence, type RenderContext } from '../synthesis/signal.ts';

/** A ray gun fired four times. */
export function laser(context: RenderContext): Float32Array {
  const out = silence(context, 2.4);
  for (const [at, top] of [
    [0.05, 2800],
    [0.5, 2600],
    [0.95, 2800],
    [1.6, 3400],
  ] as const) {
    const fall = glide([0, top], [0.09, 0.4 * top], [0.4, 130]);
    const zap = mix(
      [oscillator(context, 0.4, fall, 'saw'), 0.4],
      [oscillator(context, 0.4, (t) => 1.5 * fall(t)), 0.4],
      [oscillator(context, 0.4, (t) => 0.5 * fall(t), 'square'), 0.2],
    );
    mixInto(
      context,
      out,
      shape(
        context,
        lowPass(context, zap, (t) => 7000 * Math.exp(-4 * t) + 600),
        swell(0.4, 0.005, 0.3),
      ),
      at,
    );
  }
  return reverb(context, out, { t60: 0.7, wet: 0.14, size: 2 });
}

/** A short confirmation: two clean tones, the second higher. */
export function confirmBeep(context: RenderContext): Float32Array {
  const out = silence(context, 0.55);
  for (const [at, hz] of [
    [0.02, 880],
    [0.14, 1318.5],
  ] as const) {
    const tone = additive(context, 0.3, hz, [
      { ratio: 1, gain: 1 },
      { ratio: 2, gain: 0.2 },
      { ratio: 3, gain: 0.06 },
    ]);
    mixInto(context, out, shape(context, tone, decay(0.3, 0.004)), at);
  }
  return out;
}

/** Wrong answer: a low buzz, twice. */
export function errorBuzzer(context: RenderContext): Float32Array {
  const out = silence(context, 1.1);
  for (const at of [0.03, 0.38]) {
    const length = at > 0.1 ? 0.6 : 0.25;
    const buzz = mix(
      [oscillator(context, length, 147, 'square'), 0.5],
      [oscillator(context, length, 155.6, 'square'), 0.5],
    );
    mixInto(context, out, shape(context, lowPass(context, buzz, 2600), swell(length, 0.005, 0.03)), at);
  }
  return out;
}

/** Three soft mallet notes: a message has come. */
export function notification(context: RenderContext): Float32Array {
  const out = silence(context, 1.5);
  for (const [at, midi] of [
    [0.03, 84],
    [0.15, 88],
    [0.27, 91],
  ] as const) {
    mixInto(
      context,
      out,
      normalise(strike(context, 1.1, modesOf(context, noteHz(midi), RATIOS.marimba, 0.9, 1.2, 0.001), 0.001)),
      at,
    );
  }
  return reverb(context, out, { t60: 0.6, wet: 0.12 });
}

/** The coin of an old video game. */
export function gameCoin(context: RenderContext): Float32Array {
  const hz = (t: number) => (t < 0.075 ? 987.8 : 1318.5);
  return shape(
    context,
    oscillator(context, 0.75, hz, 'square'),
    (t) =>
      0.9 * (t < 0.075 ? 1 : Math.exp(-(t - 0.075) / 0.2)) * Math.min(1, t / 0.002) * Math.min(1, (0.75 - t) / 0.02),
  );
}

/** Power-up: a rising chip arpeggio. */
export function gamePowerUp(context: RenderContext): Float32Array {
  const notes = [60, 64, 67, 72, 64, 67, 72, 76, 67, 72, 76, 79, 84];
  const out = silence(context, notes.length * 0.07 + 0.4);
  for (const [i, midi] of notes.entries()) {
    const length = i === notes.length - 1 ? 0.4 : 0.075;
    mixInto(
      context,
      out,
      shape(context, oscillator(context, length, noteHz(midi), 'pulse', 0.25), swell(length, 0.003, 0.6 * length)),
      i * 0.07 + 0.02,
    );
  }
  return out;
}

/** A force field: beating tones and a slow sweep. */
export function forceField(context: RenderContext): Float32Array {
  const seconds = 5;
  const sweep = drift(context, seconds, 0.8, 300, 1800);
  const hum = mix(...[55, 55.4, 110.3, 164.6].map((hz) => [oscillator(context, seconds, hz, 'saw'), 0.25] as const));
  const shimmer = frequencyModulation(context, seconds, 220, 1.41, curve([0, 1], [2.5, 5], [seconds, 1]));
  return shape(
    context,
    mix(
      [lowPass(context, hum, sweep, 4), 0.8],
      [shape(context, shimmer, (t) => 0.2 + 0.15 * Math.sin(2 * Math.PI * 6 * t)), 1],
    ),
    swell(seconds, 0.6, 0.8),
  );
}

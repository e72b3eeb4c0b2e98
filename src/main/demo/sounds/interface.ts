/** Sounds of screens, games and science fiction. Mono, not levelled. */
import { curve, decay, drift, glide, noteHz, swell } from '../synthesis/envelopes.ts';
import { bandPass, lowPass } from '../synthesis/filters.ts';
import { RATIOS, modesOf, strike } from '../synthesis/modal.ts';
import { whiteNoise } from '../synthesis/noise.ts';
import { additive, frequencyModulation, oscillator } from '../synthesis/oscillators.ts';
import { reverb } from '../synthesis/reverb.ts';
import { mix, mixInto, normalise, shape, silence, type RenderContext } from '../synthesis/signal.ts';

/** A ray gun fired four times. */
export function laser(context: RenderContext): Float32Array {
  const out = silence(context, 2.4);
  for (const [at, top] of [
    [0.05, 2400],
    [0.5, 2200],
    [0.95, 2400],
    [1.6, 3000],
  ] as const) {
    const fall = glide([0, top], [0.06, 0.4 * top], [0.4, 110]);
    const zap = mix(
      [oscillator(context, 0.4, fall, 'saw'), 0.4],
      [oscillator(context, 0.4, (t) => 1.5 * fall(t)), 0.4],
      [oscillator(context, 0.4, (t) => 0.5 * fall(t), 'square'), 0.25],
    );
    mixInto(
      context,
      out,
      shape(
        context,
        lowPass(context, zap, (t) => 7000 * Math.exp(-5 * t) + 600),
        swell(0.4, 0.003, 0.3),
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

/** The hero of a platform game jumps, lands, jumps, and falls out of the picture. */
export function gameJumpAndFall(context: RenderContext): Float32Array {
  const out = silence(context, 2.6);
  for (const at of [0.05, 0.6])
    mixInto(
      context,
      out,
      shape(context, oscillator(context, 0.28, glide([0, 260], [0.28, 820]), 'square'), swell(0.28, 0.004, 0.1)),
      at,
      0.8,
    );
  const fall = glide([0, 900], [1.2, 90]);
  mixInto(
    context,
    out,
    shape(
      context,
      oscillator(context, 1.2, (t) => fall(t) * (1 + 0.06 * Math.sin(2 * Math.PI * 14 * t)), 'pulse', 0.3),
      swell(1.2, 0.01, 0.4),
    ),
    1.2,
    0.8,
  );
  return out;
}

/** A computer thinks: quick random tones, as films show it. */
export function computerBlips(context: RenderContext): Float32Array {
  const out = silence(context, 3);
  for (let t = 0.05; t < 2.85; t += 0.083) {
    const hz = noteHz(context.random.pick([72, 74, 77, 79, 84, 86, 89, 91, 96]));
    if (context.random.chance(0.8))
      mixInto(
        context,
        out,
        shape(context, oscillator(context, 0.06, hz, 'triangle'), swell(0.06, 0.004, 0.02)),
        t,
        context.random.between(0.5, 1),
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

/** Magic: a handful of glittering high bars running upwards. */
export function magicSparkle(context: RenderContext): Float32Array {
  const { random } = context;
  const out = silence(context, 2.8);
  for (let i = 0; i < 26; i++) {
    const note = noteHz(84 + random.pick([0, 2, 4, 7, 9, 12]) + Math.floor(i / 6) * 2);
    mixInto(
      context,
      out,
      normalise(strike(context, 1, modesOf(context, note, RATIOS.bar, 0.9, 0.8, 0.002), 0.0005)),
      0.05 + i * random.between(0.045, 0.055),
      random.between(0.2, 0.6),
    );
  }
  const dust = shape(
    context,
    bandPass(context, whiteNoise(context, 2.4), glide([0, 4000], [2, 11_000]), 2),
    swell(2.4, 1, 1.2),
  );
  return reverb(context, mix(out, [dust, 0.06]), { t60: 1.6, wet: 0.25, brightnessHz: 9000, size: 2 });
}

/** Morse: "CQ CQ DE", on a clean 700 Hz note. */
export function morseCode(context: RenderContext): Float32Array {
  const unit = 0.065;
  const letters = ['-.-.', '--.-', ' ', '-.-.', '--.-', ' ', '-..', '.'];
  const marks: [number, number][] = [];
  let t = 0.1;
  for (const letter of letters) {
    if (letter === ' ') {
      t += 4 * unit;
      continue;
    }
    for (const mark of letter) {
      const length = mark === '-' ? 3 * unit : unit;
      marks.push([t, length]);
      t += length + unit;
    }
    t += 2 * unit;
  }
  const out = silence(context, t + 0.1);
  for (const [at, length] of marks)
    mixInto(context, out, shape(context, oscillator(context, length, 700), swell(length, 0.005, 0.005)), at);
  return mix(out, [bandPass(context, whiteNoise(context, t + 0.1), 900, 0.7), 0.03]);
}

/** A smoke alarm: three shrill beeps and a pause. */
export function smokeAlarm(context: RenderContext): Float32Array {
  const out = silence(context, 5.4);
  const beep = shape(
    context,
    mix([oscillator(context, 0.5, 3150, 'square'), 0.5], [oscillator(context, 0.5, 3150), 0.5]),
    swell(0.5, 0.004, 0.01),
  );
  for (const at of [0.1, 1.1, 2.1, 4.1]) mixInto(context, out, beep, at);
  return reverb(context, out, { t60: 0.5, wet: 0.12 });
}

/** Dialling: eight touch tones and the busy signal. */
export function phoneDialling(context: RenderContext): Float32Array {
  const rows = [697, 770, 852, 941];
  const columns = [1209, 1336, 1477];
  const out = silence(context, 5);
  for (let i = 0; i < 8; i++) {
    const tone = mix(
      [oscillator(context, 0.12, context.random.pick(rows)), 0.5],
      [oscillator(context, 0.12, context.random.pick(columns)), 0.5],
    );
    mixInto(context, out, shape(context, tone, swell(0.12, 0.004, 0.004)), 0.1 + i * 0.21);
  }
  for (const at of [2.4, 3.3, 4.2])
    mixInto(
      context,
      out,
      shape(
        context,
        mix([oscillator(context, 0.45, 480), 0.4], [oscillator(context, 0.45, 620), 0.4]),
        swell(0.45, 0.006, 0.006),
      ),
      at,
    );
  return out;
}

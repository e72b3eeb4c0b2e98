/** Vehicles on road, rail, water and in the air. Mono, not levelled. */
import { curve, decay, drift, glide, line, swell } from '../synthesis/envelopes.ts';
import { bandPass, formants, highPass, lowPass } from '../synthesis/filters.ts';
import { RATIOS, modesOf, strike } from '../synthesis/modal.ts';
import { brownNoise, pinkNoise, whiteNoise } from '../synthesis/noise.ts';
import { additive, oscillator, turns } from '../synthesis/oscillators.ts';
import { reverb } from '../synthesis/reverb.ts';
import {
  contourAt,
  mix,
  mixInto,
  normalise,
  saturate,
  shape,
  silence,
  type Contour,
  type RenderContext,
} from '../synthesis/signal.ts';

/**
 * A piston engine: every firing sends a puff through the exhaust; cylinders differ a little, so the sound has a
 * slower beat of its own.
 * @param firing firings a second
 */
function engine(
  context: RenderContext,
  seconds: number,
  firing: Contour,
  cylinders: number,
  bodyHz: number,
): Float32Array {
  const { random } = context;
  const strength = Array.from({ length: cylinders }, () => random.between(0.75, 1));
  const puffs = silence(context, seconds);
  const uneven = drift(context, seconds, 25, 0.97, 1.03);
  const times = turns(context, seconds, (t) => contourAt(firing, t) * uneven(t));
  for (const [i, at] of times.entries()) {
    const gain = strength[i % cylinders]! * random.between(0.85, 1);
    const length = Math.min(0.012, 0.35 / contourAt(firing, at));
    const puff = whiteNoise(context, length).map((value, n) => {
      const x = n / (length * context.sampleRate);
      return gain * Math.sin(Math.PI * Math.min(1, x)) * (1 + 0.7 * value);
    });
    mixInto(context, puffs, puff, at);
  }
  const pipe = formants(context, puffs, [
    { frequency: bodyHz, bandwidth: 0.6 * bodyHz, gain: 1 },
    { frequency: 2.3 * bodyHz, bandwidth: bodyHz, gain: 0.7 },
    { frequency: 5.5 * bodyHz, bandwidth: 2.5 * bodyHz, gain: 0.4 },
    { frequency: 14 * bodyHz, bandwidth: 9 * bodyHz, gain: 0.25 },
  ]);
  return highPass(context, normalise(pipe), 30);
}

/** A car starts and idles: starter motor, catch, tick-over. */
export function carStarting(context: RenderContext): Float32Array {
  const seconds = 6;
  const crank = shape(
    context,
    formants(
      context,
      oscillator(context, 1.2, (t) => 105 + 14 * Math.sin(2 * Math.PI * 8 * t), 'saw'),
      [
        { frequency: 420, bandwidth: 250, gain: 1 },
        { frequency: 1400, bandwidth: 500, gain: 0.6 },
        { frequency: 3000, bandwidth: 900, gain: 0.3 },
      ],
    ),
    (t) => swell(1.2, 0.05, 0.08)(t) * (0.6 + 0.4 * Math.sin(2 * Math.PI * 8 * t)),
  );
  const running = engine(context, seconds - 1.1, curve([0, 20], [0.35, 62], [1.2, 38], [2, 28], [seconds, 27]), 4, 95);
  const rattle = shape(
    context,
    bandPass(context, whiteNoise(context, seconds - 1.1), 2800, 0.8),
    (t) => 0.5 + 0.5 * Math.sin(2 * Math.PI * 27 * t),
  );
  const out = silence(context, seconds);
  mixInto(context, out, normalise(crank), 0.1, 0.5);
  mixInto(
    context,
    out,
    shape(
      context,
      mix(running, [rattle, 0.05]),
      curve([0, 0.4], [0.3, 1], [1.2, 0.75], [seconds - 1.4, 0.7], [seconds - 1.1, 0.6]),
    ),
    1.1,
  );
  return out;
}

/** A twin-cylinder motorcycle revs up at a standstill, twice. */
export function motorcycle(context: RenderContext): Float32Array {
  const seconds = 6;
  const firing = curve(
    [0, 22],
    [0.8, 22],
    [1.3, 80],
    [1.9, 62],
    [2.6, 26],
    [3.2, 24],
    [3.7, 105],
    [4.5, 88],
    [5.3, 30],
    [seconds, 23],
  );
  const loud = curve([0, 0.5], [0.8, 0.5], [1.3, 1], [2.6, 0.55], [3.2, 0.5], [3.7, 1], [4.5, 0.9], [seconds, 0.5]);
  return saturate(shape(context, engine(context, seconds, firing, 2, 230), loud), 3);
}

/** A helicopter hovers, comes nearer and passes: blade slap over a turbine. */
export function helicopter(context: RenderContext, seconds = 8): Float32Array {
  const near = curve([0, 0.45], [4, 1], [seconds, 0.5]);
  const blade = 10.6;
  // Far enough away the blows run into each other: the level moves by 5 dB, no more.
  const chop = (t: number) => 0.72 + 0.28 * Math.cos(2 * Math.PI * blade * t);
  const thump = silence(context, seconds);
  for (const at of turns(context, seconds - 0.15, blade)) {
    const blow = shape(context, lowPass(context, brownNoise(context, 0.09), 320), swell(0.09, 0.02, 0.065));
    mixInto(context, thump, blow, at, context.random.between(0.85, 1));
  }
  const wash = mix(
    [bandPass(context, pinkNoise(context, seconds), 300, 0.35), 1],
    [lowPass(context, brownNoise(context, seconds), 150), 0.5],
  );
  const jet = highPass(context, whiteNoise(context, seconds), 3000);
  const turbine = oscillator(context, seconds, drift(context, seconds, 3, 2280, 2320));
  return shape(
    context,
    mix([thump, 0.8], [shape(context, wash, chop), 1.2], [shape(context, jet, chop), 0.2], [turbine, 0.015]),
    near,
  );
}

/** A steam engine gathers speed: four chuffs a turn, wheels and steam, and a long whistle. */
export function steamTrain(context: RenderContext): Float32Array {
  const { random } = context;
  const seconds = 9;
  const out = silence(context, seconds);
  for (const [i, at] of turns(context, seconds - 0.3, line([0, 2.4], [seconds, 5.4])).entries()) {
    const length = 0.4;
    const chuff = mix(
      [bandPass(context, pinkNoise(context, length), glide([0, 1100], [length, 420]), 0.6), 1.6],
      [lowPass(context, brownNoise(context, length), 220), 0.6],
      [highPass(context, whiteNoise(context, length), 2500), 0.06],
    );
    mixInto(
      context,
      out,
      shape(context, chuff, (t) => Math.min(1, t / 0.035) * Math.exp(-t / 0.09) * Math.min(1, (length - t) / 0.05)),
      at,
      (i % 4 === 0 ? 1 : 0.75) * random.between(0.85, 1),
    );
  }
  for (const [start, blast] of [
    [1.2, 0.7],
    [2.1, 1.9],
    [6.2, 1.8],
  ] as const) {
    for (const hz of [466, 587, 698, 880]) {
      const blow = curve([0, 0.93 * hz], [0.15, hz], [blast - 0.2, hz], [blast, 0.95 * hz]);
      const pipe = mix(
        [
          additive(context, blast, blow, [
            { ratio: 1, gain: 1 },
            { ratio: 2, gain: 0.3 },
            { ratio: 3, gain: 0.12 },
          ]),
          1,
        ],
        [bandPass(context, whiteNoise(context, blast), blow, 10), 0.9],
      );
      mixInto(context, out, shape(context, pipe, swell(blast, 0.12, 0.3)), start, 0.22);
    }
  }
  const hiss = highPass(context, pinkNoise(context, seconds), 1500);
  const wheels = lowPass(context, brownNoise(context, seconds), 300);
  return reverb(context, mix([out, 1], [hiss, 0.1], [wheels, 0.25]), {
    t60: 1.2,
    wet: 0.12,
    brightnessHz: 3000,
    size: 4,
  });
}

/** Air horns of a locomotive: five notes at once, long, long, short, long. */
export function trainHorn(context: RenderContext): Float32Array {
  const seconds = 6.4;
  const out = silence(context, seconds);
  for (const [at, length] of [
    [0.1, 1.6],
    [2, 1.4],
    [3.7, 0.5],
    [4.4, 1.8],
  ] as const) {
    for (const hz of [311, 370, 415, 494, 622]) {
      const pitch = curve([0, 0.96 * hz], [0.12, hz], [length - 0.15, hz], [length, 0.95 * hz]);
      const reed = formants(context, oscillator(context, length, pitch, 'pulse', 0.2), [
        { frequency: 700, bandwidth: 500, gain: 1 },
        { frequency: 1500, bandwidth: 600, gain: 0.9 },
        { frequency: 2900, bandwidth: 900, gain: 0.5 },
      ]);
      mixInto(context, out, shape(context, reed, swell(length, 0.06, 0.12)), at, 0.25);
    }
  }
  return reverb(context, saturate(normalise(out), 1.6), { t60: 1.8, wet: 0.16, brightnessHz: 3000, size: 6 });
}

/** Two honks, one short, one long. */
export function carHorn(context: RenderContext): Float32Array {
  const out = silence(context, 2.6);
  for (const [at, length] of [
    [0.1, 0.35],
    [0.75, 1.4],
  ] as const) {
    for (const hz of [415, 520]) {
      const reed = formants(context, oscillator(context, length, hz, 'pulse', 0.1), [
        { frequency: 450, bandwidth: 200, gain: 0.5 },
        { frequency: 2700, bandwidth: 700, gain: 1.6 },
        { frequency: 4300, bandwidth: 1500, gain: 1 },
      ]);
      mixInto(context, out, shape(context, reed, swell(length, 0.02, 0.03)), at, 0.5);
    }
  }
  return reverb(context, out, { t60: 0.9, wet: 0.1, brightnessHz: 6000, size: 4 });
}

/** An ambulance or police car: the slow wail, then the fast yelp. */
export function siren(context: RenderContext, seconds = 9): Float32Array {
  const wail = (t: number) => {
    const x = t < 6 ? (t / 3) % 1 : ((t - 6) / 0.38) % 1;
    return x < 0.45 ? 620 * Math.pow(2.25, x / 0.45) : 620 * Math.pow(2.25, 1 - (x - 0.45) / 0.55);
  };
  const horn = formants(context, oscillator(context, seconds, wail, 'square'), [
    { frequency: 1200, bandwidth: 900, gain: 1 },
    { frequency: 2400, bandwidth: 900, gain: 0.6 },
    { frequency: 3600, bandwidth: 1200, gain: 0.3 },
  ]);
  return reverb(context, shape(context, horn, curve([0, 0.4], [4, 1], [seconds, 0.5])), {
    t60: 1.6,
    wet: 0.15,
    brightnessHz: 3000,
    size: 6,
  });
}

/** A jet passes overhead: a roar that swells, with a whine that drops as it goes by. */
export function jetFlyby(context: RenderContext): Float32Array {
  const seconds = 8;
  const near = (t: number) => 1 / (1 + ((t - 3.6) / 1.15) ** 2);
  const doppler = curve([0, 1.12], [3, 1.08], [4.2, 0.86], [seconds, 0.82]);
  const roar = mix(
    [lowPass(context, brownNoise(context, seconds), (t) => 250 + 900 * near(t)), 1],
    [bandPass(context, pinkNoise(context, seconds), (t) => 900 * doppler(t), 0.6), 1],
    [shape(context, highPass(context, whiteNoise(context, seconds), 2500), (t) => near(t) ** 2), 0.22],
  );
  const whine = mix(
    [oscillator(context, seconds, (t) => 2900 * doppler(t)), 0.06],
    [oscillator(context, seconds, (t) => 4150 * doppler(t)), 0.03],
  );
  const rumble = drift(context, seconds, 9, 0.75, 1);
  return shape(context, mix([shape(context, roar, rumble), 1], whine), (t) => 0.06 + 0.94 * near(t));
}

/** The horn of a big ship leaving harbour. */
export function shipHorn(context: RenderContext): Float32Array {
  const seconds = 4.5;
  const blast = mix(
    ...[98, 98.7, 147].map(
      (hz) =>
        [
          lowPass(
            context,
            oscillator(context, seconds, curve([0, 0.9 * hz], [0.4, hz], [seconds, 0.98 * hz]), 'saw'),
            900,
          ),
          0.4,
        ] as const,
    ),
  );
  const horn = shape(context, saturate(blast, 2), swell(seconds, 0.35, 0.5));
  return reverb(context, horn, { t60: 3, wet: 0.2, brightnessHz: 1800, size: 8 });
}

/** A bicycle bell, rung twice. */
export function bicycleBell(context: RenderContext): Float32Array {
  const out = silence(context, 2.6);
  const cup = normalise(strike(context, 1.6, modesOf(context, 2350, RATIOS.gong, 1.4, 0.3, 0.004), 0.0003));
  for (const [at, gain] of [
    [0.08, 0.8],
    [0.17, 1],
    [0.26, 0.7],
    [1.1, 0.9],
    [1.19, 1],
    [1.28, 0.6],
  ] as const)
    mixInto(context, out, cup, at, gain);
  const ratchet = shape(context, highPass(context, whiteNoise(context, 0.01), 2500), decay(0.01));
  mixInto(context, out, ratchet, 0.03, 0.3);
  return out;
}

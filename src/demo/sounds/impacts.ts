/** Shots, explosions, blades and things that rush past. Mono, not levelled. */
import { curve, decay, drift, glide, line, swell } from '../synthesis/envelopes.ts';
import { bandPass, highPass, lowPass } from '../synthesis/filters.ts';
import { resonate, strike } from '../synthesis/modal.ts';
import { brownNoise, pinkNoise, scatter, whiteNoise } from '../synthesis/noise.ts';
import { oscillator } from '../synthesis/oscillators.ts';
import { reverb } from '../synthesis/reverb.ts';
import { mix, mixInto, normalise, saturate, shape, silence, type RenderContext } from '../synthesis/signal.ts';

/** The muzzle blast alone. */
function blast(context: RenderContext): Float32Array {
  const crack = shape(
    context,
    whiteNoise(context, 0.35),
    (t) => Math.min(1, t / 0.0003) * (Math.exp(-t / 0.007) + 0.2 * Math.exp(-t / 0.05)),
  );
  const body = shape(
    context,
    bandPass(context, whiteNoise(context, 0.35), glide([0, 1500], [0.35, 450]), 0.5),
    decay(0.38, 0.0005),
  );
  const boom = shape(context, oscillator(context, 0.3, glide([0, 260], [0.1, 110], [0.3, 70])), decay(0.2, 0.001));
  return saturate(mix([crack, 1.2], [body, 2.2], [boom, 0.5]), 2);
}

/** One pistol shot in the open, thrown back by walls and trees. */
export function gunshot(context: RenderContext): Float32Array {
  const out = silence(context, 1.2);
  mixInto(context, out, normalise(blast(context)), 0.1);
  mixInto(context, out, lowPass(context, normalise(blast(context)), 2200), 0.31, 0.16);
  mixInto(context, out, lowPass(context, normalise(blast(context)), 1400), 0.52, 0.08);
  return reverb(context, out, { t60: 1.8, wet: 0.1, brightnessHz: 2200, size: 7 });
}

/** Two bursts of automatic fire. */
export function machineGun(context: RenderContext): Float32Array {
  const out = silence(context, 3.6);
  for (const [start, shots] of [
    [0.1, 9],
    [1.9, 13],
  ] as const) {
    for (let i = 0; i < shots; i++)
      mixInto(context, out, normalise(blast(context)), start + i * 0.098, context.random.between(0.85, 1));
  }
  return reverb(context, out, { t60: 1.2, wet: 0.08, brightnessHz: 2500, size: 6 });
}

/** An explosion: the flash of noise, the pressure, the fire rolling away, debris. */
export function explosion(context: RenderContext): Float32Array {
  const { random } = context;
  const seconds = 5;
  const shock = shape(context, whiteNoise(context, 0.5), decay(0.35, 0.0008));
  const pressure = shape(context, oscillator(context, 1.8, glide([0, 95], [0.5, 42], [1.8, 26])), decay(1.7, 0.004));
  const fireball = lowPass(
    context,
    brownNoise(context, seconds),
    glide([0, 6000], [0.5, 1100], [2, 350], [seconds, 120]),
    0.8,
  );
  const churn = drift(context, seconds, 14, 0.55, 1);
  const rubble = scatter(context, seconds, line([0, 0], [0.4, 20], [1, 40], [2.2, 14], [4.5, 1]), (t) => {
    const stone = bandPass(context, whiteNoise(context, 0.05), random.betweenLog(400, 3500), 2);
    const gain = 0.4 * random.next() ** 2 * Math.exp(-0.6 * t);
    return shape(context, stone, (at) => gain * Math.exp(-at / 0.012));
  });
  const all = mix(
    [shock, 1],
    [pressure, 1],
    [shape(context, fireball, (t) => 2.6 * churn(t) * Math.exp(-t / 0.95)), 1],
    [rubble, 0.6],
  );
  return reverb(context, saturate(normalise(all), 3.2), { t60: 2.6, wet: 0.16, brightnessHz: 1400, size: 7 });
}

/** A rocket climbs and a star bursts: one firework. */
export function firework(context: RenderContext): Float32Array {
  const { random } = context;
  const out = silence(context, 4.2);
  const climb = mix(
    [bandPass(context, whiteNoise(context, 1.2), glide([0, 1300], [1.2, 2600]), 3), 0.6],
    [oscillator(context, 1.2, glide([0, 1500], [1.2, 3100])), 0.25],
  );
  mixInto(context, out, shape(context, climb, curve([0, 0], [0.15, 0.5], [1.2, 0])), 0.05, 0.5);
  mixInto(context, out, lowPass(context, normalise(blast(context)), 2600), 1.35);
  const crackle = scatter(context, 2, line([0, 5], [0.3, 90], [1.2, 50], [2, 0.5]), (t) => {
    const pop = highPass(context, whiteNoise(context, 0.012), 1500);
    const gain = random.between(0.15, 0.6) * Math.exp(-t);
    return shape(context, pop, (at) => gain * Math.exp(-at / 0.0015));
  });
  mixInto(context, out, crackle, 1.75, 0.9);
  return reverb(context, out, { t60: 2, wet: 0.12, brightnessHz: 2400, size: 8 });
}

/** Swords: steel slides and strikes. */
export function swordClash(context: RenderContext): Float32Array {
  const { random } = context;
  const out = silence(context, 3);
  for (const at of [0.1, 0.75, 1.25]) {
    // Two thin blades: many close modes, the high ones as strong as the low.
    const blades = Array.from({ length: 40 }, () => ({
      frequency: random.betweenLog(900, 13_000),
      gain: random.between(0.2, 1),
      t60: random.betweenLog(0.25, 0.9),
    }));
    const blow = normalise(strike(context, 1.2, blades, 0.0002));
    const scrape = resonate(
      context,
      shape(
        context,
        highPass(context, whiteNoise(context, 1.2), 3000),
        curve([0, 1], [0.03, 0.15], [0.25, 0.08], [0.32, 0]),
      ),
      blades,
    );
    mixInto(context, out, mix([blow, 0.9], [normalise(scrape), 0.5]), at, random.between(0.8, 1));
  }
  return reverb(context, out, { t60: 0.8, wet: 0.1, brightnessHz: 8000, size: 2 });
}

/** Something long and fast swings past, three times. */
export function whoosh(context: RenderContext): Float32Array {
  const out = silence(context, 3);
  for (const [at, length, top] of [
    [0.05, 0.8, 1500],
    [1, 0.6, 2200],
    [1.75, 1.1, 1200],
  ] as const) {
    const pass = curve([0, 0], [0.55 * length, 1], [length, 0]);
    const air = mix(
      [bandPass(context, pinkNoise(context, length), (t) => 140 + 0.5 * top * pass(t) ** 1.5, 0.9), 1],
      [bandPass(context, whiteNoise(context, length), (t) => 700 + 1.5 * top * pass(t), 0.7), 0.05],
      [lowPass(context, pinkNoise(context, length), 300), 0.3],
    );
    mixInto(
      context,
      out,
      shape(context, air, (t) => pass(t) ** 1.5),
      at,
    );
  }
  return out;
}

/** A body blow, as films have them: slap over thud. */
export function punch(context: RenderContext): Float32Array {
  const out = silence(context, 1.8);
  for (const at of [0.08, 0.7, 1.15]) {
    const slap = shape(
      context,
      bandPass(context, whiteNoise(context, 0.12), context.random.near(1500, 0.2), 0.8),
      decay(0.09, 0.001),
    );
    const thud = shape(context, oscillator(context, 0.2, glide([0, 150], [0.2, 55])), decay(0.22, 0.002));
    mixInto(context, out, mix([slap, 0.9], [thud, 1]), at, context.random.between(0.8, 1));
  }
  return saturate(out, 1.6);
}

/** A cartoon boing: a steel spring let go. */
export function springBoing(context: RenderContext): Float32Array {
  const seconds = 1.6;
  const wobble = (t: number) => 1 + 0.35 * Math.exp(-2 * t) * Math.sin(2 * Math.PI * (7 + 5 * t) * t);
  const twang = mix(
    [oscillator(context, seconds, (t) => 210 * wobble(t), 'saw'), 0.4],
    [oscillator(context, seconds, (t) => 631 * wobble(t), 'sine'), 0.4],
  );
  return shape(
    context,
    lowPass(context, twang, (t) => 900 + 3800 * Math.exp(-3 * t), 2),
    swell(seconds, 0.004, 1.4),
  );
}

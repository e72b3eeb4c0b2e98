/** Wind, rain, thunder, sea and fire: noise given a shape. Mono, not levelled. */
import { curve, decay, drift, glide, swell } from '../synthesis/envelopes.ts';
import { bandPass, highPass, lowPass } from '../synthesis/filters.ts';
import { modesOf, resonate } from '../synthesis/modal.ts';
import { brownNoise, pinkNoise, scatter, whiteNoise } from '../synthesis/noise.ts';
import { reverb } from '../synthesis/reverb.ts';
import { mix, mixInto, normalise, saturate, shape, silence, type RenderContext } from '../synthesis/signal.ts';

/** Gusts around a house: two moving bands and a whistle in a crack. */
export function wind(context: RenderContext, seconds = 9): Float32Array {
  const gust = drift(context, seconds, 0.7, 0.15, 1);
  const flutter = drift(context, seconds, 5, 0.8, 1.1);
  const low = lowPass(context, brownNoise(context, seconds), (t) => 180 + 260 * gust(t));
  const howl = bandPass(context, pinkNoise(context, seconds), (t) => 280 + 520 * gust(t), 2.5);
  const crack = bandPass(context, whiteNoise(context, seconds), (t) => 650 + 700 * gust(t), 18);
  const hiss = highPass(context, pinkNoise(context, seconds), 1800);
  return mix(
    [shape(context, low, (t) => 0.35 + 0.65 * gust(t)), 0.6],
    [shape(context, howl, (t) => gust(t) * flutter(t)), 1.6],
    [shape(context, crack, (t) => gust(t) ** 3 * flutter(t)), 0.5],
    [shape(context, hiss, (t) => gust(t) ** 2), 0.18],
  );
}

/** A dense shower on ground and leaves. */
export function heavyRain(context: RenderContext, seconds = 8): Float32Array {
  const { random } = context;
  const wash = mix(
    [highPass(context, pinkNoise(context, seconds), 450), 0.8],
    [highPass(context, whiteNoise(context, seconds), 2500), 0.12],
  );
  const drops = scatter(context, seconds, 420, () => {
    const length = random.between(0.002, 0.007);
    const splash = bandPass(context, whiteNoise(context, length), random.betweenLog(1500, 9000), 1.5);
    const loudness = random.betweenLog(0.1, 1);
    return shape(context, splash, (t) => loudness * Math.exp((-5 * t) / length));
  });
  const level = drift(context, seconds, 0.5, 0.85, 1);
  return shape(context, mix([wash, 0.5], [normalise(drops), 0.55]), level);
}

/** Rain heard from under a tin roof: every drop rings the sheet. */
export function rainOnRoof(context: RenderContext, seconds = 8): Float32Array {
  const { random } = context;
  const blows = scatter(context, seconds, 210, () => {
    const hit = new Float32Array(Math.max(2, Math.round(random.between(0.0002, 0.0008) * context.sampleRate)));
    return hit.fill(random.betweenLog(0.06, 1) ** 1.5);
  });
  const tin = modesOf(context, 900, [1, 1.43, 1.9, 2.45, 3.3, 4.6, 6.2, 8.1, 10.7], 0.03, 0, 0.08);
  const sheet = normalise(resonate(context, blows, tin));
  const shower = mix(
    [highPass(context, pinkNoise(context, seconds), 500), 0.8],
    [highPass(context, whiteNoise(context, seconds), 2500), 0.1],
  );
  return mix([sheet, 0.9], [shower, 0.3]);
}

/** A near strike: a crack, then peals rolling away. */
export function thunder(context: RenderContext): Float32Array {
  const { random } = context;
  const seconds = 8;
  const out = silence(context, seconds);
  for (let i = 0; i < 9; i++) {
    const crack = bandPass(context, whiteNoise(context, 0.25), random.betweenLog(400, 3000), 0.5);
    mixInto(
      context,
      out,
      shape(context, crack, decay(0.22, 0.004)),
      0.15 + random.between(0, 0.35),
      random.between(0.2, 0.7),
    );
  }
  let t = 0.2;
  while (t < seconds - 2) {
    const length = random.between(0.9, 2.2);
    const distance = t / seconds;
    const peal = lowPass(
      context,
      brownNoise(context, length),
      glide([0, 2600 * (1 - 0.75 * distance)], [length, 260]),
      0.8,
    );
    mixInto(
      context,
      out,
      shape(context, peal, swell(length, 0.08 + 0.25 * distance, 0.8 * length)),
      t,
      3.2 * (1 - 0.8 * distance) * random.betweenLog(0.3, 1),
    );
    t += random.between(0.18, 0.55);
  }
  return reverb(context, highPass(context, saturate(normalise(out), 1.2), 70), {
    t60: 3.2,
    wet: 0.2,
    brightnessHz: 1500,
    size: 8,
  });
}

/** Two waves that swell, break and hiss back over the sand. */
export function seaWaves(context: RenderContext, seconds = 12): Float32Array {
  const out = shape(context, bandPass(context, pinkNoise(context, seconds), 350, 0.6), 0.12);
  for (let start = -1; start < seconds; start += context.random.between(6, 7)) {
    const length = 7;
    const rise = curve([0, 0], [2.2, 0.5], [2.9, 1], [4.2, 0.5], [length, 0]);
    const wave = highPass(
      context,
      lowPass(context, pinkNoise(context, length), (t) => 500 + 9000 * rise(t) ** 1.5, 0.6),
      180,
    );
    const foam = highPass(context, whiteNoise(context, length), glide([0, 4500], [3, 1800], [length, 4200]));
    const receding = curve([0, 0], [2.4, 0.05], [3.2, 0.5], [4.6, 0.32], [length, 0]);
    const bubbling = drift(context, length, 40, 0.55, 1);
    mixInto(
      context,
      out,
      mix([shape(context, wave, rise), 1], [shape(context, foam, (t) => receding(t) * bubbling(t)), 0.28]),
      start,
    );
  }
  return out;
}

/** A wood fire: snaps of very different loudness over a flutter of flames. */
export function fire(context: RenderContext, seconds = 8): Float32Array {
  const { random } = context;
  const burst = drift(context, seconds, 1.2, 0.3, 1);
  const snaps = scatter(
    context,
    seconds,
    (t) => 6 + 26 * burst(t) ** 2,
    () => {
      const length = random.betweenLog(0.001, 0.009);
      const snap = bandPass(context, whiteNoise(context, 3 * length), random.betweenLog(900, 6500), 1.2);
      const loudness = random.next() ** 5 * 0.95 + 0.04;
      return shape(context, snap, (t) => loudness * Math.exp(-t / (0.35 * length)));
    },
  );
  const pops = scatter(context, seconds, 1.3, () => {
    const pop = bandPass(context, whiteNoise(context, 0.05), random.between(350, 900), 2);
    return shape(context, pop, (t) => 0.8 * Math.exp(-t / 0.008));
  });
  const flames = lowPass(context, brownNoise(context, seconds), 260);
  const flutter = drift(context, seconds, 11, 0.4, 1);
  const hiss = bandPass(context, pinkNoise(context, seconds), 3800, 0.5);
  return mix(
    [normalise(snaps), 1],
    [pops, 0.35],
    [shape(context, flames, flutter), 0.22],
    [shape(context, hiss, flutter), 0.05],
  );
}

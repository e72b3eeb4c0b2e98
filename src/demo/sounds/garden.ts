/** The long take of the demo library: most of a minute passes before anything happens. */
import { curve, drift } from '../synthesis/envelopes.ts';
import { bandPass, highPass, lowPass } from '../synthesis/filters.ts';
import { brownNoise, pinkNoise } from '../synthesis/noise.ts';
import { mix, mixInto, normalise, shape, type RenderContext } from '../synthesis/signal.ts';
import { reverb } from '../synthesis/reverb.ts';
import { bark } from './animals.ts';

/** Where the dog is: two groups of barks, seconds from the start. */
export const GARDEN_BARKS = { startSeconds: 46, endSeconds: 49.4 } as const;

/** 75 s of a garden: soft wind, leaves, a far road, and one dog at one moment. */
export function gardenAfternoon(context: RenderContext): Float32Array {
  const seconds = 75;
  const gust = drift(context, seconds, 0.25, 0.35, 1);
  const flutter = drift(context, seconds, 6, 0.6, 1);
  const leaves = shape(
    context,
    highPass(context, bandPass(context, pinkNoise(context, seconds), 3200, 0.5), 900),
    (t) => gust(t) * flutter(t),
  );
  const air = shape(
    context,
    lowPass(context, pinkNoise(context, seconds), (t) => 250 + 300 * gust(t)),
    gust,
  );
  const road = shape(
    context,
    lowPass(context, brownNoise(context, seconds), 140),
    curve([0, 0.5], [20, 1], [30, 0.4], [60, 0.9], [seconds, 0.5]),
  );
  const out = mix([leaves, 0.06], [air, 0.07], [road, 0.05]);
  for (const at of [46.1, 46.5, 47.5, 47.9, 48.3]) {
    const dog = reverb(context, normalise(bark(context, 600)), { t60: 0.5, wet: 0.1, brightnessHz: 3500, size: 1.6 });
    mixInto(context, out, dog, at, context.random.between(0.75, 1));
  }
  return out;
}

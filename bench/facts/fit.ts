/**
 * Finds the weights that tempo.ts ranks its candidates with: those under which the right tempo of rendered loops is the
 * most probable (a multinomial logit, by gradient descent). `node bench/facts/fit.ts FOLDER` prints them; the loops that
 * the benchmark judges by are others.
 */
import { loopCandidates, onsetsOf } from '../../src/main/decode/analysers/tempo.ts';
import { traceOf } from './trace-file.ts';
import { renderMaterial } from './material.ts';

const PULL_TO_ZERO = 0.01;
const STEPS = 800;
const RATE = 0.5;

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: node bench/facts/fit.ts FOLDER');
const material = renderMaterial(folder, { drumLoops: 60, melodicLoops: 60, fullLoops: 40, songs: 0, notes: 0 }, 1000);
if (!material) throw new Error('fluidsynth or a soundfont is missing');

const sets: { features: number[][]; right: number }[] = [];
for (const { path, bpm } of material) {
  const trace = traceOf(path);
  const candidates = loopCandidates(trace, onsetsOf(trace));
  const right = candidates.findIndex((candidate) => Math.abs(candidate.bpm / bpm! - 1) < 0.04);
  if (right >= 0) sets.push({ features: candidates.map(({ features }) => features), right });
}
const all = sets.flatMap(({ features }) => features);
const size = all[0]!.length;
const means = Array.from({ length: size }, (_, i) => all.reduce((sum, of) => sum + of[i]!, 0) / all.length);
const scales = means.map((mean, i) => Math.sqrt(all.reduce((sum, of) => sum + (of[i]! - mean) ** 2, 0) / all.length) + 1e-9); // prettier-ignore
const weights = new Array<number>(size).fill(0);
for (let step = 0; step < STEPS; step++) {
  const slope = weights.map((weight) => PULL_TO_ZERO * weight);
  for (const { features, right } of sets) {
    const scaled = features.map((of) => of.map((value, i) => (value - means[i]!) / scales[i]!));
    const scores = scaled.map((of) => of.reduce((sum, value, i) => sum + value * weights[i]!, 0));
    const highest = Math.max(...scores);
    const shares = scores.map((score) => Math.exp(score - highest));
    const whole = shares.reduce((a, b) => a + b, 0);
    for (const [c, of] of scaled.entries()) {
      const off = shares[c]! / whole - (c === right ? 1 : 0);
      for (let i = 0; i < size; i++) slope[i]! += (off * of[i]!) / sets.length;
    }
  }
  for (let i = 0; i < size; i++) weights[i]! -= RATE * slope[i]!;
}
console.log(JSON.stringify(weights.map((weight, i) => Number((weight / scales[i]!).toFixed(2)))));

/**
 * UMAP's layout in two dimensions (https://arxiv.org/abs/1802.03426, §3.2): points that belong together attract each
 * other, points drawn by chance push each other away. On typed arrays throughout: umap-js keeps its graph in maps of
 * strings and its points in arrays of arrays, which 100 000 files do not fit into.
 */
import type { WeightedEdges } from './fuzzy-graph.ts';
import { FastRandom } from '../vectors/random.ts';

/** Pushes for each pull. */
const NEGATIVE_SAMPLES = 5;
/** No step moves a point further than this, in the layout's own units. */
const LARGEST_STEP = 4;
/**
 * Nearness in the layout is 1/(1 + A·d²). UMAP's own curve for its least distance of 0.1 is 1/(1 + 1.58·d^1.79): the
 * square is as good to look at, and costs no power for each of a hundred million steps.
 */
const A = 1.58;
/** Edges between two looks at whether somebody wants something else. */
const EDGES_AT_ONCE = 400_000;
const SEED = 42;

/** Small maps need more rounds, and take no time. */
export function epochsFor(points: number): number {
  return points <= 10_000 ? 400 : 200;
}

/**
 * Moves the points, in place.
 * @param places Float32Array[n · 2], about −10..10, no two alike
 * @param edges their weights say how often they pull
 * @param progress called with the share that is done, 0..1
 */
export function* layOut(
  places: Float32Array,
  { from, to, weight }: WeightedEdges,
  epochs: number,
  progress: (share: number) => void,
): Generator<void, void, undefined> {
  const n = places.length / 2;
  const edges = from.length;
  let strongest = 0;
  for (let e = 0; e < edges; e++) strongest = Math.max(strongest, weight[e]!);
  // The strongest edge pulls in every epoch, the others as many times less as they are weaker.
  const every = new Float32Array(edges);
  for (let e = 0; e < edges; e++) every[e] = strongest / weight[e]!;
  const due = Float32Array.from(every);
  const random = new FastRandom(SEED);
  let since = 0;

  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = 1 - epoch / epochs;
    for (let e = 0; e < edges; e++) {
      if (++since >= EDGES_AT_ONCE) {
        since = 0;
        progress((epoch + e / edges) / epochs);
        yield;
      }
      if (due[e]! > epoch + 1) continue;
      due[e]! += every[e]!;
      const i = 2 * from[e]!;
      const j = 2 * to[e]!;
      let x = places[i]!;
      let y = places[i + 1]!;
      const pullX = x - places[j]!;
      const pullY = y - places[j + 1]!;
      const apart = pullX * pullX + pullY * pullY;
      if (apart > 0) {
        const pull = (-2 * A) / (1 + A * apart);
        const stepX = rate * clipped(pull * pullX);
        const stepY = rate * clipped(pull * pullY);
        x += stepX;
        y += stepY;
        places[j]! -= stepX;
        places[j + 1]! -= stepY;
      }
      for (let sample = 0; sample < NEGATIVE_SAMPLES; sample++) {
        const other = 2 * (random.next() % n);
        if (other === i) continue;
        const pushX = x - places[other]!;
        const pushY = y - places[other + 1]!;
        const squared = pushX * pushX + pushY * pushY;
        const push = 2 / ((0.001 + squared) * (1 + A * squared));
        if (squared > 0) {
          x += rate * clipped(push * pushX);
          y += rate * clipped(push * pushY);
        } else {
          // Two at one place: any direction is away from the other.
          x += rate * random.signed();
          y += rate * random.signed();
        }
      }
      places[i] = x;
      places[i + 1] = y;
    }
  }
  progress(1);
}

function clipped(step: number): number {
  return step > LARGEST_STEP ? LARGEST_STEP : step < -LARGEST_STEP ? -LARGEST_STEP : step;
}

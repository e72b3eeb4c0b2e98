/** Makes a whole map anew: mean embeddings → principal components → neighbours → UMAP, then room for every point. */
import type { StoredEmbeddings } from '../catalogue/open-embeddings.ts';
import { fitSquare, separate } from './fit-square.ts';
import { fuzzyGraph } from './fuzzy-graph.ts';
import { embeddedFiles, type EmbeddedFiles } from './embedded-files.ts';
import { epochsFor, layOut } from './layout.ts';
import { nearestNeighbours } from './neighbours.ts';
import { principalComponents, project, type Components } from './principal-components.ts';
import type { Arranged, ArrangeProgress } from './protocol.ts';
import { FastRandom } from '../vectors/random.ts';
import { spreadOut } from './spread-out.ts';

/** Files that the components are found from: more change them no more, and cost a second a thousand. */
const SAMPLE = 6000;
const COMPONENTS = 48;
/** As UMAP's own default: fewer see only the nearest, more blur small families. */
const NEIGHBOURS = 15;
/** With fewer there is nothing to lay out: their components say it all. */
const FEWEST_TO_LAY_OUT = 5;
const FILES_AT_ONCE = 500;
/** The layout begins as large as UMAP's, from the first two components: so the map as a whole means something, too
 *  (Kobak and Linderman, "Initialization is critical…", Nature Biotechnology 2021). */
const BEGIN_RADIUS = 10;
const BEGIN_NOISE = 1e-3;
const SEED = 3;

/** Of all the time it takes at 100 000 files. */
const SHARES = { components: 0.08, reading: 0.12, neighbours: 0.35, layout: 0.4, spreading: 0.05 };

/**
 * A generator that yields where it stands every few dozen ms.
 * Memory: 200 bytes a file for its components, about as much for the graph, 400 for the edges.
 */
export function* arrange(
  stored: Pick<StoredEmbeddings, 'spaces' | 'windows'>,
  { spaceId, dim }: { spaceId: number; dim: number },
): Generator<ArrangeProgress, Arranged, undefined> {
  const embedded = embeddedFiles(stored, spaceId, dim);
  const wanted: { fileId: number; doneMs: number }[] = [];
  yield { stage: 'comparing', share: 0, files: null };
  for (const page of embedded.pages()) wanted.push(...page.filter(({ listed }) => listed));

  const components = yield* withProgress('comparing', 0, SHARES.components, wanted.length, (progress) =>
    componentsOf(wanted, embedded, dim, progress),
  );
  const { rows, points } = yield* withProgress(
    'comparing',
    SHARES.components,
    SHARES.reading,
    wanted.length,
    (progress) => projected(wanted, embedded, components, progress),
  );
  const files = rows.map((row) => wanted[row]!);
  const places = beginning(points, components.count, files.length);
  if (files.length >= FEWEST_TO_LAY_OUT && components.count > 0) {
    const before = SHARES.components + SHARES.reading;
    const neighbours = yield* withProgress('comparing', before, SHARES.neighbours, files.length, (progress) =>
      nearestNeighbours(points, components.count, NEIGHBOURS, progress),
    );
    const after = before + SHARES.neighbours;
    yield* withProgress('arranging', after, SHARES.layout, files.length, (progress) =>
      layOut(places, fuzzyGraph(neighbours), epochsFor(files.length), progress),
    );
  }
  fitSquare(places);
  separate(places);
  yield* withProgress('arranging', 1 - SHARES.spreading, SHARES.spreading, files.length, (progress) =>
    spreadOut(places, progress),
  );
  return {
    fileIds: Int32Array.from(files, ({ fileId }) => fileId),
    places,
    doneMs: Float64Array.from(files, ({ doneMs }) => doneMs),
  };
}

/** Components of a sample spread evenly over the files. */
function* componentsOf(
  wanted: readonly { fileId: number }[],
  embedded: EmbeddedFiles,
  dim: number,
  progress: (share: number) => void,
): Generator<void, Components, undefined> {
  const many = Math.min(SAMPLE, wanted.length);
  const samples = new Float32Array(many * dim);
  let found = 0;
  for (let s = 0; s < many; s++) {
    const { fileId } = wanted[Math.floor((s * wanted.length) / many)]!;
    if (embedded.readMean(fileId, samples, found * dim)) found++;
    if (s % FILES_AT_ONCE === FILES_AT_ONCE - 1) {
      progress((0.3 * s) / many);
      yield;
    }
  }
  return yield* principalComponents(samples.subarray(0, found * dim), dim, COMPONENTS);
}

interface Projected {
  /** Positions in what was asked for; silent files are left out. */
  rows: number[];
  /** Float32Array[rows · components] */
  points: Float32Array;
}

function* projected(
  wanted: readonly { fileId: number }[],
  embedded: EmbeddedFiles,
  components: Components,
  progress: (share: number) => void,
): Generator<void, Projected, undefined> {
  const mean = new Float32Array(components.dim);
  const points = new Float32Array(wanted.length * components.count);
  const rows: number[] = [];
  for (const [row, { fileId }] of wanted.entries()) {
    if (embedded.readMean(fileId, mean, 0)) {
      project(components, mean, 0, points, rows.length * components.count);
      rows.push(row);
    }
    if (row % FILES_AT_ONCE === FILES_AT_ONCE - 1) {
      progress(row / wanted.length);
      yield;
    }
  }
  return { rows, points: points.subarray(0, rows.length * components.count) };
}

/** The first two components, no two points quite alike. Float32Array[n · 2] */
function beginning(points: Float32Array, dim: number, n: number): Float32Array {
  const places = new Float32Array(2 * n);
  if (dim === 0) return places;
  let largest = 0;
  for (let i = 0; i < n; i++) {
    for (let axis = 0; axis < Math.min(2, dim); axis++) {
      const value = points[i * dim + axis]!;
      places[2 * i + axis] = value;
      largest = Math.max(largest, Math.abs(value));
    }
  }
  const random = new FastRandom(SEED);
  const scale = largest > 0 ? BEGIN_RADIUS / largest : 0;
  const noise = n < FEWEST_TO_LAY_OUT ? 0 : BEGIN_NOISE;
  for (let i = 0; i < places.length; i++) places[i] = places[i]! * scale + noise * random.signed();
  return places;
}

/** Runs a part of the work; its own share becomes a share of the whole. */
function* withProgress<T>(
  stage: ArrangeProgress['stage'],
  from: number,
  share: number,
  files: number,
  part: (progress: (share: number) => void) => Generator<void, T, undefined>,
): Generator<ArrangeProgress, T, undefined> {
  let done = 0;
  const work = part((value) => (done = Math.max(done, value)));
  for (;;) {
    const { done: ended, value } = work.next();
    if (ended) return value;
    yield { stage, share: from + share * Math.min(1, done), files };
  }
}

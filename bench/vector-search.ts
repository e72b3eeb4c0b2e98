/** The index against comparing with everything: what it finds, what it costs to build, to keep and to load. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openCatalogue } from '../src/main/catalogue/open.ts';
import { Random } from '../src/demo/synthesis/random.ts';
import { fromFloat16Bytes } from '../src/main/vectors/float16.ts';
import { createEngine } from '../src/main/engine/engine.ts';
import { indexBytes, indexFolder } from '../src/main/index/index-folder.ts';
import { VectorIndex } from '../src/main/index/vector-index.ts';
import { spaceOf } from '../src/main/packs/pack.ts';
import { largestLibrary, type BenchContext } from './context.ts';
import { prepareLibrary, type BigLibrary } from './library.ts';
import { median, percentile, rounds, timed } from './measure.ts';
import { cpuSecondsOfOne } from './processes.ts';
import { QUERIES } from './queries.ts';
import { atLeast, peer, rangeOf, type Row } from './table.ts';
import { EmbeddingMaker } from './vectors.ts';

const K = 10;
/** Rounding of float16 and of other orders of summation: closer than this two cosines are the same. */
const SAME_COSINE = 1e-5;

export async function vectorSearch(context: BenchContext): Promise<Row[]> {
  const library = await prepareLibrary(context, largestLibrary(context));
  const { pack, quick, say } = context;
  const texts = await embedQueries(context);
  const stored = readEmbeddings(library, pack.dim);
  const sounds = soundQueries(stored, quick ? 10 : 100);

  say('building the index');
  const options = { dataFolder: library.dataFolder, spaceId: library.spaceId, dim: pack.dim };
  rmSync(indexFolder(library.dataFolder), { recursive: true, force: true });
  const built = await building(options);
  say('loading the index');
  const loads = await rounds(quick ? 2 : 5, () => loading(options));
  const emptyBytes = await memoryOfEmpty(context);
  const index = await VectorIndex.open(options);
  try {
    const bytes = await index.memory();
    say('comparing with exact search');
    const rows: Row[] = [];
    const graphMs: number[] = [];
    const exactMs: number[] = [];
    for (const [what, queries] of [
      ['texts', texts],
      ['sounds', sounds],
    ] as const) {
      const recalls: number[] = [];
      for (const embedding of queries) {
        const exact = await timed(() => exactly(embedding, stored));
        const found = await timed(() => index.search(embedding, K));
        exactMs.push(exact.ms);
        graphMs.push(found.ms);
        recalls.push(recall([...found.value.windowIds], exact.value));
      }
      rows.push({
        what: `recall@${K} against exact, ${queries.length} ${what} as queries`,
        value: recalls.reduce((sum, value) => sum + value, 0) / recalls.length,
        unit: '',
        ...(quick ? {} : { against: atLeast(0.99) }),
        note: `worst query ${Math.min(...recalls).toFixed(2)}`,
      });
    }
    const perWindow = (total: number) => total / library.files;
    const raw = peer(4 * pack.dim, 'embedding as float32');
    return [
      ...rows,
      { what: `nearest ${K} of ${library.files.toLocaleString('en-GB')} windows`, value: median(graphMs), unit: 'ms', p95: percentile(graphMs, 95), range: rangeOf(graphMs), against: peer(median(exactMs), 'exact search') },
      { what: 'build and save', value: built.seconds, unit: 's', note: `${Math.round(library.files / built.seconds).toLocaleString('en-GB')} windows/s by the clock, ${built.cpuSeconds.toFixed(1)} s of CPU time` },
      { what: 'load: process, places, checksum, graph', value: median(loads), unit: 'ms', range: rangeOf(loads) },
      { what: 'on disk, a window', value: perWindow(indexBytes(library.dataFolder, library.spaceId)), unit: 'bytes', against: raw },
      { what: 'in memory, a window', value: perWindow(bytes - emptyBytes), unit: 'bytes', against: raw, note: `resident: ${mib(bytes)} MiB with it, ${mib(emptyBytes)} MiB without` },
    ]; // prettier-ignore
  } finally {
    await index.close();
  }
}

type Options = Parameters<typeof VectorIndex.open>[0];

async function building(options: Options): Promise<{ seconds: number; cpuSeconds: number }> {
  const index = await VectorIndex.open(options);
  try {
    const cpuBefore = cpuSecondsOfOne(index.pid!);
    const { ms } = await timed(() => index.sync());
    return { seconds: ms / 1000, cpuSeconds: cpuSecondsOfOne(index.pid!) - cpuBefore };
  } finally {
    await index.close();
  }
}

async function loading(options: Options): Promise<number> {
  const { value: index, ms } = await timed(() => VectorIndex.open(options));
  const { state } = index;
  await index.close();
  if (state !== 'loaded') throw new Error(`the index that was just saved could not be loaded (${state})`);
  return ms;
}

/** Resident bytes of an index process without windows. */
async function memoryOfEmpty({ pack, workFolder }: BenchContext): Promise<number> {
  const dataFolder = join(workFolder, 'empty');
  const catalogue = openCatalogue(dataFolder);
  const spaceId = catalogue.windows.ensureSpace(spaceOf(pack));
  catalogue.close();
  const index = await VectorIndex.open({ dataFolder, spaceId, dim: pack.dim });
  try {
    return await index.memory();
  } finally {
    await index.close();
  }
}

async function embedQueries({ pack, workFolder, quick }: BenchContext): Promise<Float32Array[]> {
  const handle = createEngine({ dataFolder: join(workFolder, 'texts'), model: pack.folder, load: 'foreground' });
  try {
    const texts = quick ? QUERIES.slice(0, 5) : QUERIES;
    const { items } = await handle.engine['embed.texts']({ texts: [...texts], raw: false });
    return items.map(({ windows }) => Float32Array.from(windows[0]!.embedding));
  } finally {
    await handle.close();
  }
}

interface Stored {
  ids: number[];
  /** Float32Array[windows · dim], one after another. */
  values: Float32Array;
  dim: number;
}

/** Straight from the catalogue, past everything that is measured. */
function readEmbeddings({ dataFolder, spaceId, files }: BigLibrary, dim: number): Stored {
  const catalogue = openCatalogue(dataFolder, { readonly: true });
  try {
    const ids = catalogue.windows.placesAfter(spaceId, 0, 2 * files).map(({ id }) => id);
    const values = new Float32Array(ids.length * dim);
    for (const [row, id] of ids.entries())
      values.set(fromFloat16Bytes(catalogue.windows.embeddingBytes(id)!), row * dim);
    return { ids, values, dim };
  } finally {
    catalogue.close();
  }
}

/** Sounds like some of the library, none of them in it. */
function soundQueries({ ids, values, dim }: Stored, count: number): Float32Array[] {
  const random = new Random('queries by sound');
  const base = Array.from({ length: 200 }, () => {
    const row = Math.floor(random.next() * ids.length);
    return values.slice(row * dim, (row + 1) * dim);
  });
  const maker = new EmbeddingMaker(base, random);
  return Array.from({ length: count }, () => maker.scattered(random.pick(base)));
}

interface Exact {
  /** Window ids whose cosine is at least that of the tenth, float rounding aside. */
  good: Set<number>;
  count: number;
}

/** Compares with every window: the least that a search without an index costs. */
function exactly(query: Float32Array, { ids, values, dim }: Stored): Exact {
  const cosines = new Float32Array(ids.length);
  for (let row = 0; row < ids.length; row++) {
    let [a, b, c, d] = [0, 0, 0, 0];
    const at = row * dim;
    for (let i = 0; i < dim; i += 4) {
      a += query[i]! * values[at + i]!;
      b += query[i + 1]! * values[at + i + 1]!;
      c += query[i + 2]! * values[at + i + 2]!;
      d += query[i + 3]! * values[at + i + 3]!;
    }
    cosines[row] = a + b + c + d;
  }
  const count = Math.min(K, ids.length);
  const tenth = Float32Array.from(cosines).sort()[ids.length - count]!;
  return { good: new Set(ids.filter((_, row) => cosines[row]! >= tenth - SAME_COSINE)), count };
}

function recall(found: readonly number[], { good, count }: Exact): number {
  return found.filter((id) => good.has(id)).length / count;
}

function mib(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

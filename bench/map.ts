/** How long the map takes to draw, what memory, and how far neighbours on it are neighbours in sound. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openCatalogue } from '../src/main/catalogue/open.ts';
import { Random } from '../src/demo/synthesis/random.ts';
import { createEngine, type EngineHandle } from '../src/main/engine/engine.ts';
import { embeddedFiles } from '../src/main/map/embedded-files.ts';
import type { SoundMap } from '../src/shared/calls/map.ts';
import { summaryOf } from '../src/shared/jobs.ts';
import { librarySizes, type BenchContext } from './context.ts';
import { prepareLibrary, type BigLibrary } from './library.ts';
import { timed } from './measure.ts';
import { CAN_READ_PROCESSES, processTree } from './processes.ts';
import { atMost, type Row } from './table.ts';

const SAMPLE_MS = 250;
const MIB = 2 ** 20;
/** Of the nearest on the map. */
const NEIGHBOURS = 15;
/** Points whose neighbours are looked at. */
const LOOKED_AT = 200;

export async function map(context: BenchContext): Promise<Row[]> {
  const rows: Row[] = [];
  // Below ten thousand it is done before anybody looks.
  for (const files of librarySizes(context).filter((size) => context.quick || size >= 10_000)) {
    const library = await prepareLibrary(context, files);
    context.say(`drawing the map of ${files.toLocaleString('en-GB')} files`);
    const handle = createEngine({ dataFolder: library.dataFolder, model: context.pack.folder, load: 'foreground' });
    try {
      rows.push(...(await measure(context, library, handle)));
    } finally {
      await handle.close();
      rmSync(join(library.dataFolder, 'map'), { recursive: true, force: true }); // the library in the cache stays as it was
    }
  }
  return rows;
}

async function measure({ pack }: BenchContext, library: BigLibrary, { engine }: EngineHandle): Promise<Row[]> {
  const at = `${library.files.toLocaleString('en-GB')} files`;
  let [peak, cpuSeconds] = [0, 0];
  const timer = setInterval(() => {
    const own = processTree(process.pid).find(({ name }) => name === 'map');
    if (!own) return;
    peak = Math.max(peak, own.residentBytes);
    cpuSeconds = Math.max(cpuSeconds, own.cpuSeconds);
  }, SAMPLE_MS);
  const drawn = await timed(async () =>
    summaryOf(await engine['job.wait'](await engine['map.make']({ anew: true })), 'map'),
  );
  clearInterval(timer);
  const got = await timed(() => engine['map.get'](null));
  const legend = await timed(() => engine['map.legend']('folder'));
  if (!got.value || drawn.value.files !== library.files) throw new Error(`the map has ${drawn.value.files} points`);
  const large = library.files === 100_000;
  return [
    {
      what: `drawing the map, ${at}`,
      value: drawn.ms / 1000,
      unit: 's',
      ...(large ? { against: atMost(180) } : {}),
      ...(CAN_READ_PROCESSES ? { note: `${cpuSeconds.toFixed(1)} s of CPU time` } : {}),
    },
    ...(CAN_READ_PROCESSES
      ? [{ what: '    memory of its process, peak', value: peak / MIB, unit: 'MiB', ...(large ? { against: atMost(600) } : {}) }] // prettier-ignore
      : []),
    { what: `    trustworthiness of ${NEIGHBOURS} neighbours`, value: trustworthiness(library, pack.dim, got.value), unit: '', note: 'places by chance: 0.5' }, // prettier-ignore
    { what: '    loading it', value: got.ms, unit: 'ms' },
    { what: '    its colours by folder', value: legend.ms, unit: 'ms' },
  ];
}

/**
 * Venna and Kaski, "Neighborhood preservation in nonlinear projection methods" (2001), over some of the points: 1 when
 * all neighbours on the map are neighbours in sound.
 */
function trustworthiness({ dataFolder, spaceId }: BigLibrary, dim: number, drawn: SoundMap): number {
  const ids = new Int32Array(new Uint8Array(Buffer.from(drawn.fileIds, 'base64')).buffer);
  const places = new Float32Array(new Uint8Array(Buffer.from(drawn.places, 'base64')).buffer);
  const n = ids.length;
  const sounds = new Float32Array(n * dim);
  const catalogue = openCatalogue(dataFolder, { readonly: true });
  try {
    const embedded = embeddedFiles(catalogue, spaceId, dim);
    for (const [row, id] of ids.entries()) embedded.readMean(id, sounds, row * dim);
  } finally {
    catalogue.close();
  }
  const random = new Random('points of the map');
  const many = Math.min(LOOKED_AT, n);
  let penalty = 0;
  for (let look = 0; look < many; look++) {
    const point = Math.floor(random.next() * n);
    const cosines = Float32Array.from({ length: n }, (_, row) => {
      let sum = 0;
      for (let i = 0; i < dim; i++) sum += sounds[point * dim + i]! * sounds[row * dim + i]!;
      return sum;
    });
    const far = (row: number) =>
      Math.hypot(places[2 * row]! - places[2 * point]!, places[2 * row + 1]! - places[2 * point + 1]!);
    for (const near of nearest(n, point, far)) {
      let rank = 1;
      for (let row = 0; row < n; row++) if (row !== point && cosines[row]! > cosines[near]!) rank++;
      penalty += Math.max(0, rank - NEIGHBOURS);
    }
  }
  return 1 - (2 / (many * NEIGHBOURS * (2 * n - 3 * NEIGHBOURS - 1))) * penalty;
}

/** The points with the smallest distances, in no order. */
function nearest(n: number, point: number, far: (row: number) => number): number[] {
  const best: { row: number; distance: number }[] = [];
  for (let row = 0; row < n; row++) {
    if (row === point) continue;
    const distance = far(row);
    if (best.length === NEIGHBOURS && distance >= best.at(-1)!.distance) continue;
    best.push({ row, distance });
    best.sort((a, b) => a.distance - b.distance);
    best.length = Math.min(best.length, NEIGHBOURS);
  }
  return best.map(({ row }) => row);
}

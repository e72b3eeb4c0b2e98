/** Made-up libraries of up to 100 000 files: a real catalogue, a real index, and a tiny file on disk for each row. */
import { existsSync, lstatSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEWEST_VERSION } from '../src/main/catalogue/migrate.ts';
import { openCatalogue, type Catalogue } from '../src/main/catalogue/open.ts';
import { DEMO_SOUNDS, type DemoSound } from '../src/demo/library.ts';
import { Random } from '../src/demo/synthesis/random.ts';
import { createEngine } from '../src/main/engine/engine.ts';
import { indexBytes } from '../src/main/index/index-folder.ts';
import { VectorIndex } from '../src/main/index/vector-index.ts';
import { spaceOf } from '../src/main/packs/pack.ts';
import type { AudioFormat } from '../src/shared/types.ts';
import type { BenchContext } from './context.ts';
import { prepareCorpus } from './corpus.ts';
import { EmbeddingMaker } from './vectors.ts';
import { NO_SAMPLE_FACTS } from '../test/kit/figures.ts';

/** Goes up when other rows should be written than before. */
const LIBRARY_VERSION = 1;
const FILES_PER_FOLDER = 250;
const ROWS_PER_TRANSACTION = 1000;
/** As the decoder gives them. */
const WAVEFORM_PEAKS = 400;

export interface BigLibrary {
  files: number;
  /** One window each: the index holds as many windows as there are files. */
  dataFolder: string;
  /** The folder with the files, as the catalogue knows it. */
  root: string;
  spaceId: number;
}

/** Built once for each number of files, pack and schema, then taken from the cache. Its index is saved and complete. */
export async function prepareLibrary(context: BenchContext, files: number): Promise<BigLibrary> {
  const { pack, cacheFolder, say } = context;
  const space = spaceOf(pack);
  const name = `library-${files}-${pack.id}-${space.weightHash.slice(0, 8)}-schema${NEWEST_VERSION}-v${LIBRARY_VERSION}`;
  const folder = join(cacheFolder, name);
  const dataFolder = join(folder, 'data');
  const whole = join(folder, 'whole');
  if (!existsSync(whole)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'sounds'), { recursive: true });
    const base = await embedBase(context);
    say(`writing a library of ${files.toLocaleString('en-GB')} files (once; it stays in the cache)`);
    const catalogue = openCatalogue(dataFolder);
    try {
      fill(catalogue, realpathSync(join(folder, 'sounds')), files, catalogue.windows.ensureSpace(space), base);
    } finally {
      catalogue.close();
    }
    writeFileSync(whole, '');
  }
  const root = realpathSync(join(folder, 'sounds'));
  const catalogue = openCatalogue(dataFolder);
  const spaceId = catalogue.windows.ensureSpace(space);
  catalogue.close();
  const library = { files, dataFolder, root, spaceId };
  if (indexBytes(dataFolder, spaceId) === 0) {
    say(`building its index`);
    const index = await VectorIndex.open({ dataFolder, spaceId, dim: pack.dim });
    try {
      await index.sync();
    } finally {
      await index.close();
    }
  }
  return library;
}

interface Base {
  sound: DemoSound;
  embedding: Float32Array;
}

/** The windows of the short sounds, by the model that is measured. */
async function embedBase(context: BenchContext): Promise<Base[]> {
  const { pack, workFolder, say } = context;
  const { shortPaths } = await prepareCorpus(context);
  say('analysing the files that the library is made from');
  const handle = createEngine({ dataFolder: join(workFolder, 'base'), model: pack.folder, load: 'foreground' });
  try {
    const { items, failed } = await handle.engine['embed.files']({ paths: shortPaths, raw: false });
    if (failed.length > 0) throw new Error(`a generated sound cannot be read: ${failed[0]!.message}`);
    return items.flatMap(({ path, windows }) => {
      const sound = DEMO_SOUNDS.find(({ name }) => path!.endsWith(name))!;
      return windows.map(({ embedding }) => ({ sound, embedding: Float32Array.from(embedding) }));
    });
  } finally {
    await handle.close();
  }
}

function fill(catalogue: Catalogue, root: string, files: number, spaceId: number, base: readonly Base[]): void {
  const random = new Random(`library of ${files}`);
  const maker = new EmbeddingMaker(
    base.map(({ embedding }) => embedding),
    random,
  );
  const rootId = catalogue.roots.add(root).id;
  for (let first = 0; first < files; first += ROWS_PER_TRANSACTION) {
    catalogue.transaction(() => {
      for (let at = first; at < Math.min(first + ROWS_PER_TRANSACTION, files); at++) {
        const { embedding, near } = maker.next();
        const { sound } = near < 0 ? random.pick(base) : base[near]!;
        const relativePath = writeTinyFile(root, sound, at);
        const { size, mtimeMs } = lstatSync(join(root, relativePath));
        const fileId = catalogue.files.insertPending({ rootId, relativePath, size, mtimeMs });
        const facts = factsOf(sound, at, random);
        catalogue.files.storeAnalysed({
          fileId,
          spaceId,
          facts,
          tags: Object.entries(sound.tags).map(([field, value]) => ({ nativeId: field.toUpperCase(), field, value })),
          windows: [{ startSeconds: 0, seconds: Math.min(5, facts.durationSeconds), embedding }],
        });
      }
    });
  }
  catalogue.roots.setScanned(rootId, Date.now());
}

/** A few bytes under a name like the sound's own. @returns its path below the root */
function writeTinyFile(root: string, { name, folder }: DemoSound, at: number): string {
  const part = String(Math.floor(at / FILES_PER_FOLDER)).padStart(4, '0');
  const inside = `${part}/${folder === '' ? 'Unsorted' : folder}`;
  const dot = name.lastIndexOf('.');
  const relativePath = `${inside}/${name.slice(0, dot)} ${at + 1}${name.slice(dot)}`;
  mkdirSync(join(root, inside), { recursive: true });
  writeFileSync(join(root, relativePath), String(at));
  return relativePath;
}

function factsOf({ format, sampleRate, channels, bitDepth }: DemoSound, at: number, random: Random) {
  return {
    contentId: at.toString(16).padStart(32, '0'),
    format: format satisfies AudioFormat,
    codec: format,
    durationSeconds: random.betweenLog(0.2, 120),
    sampleRate,
    channels,
    bitDepth,
    ...NO_SAMPLE_FACTS,
    peakDb: -random.between(0, 12),
    clippedSamples: 0,
    loudnessLufs: -random.between(10, 40),
    waveform: Uint8Array.from({ length: WAVEFORM_PEAKS }, () => 256 * random.next()),
    warnings: [],
  };
}

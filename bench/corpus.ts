/** Real files to index: short sounds as in a library of effects, and long ones in the formats that are compared. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DEMO_SOUNDS, LONG_DEMO_SOUND } from '../src/demo/library.ts';
import { Child } from '../src/main/process/child.ts';
import type { BenchContext } from './context.ts';
import { LONG_FORMATS, type CorpusMethods, type LongFormat } from './corpus-methods.ts';

/** Goes up when other sounds should be written than before. */
const CORPUS_VERSION = 1;

export interface Corpus {
  /** All of it. */
  folder: string;
  /** The short sounds alone, and their paths. */
  shortFolder: string;
  shortPaths: string[];
  /** Folder and paths of the long files of each format. */
  long: Record<LongFormat, { folder: string; paths: string[]; seconds: number }>;
}

interface Plan {
  name: string;
  shortIndices: number[];
  longFiles: number;
  longSeconds: number;
}

/** Written once, then taken from the cache. */
export async function prepareCorpus(context: BenchContext): Promise<Corpus> {
  const plan = context.quick ? quickPlan() : fullPlan();
  const folder = join(context.cacheFolder, `sounds-${plan.name}-v${CORPUS_VERSION}`);
  const shortFolder = join(folder, 'short');
  const shortPaths = plan.shortIndices.map((index) => join(shortFolder, DEMO_SOUNDS[index]!.name));
  const long = Object.fromEntries(
    LONG_FORMATS.map((format) => {
      const inside = join(folder, format);
      const paths = Array.from({ length: plan.longFiles }, (_, at) => join(inside, `long-${at + 1}.${format}`));
      return [format, { folder: inside, paths, seconds: plan.longFiles * plan.longSeconds }];
    }),
  ) as Corpus['long'];
  for (const part of [shortFolder, ...LONG_FORMATS.map((format) => long[format].folder)])
    await mkdir(part, { recursive: true });
  await writeMissing(context, plan, shortPaths, long);
  return { folder, shortFolder, shortPaths, long };
}

async function writeMissing(
  { say }: BenchContext,
  { shortIndices, longSeconds }: Plan,
  shortPaths: readonly string[],
  long: Corpus['long'],
): Promise<void> {
  const jobs: { path: string; write: (child: Child<CorpusMethods>) => Promise<null> }[] = [];
  for (const [at, path] of shortPaths.entries())
    jobs.push({ path, write: (child) => child.call('writeSound', { index: shortIndices[at]!, path }) });
  for (const format of LONG_FORMATS) {
    for (const path of long[format].paths) {
      const input = { path, format, seconds: longSeconds, indices: atLongRate(shortIndices) };
      jobs.push({ path, write: (child) => child.call('writeLong', input) });
    }
  }
  const missing = jobs.filter(({ path }) => !existsSync(path));
  if (missing.length === 0) return;
  say(`writing ${missing.length} sounds (once; they stay in the cache)`);
  const child = new Child<CorpusMethods>({
    processName: 'corpus',
    entry: new URL('./corpus-process.ts', import.meta.url),
  });
  try {
    for (const { write } of missing) await write(child);
  } finally {
    await child.kill();
  }
}

function quickPlan(): Plan {
  // Every sixteenth sound: different kinds and formats.
  const shortIndices = fullPlan().shortIndices.filter((_, at) => at % 16 === 0);
  return { name: 'quick', shortIndices, longFiles: 1, longSeconds: 6 };
}

function fullPlan(): Plan {
  const shortIndices = [...DEMO_SOUNDS.keys()].filter((index) => DEMO_SOUNDS[index]!.name !== LONG_DEMO_SOUND);
  return { name: 'full', shortIndices, longFiles: 6, longSeconds: 300 };
}

function atLongRate(indices: readonly number[]): number[] {
  return indices.filter((index) => DEMO_SOUNDS[index]!.sampleRate === 48_000);
}

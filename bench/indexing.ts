/** Indexing by stage: walking, decoding, embedding, and all of it together. */
import { join } from 'node:path';
import { createEngine, type EngineHandle } from '../src/main/engine/engine.ts';
import { walk } from '../src/main/scan/walk.ts';
import type { IndexSummary } from '../src/shared/types.ts';
import { summaryOf } from '../src/shared/jobs.ts';
import { librarySizes, type BenchContext } from './context.ts';
import { prepareCorpus, type Corpus } from './corpus.ts';
import { prepareLibrary } from './library.ts';
import { median, rounds, timed } from './measure.ts';
import { cpuSecondsOf } from './processes.ts';
import { measureAnalysis } from './analysis.ts';
import { atLeast, rangeOf, type Row } from './table.ts';

export async function indexing(context: BenchContext): Promise<Row[]> {
  const corpus = await prepareCorpus(context);
  return [
    await measureWalk(context),
    ...(await measureAnalysis(context, corpus)),
    ...(await measureJobs(context, corpus)),
  ];
}

async function measureWalk(context: BenchContext): Promise<Row> {
  const sizes = librarySizes(context);
  const { root } = await prepareLibrary(context, sizes[Math.min(1, sizes.length - 1)]!);
  context.say('walking');
  const perSecond = await rounds(context.quick ? 2 : 5, async () => {
    let files = 0;
    const { ms } = await timed(async () => {
      for await (const entry of walk(root, '', new AbortController().signal)) if (entry.kind === 'file') files++;
    });
    return (1000 * files) / ms;
  });
  return {
    what: 'walk: names, sizes and times',
    value: median(perSecond),
    unit: 'files/s',
    range: rangeOf(perSecond),
  };
}

interface JobFigures {
  /** Audio seconds per second of wall time and of CPU time. */
  wall: number;
  cpu: number;
  filesPerSecond: number;
}

/** Whole index jobs through the engine, as the command line runs them: walk, recognise, analyse, store, build the index. */
async function measureJobs(context: BenchContext, corpus: Corpus): Promise<Row[]> {
  const { quick, ownFolder, say } = context;
  const starting: number[] = [];
  const mp3: JobFigures[] = [];
  const all: JobFigures[] = [];
  const otherFormats = [corpus.long.wav.folder, corpus.long.flac.folder, corpus.long.ogg.folder];
  await rounds(quick ? 1 : 3, async (round) => {
    say(`whole index jobs, round ${round + 1}`);
    await withEngine(context, `job-${round}`, async (handle) => {
      // The first job starts the processes and loads the model; what follows shows the speed in the long run.
      starting.push((await timed(() => index(handle, [corpus.shortFolder]))).ms / 1000);
      mp3.push(await measureJob(handle, [corpus.long.mp3.folder]));
      all.push(await measureJob(handle, otherFormats));
    });
  });
  const perCore = Number.isFinite(mp3[0]!.cpu) ? 'cpu' : 'wall';
  const rows: Row[] = [
    {
      what: `first index of ${corpus.shortPaths.length} short sounds, processes and model loaded`,
      value: median(starting),
      unit: 's',
      range: rangeOf(starting),
    },
    {
      what: 'starter model end to end from mp3, per core',
      value: median(mp3.map((figures) => figures[perCore])),
      unit: 'x real time',
      range: rangeOf(mp3.map((figures) => figures[perCore])),
      ...(quick ? {} : { against: atLeast(400) }),
      note: `audio per second of CPU time, all processes together; ${median(mp3.map(({ wall }) => wall)).toFixed(0)} x by the clock with all cores`,
    },
    {
      what: 'whole index job, long wav, flac and ogg, all cores',
      value: median(all.map(({ wall }) => wall)),
      unit: 'x real time',
      range: rangeOf(all.map(({ wall }) => wall)),
    },
  ];
  if (ownFolder === null) return rows;
  say('your own folder');
  const own = await withEngine(context, 'own', (handle) => measureJob(handle, [ownFolder]));
  return [
    ...rows,
    {
      what: 'your folder, whole index job, all cores',
      value: own.wall,
      unit: 'x real time',
      note: `${own.filesPerSecond.toFixed(1)} files/s, ${own.cpu.toFixed(0)} x real time per core`,
    },
  ];
}

async function measureJob(handle: EngineHandle, folders: string[]): Promise<JobFigures> {
  const cpuBefore = cpuSecondsOf(process.pid);
  const { value: summary, ms } = await timed(() => index(handle, folders));
  const cpuSeconds = cpuSecondsOf(process.pid) - cpuBefore;
  const { audioSeconds, indexed } = summary;
  return { wall: (1000 * audioSeconds) / ms, cpu: audioSeconds / cpuSeconds, filesPerSecond: (1000 * indexed) / ms };
}

async function index({ engine }: EngineHandle, folders: string[]): Promise<IndexSummary> {
  return summaryOf(await engine['job.wait'](await engine['index.start']({ folders })), 'index');
}

async function withEngine<T>(
  { pack, workFolder }: BenchContext,
  name: string,
  work: (handle: EngineHandle) => Promise<T>,
): Promise<T> {
  const handle = createEngine({ dataFolder: join(workFolder, name), model: pack.folder, load: 'foreground' });
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

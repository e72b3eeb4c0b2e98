/** How long a search takes, and how much of that is the text encoder's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Encoder } from '../src/main/embed/encoder.ts';
import { createEngine, type EngineHandle } from '../src/main/engine/engine.ts';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';
import type { SearchQuery, SearchResult } from '../src/shared/types.ts';
import { largestLibrary, librarySizes, type BenchContext } from './context.ts';
import { prepareCorpus } from './corpus.ts';
import { prepareLibrary, type BigLibrary } from './library.ts';
import { median, percentile, rounds, timed } from './measure.ts';
import { cpuSecondsOf } from './processes.ts';
import { QUERIES } from './queries.ts';
import { atMost, rangeOf, type Row, type Target } from './table.ts';

const WARM_UP = 3;

export async function query(context: BenchContext): Promise<Row[]> {
  const rows: Row[] = [];
  for (const files of librarySizes(context)) {
    const library = await prepareLibrary(context, files);
    context.say(`searching ${files.toLocaleString('en-GB')} files`);
    rows.push(...(await measureLibrary(context, library)));
  }
  rows.push(await measureStart(context, await prepareLibrary(context, largestLibrary(context))));
  return rows;
}

interface Split {
  total: number;
  /** Inside the text encoder and on the way there and back, ms. */
  encoder: number;
}

async function measureLibrary(context: BenchContext, library: BigLibrary): Promise<Row[]> {
  const { files } = library;
  const large = files === 100_000;
  const goal = (ms: number): { against?: Target } => (large ? { against: atMost(ms) } : {});
  const at = `${files.toLocaleString('en-GB')} files`;
  const handle = createEngine({ dataFolder: library.dataFolder, model: context.pack.folder, load: 'foreground' });
  const watch = watchTextEncoder();
  try {
    const count = context.quick ? 6 : QUERIES.length;
    const texts = QUERIES.slice(0, count);
    for (const text of QUERIES.slice(0, WARM_UP)) await search(handle, { text });
    const repeated = context.quick ? 1 : 3;
    const cpuBefore = cpuSecondsOf(process.pid);
    const plain = await each(texts, repeated, (text) => measureText(handle, watch, { text }));
    const cpuMs = (1000 * (cpuSecondsOf(process.pid) - cpuBefore)) / plain.length;
    const narrow = { formats: ['flac' as const], maxSeconds: 5 };
    const filtered = await each(texts, repeated, (text) => measureText(handle, watch, { text, filters: narrow }));
    const broad = { minSeconds: 1 };
    const broadly = await each(texts, repeated, (text) => measureText(handle, watch, { text, filters: broad }));
    const minus = await each(texts, repeated, (text) => measureText(handle, watch, { text: `${text} -music` }));
    const known = await knownSounds(handle, count);
    const similar = await each(
      known,
      repeated,
      async (likePath) => (await timed(() => search(handle, { likePath }))).ms,
    );
    const [outside] = (await prepareCorpus(context)).shortPaths;
    const external = await rounds(
      repeated * 3,
      async () => (await timed(() => search(handle, { likePath: outside! }))).ms,
    );

    const beyond = (splits: readonly Split[]) => splits.map(({ total, encoder }) => total - encoder);
    const totals = plain.map(({ total }) => total);
    const encoders = plain.map(({ encoder }) => encoder);
    return [
      {
        ...latency(`words → hits, ${at}`, totals, goal(30)),
        note: `${cpuMs.toFixed(1)} ms of CPU time a query, all processes together`,
      },
      latency('    of this the text encoder', encoders),
      latency('    and everything beyond it', beyond(plain), goal(10)),
      latency('    beyond it, filter that lets few files through', beyond(filtered), goal(10)),
      latency('    beyond it, filter that lets most files through', beyond(broadly), goal(10)),
      latency('    beyond it, with a minus term', beyond(minus)),
      latency(`similar to an indexed sound, ${at}`, similar, goal(30)),
      latency('    to a sound from outside, decoded and embedded', external),
    ];
  } finally {
    watch.stop();
    await handle.close();
  }
}

function latency(what: string, values: readonly number[], goal: { against?: Target } = {}): Row {
  return { what, value: median(values), unit: 'ms', range: rangeOf(values), p95: percentile(values, 95), ...goal };
}

async function each<I, T>(inputs: readonly I[], repeated: number, work: (input: I) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < repeated; round++) for (const input of inputs) results.push(await work(input));
  return results;
}

async function measureText(handle: EngineHandle, watch: Stopwatch, input: SearchQuery): Promise<Split> {
  watch.reset();
  const { ms } = await timed(() => search(handle, input));
  return { total: ms, encoder: watch.read() };
}

function search({ engine }: EngineHandle, input: SearchQuery): Promise<SearchResult> {
  return engine['search.query']({ limit: 20, ...input });
}

async function knownSounds(handle: EngineHandle, count: number): Promise<string[]> {
  const paths: string[] = [];
  for (const text of QUERIES.slice(0, count)) {
    const { hits } = await search(handle, { text, includeUnlikely: true, limit: 1 });
    paths.push(...hits.map(({ path }) => path));
  }
  if (paths.length === 0) throw new Error('the made-up library answers no query at all');
  return paths;
}

interface Stopwatch {
  reset(): void;
  /** ms since the reset. @throws Error when the text encoder was not asked: the split would be wrong */
  read(): number;
  stop(): void;
}

/**
 * Times every call to the text encoder. The product has no stopwatch in it, so the method itself is wrapped; calls that
 * overlap count once.
 */
function watchTextEncoder(): Stopwatch {
  const original = Object.getOwnPropertyDescriptor(Encoder.prototype, 'embedTexts')!.value as Encoder['embedTexts'];
  let running = 0;
  let since = 0;
  let spent = 0;
  let calls = 0;
  Encoder.prototype.embedTexts = async function (this: Encoder, ...input) {
    if (running++ === 0) since = performance.now();
    calls++;
    try {
      return await original.apply(this, input);
    } finally {
      if (--running === 0) spent += performance.now() - since;
    }
  };
  return {
    reset: () => {
      spent = 0;
      calls = 0;
    },
    read: () => {
      if (calls === 0) throw new Error('the search did not ask the text encoder');
      return spent;
    },
    stop: () => {
      Encoder.prototype.embedTexts = original;
    },
  };
}

/** From nothing to hits on the command line: Node, engine, catalogue, index process with its index, text encoder. */
async function measureStart({ quick, pack, say }: BenchContext, library: BigLibrary): Promise<Row> {
  say('starting and searching from the command line');
  const cpuSeconds: number[] = [];
  const seconds = await rounds(quick ? 1 : 7, async (round) => {
    const before = cpuSecondsOf(process.pid);
    const hitsAfter = await searchFromCommandLine(library, pack.folder, QUERIES[round]!);
    cpuSeconds.push(cpuSecondsOf(process.pid) - before);
    return hitsAfter;
  });
  return {
    what: `start to first search, command line, ${library.files.toLocaleString('en-GB')} files`,
    value: median(seconds),
    unit: 's',
    range: rangeOf(seconds),
    ...(quick ? {} : { against: atMost(2) }),
    note: `${median(cpuSeconds).toFixed(1)} s of CPU time until its end, all processes together`,
  };
}

/** @returns s from the start of the process until its hits have been written */
async function searchFromCommandLine({ dataFolder }: BigLibrary, model: string, text: string): Promise<number> {
  const began = performance.now();
  const args = [join(INSTALL_FOLDER, 'bin', 'earmark'), '--data', dataFolder, '--model', model, '--json'];
  const child = spawn(process.execPath, [...args, 'search', '--all', text], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let output = '';
  let hitsMs = 0;
  for await (const chunk of child.stdout) {
    hitsMs = performance.now() - began;
    output += String(chunk);
  }
  await exited;
  const { hits } = JSON.parse(output) as SearchResult;
  if (hits.length === 0) throw new Error(`the command line found nothing for “${text}”`);
  return hitsMs / 1000;
}

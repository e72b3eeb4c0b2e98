/** Memory of all of Earmark's processes together, while it indexes and while it searches a large library. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';
import { Child } from '../src/main/process/child.ts';
import { largestLibrary, type BenchContext } from './context.ts';
import { prepareCorpus } from './corpus.ts';
import { prepareLibrary, type BigLibrary } from './library.ts';
import { CAN_READ_PROCESSES, processTree, type ProcessFacts } from './processes.ts';
import { QUERIES } from './queries.ts';
import type { SearchMethods } from './search-process.ts';
import { atMost, type Row } from './table.ts';

const SAMPLE_MS = 250;
const MIB = 2 ** 20;

export async function memory(context: BenchContext): Promise<Row[]> {
  if (!CAN_READ_PROCESSES) {
    context.say('memory: left out, because the memory of other processes can be read on Linux only');
    return [];
  }
  const library = await prepareLibrary(context, largestLibrary(context));
  return [...(await whileIndexing(context, library)), ...(await whileSearching(context, library))];
}

async function whileIndexing(context: BenchContext, library: BigLibrary): Promise<Row[]> {
  const { long, folder } = await prepareCorpus(context);
  context.say('memory while indexing');
  // New sounds join the library: in a copy, because the cached one is to stay as it is.
  const dataFolder = join(context.workFolder, 'memory');
  await cp(library.dataFolder, dataFolder, { recursive: true });
  const args = [join(INSTALL_FOLDER, 'bin', 'earmark'), '--data', dataFolder, '--model', context.pack.folder, '--json'];
  const sounds = context.quick ? long.mp3.folder : folder;
  const child = spawn(process.execPath, [...args, 'index', sounds], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const samples: ProcessFacts[][] = [];
  const timer = setInterval(() => samples.push(processTree(child.pid!, { memory: true })), SAMPLE_MS);
  const [code] = (await exited) as [number | null];
  clearInterval(timer);
  if (code !== 0) throw new Error(`the index command ended with ${code}`);
  return rowsOf(`indexing into ${library.files.toLocaleString('en-GB')} files, peak`, largest(samples), context);
}

async function whileSearching(context: BenchContext, library: BigLibrary): Promise<Row[]> {
  context.say('memory while searching');
  const { shortPaths } = await prepareCorpus(context);
  const child = new Child<SearchMethods>({
    processName: 'engine',
    entry: new URL('./search-process.ts', import.meta.url),
  });
  try {
    await child.call('open', { dataFolder: library.dataFolder, model: context.pack.folder });
    const samples: ProcessFacts[][] = [];
    const sample = () => samples.push(processTree(child.pid, { memory: true }));
    for (const text of QUERIES) {
      await child.call('search', { text });
      sample();
    }
    const byWords = largest(samples.splice(0));
    for (const likePath of shortPaths.slice(0, 5)) {
      await child.call('search', { likePath });
      sample();
    }
    await child.call('close', null);
    const files = library.files.toLocaleString('en-GB');
    return [
      ...rowsOf(`searching ${files} files by words`, byWords, context),
      ...rowsOf(`searching ${files} files by sounds from outside as well`, largest(samples), context),
    ];
  } finally {
    await child.kill(); // its own children end with it
  }
}

/** The sample in which all processes together had most. @throws Error when there is none */
function largest(samples: readonly ProcessFacts[][]): ProcessFacts[] {
  const most = samples.reduce((best, tree) => (total(tree) > total(best) ? tree : best), []);
  if (most.length === 0) throw new Error('it ended before its memory could be read');
  return most;
}

function total(tree: readonly ProcessFacts[]): number {
  return tree.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
}

/** Resident memory as every process sees it, and as the machine does: code that several share is there only once. */
function rowsOf(what: string, tree: readonly ProcessFacts[], { quick }: BenchContext): Row[] {
  const proportional = tree.reduce((sum, { proportionalBytes }) => sum + proportionalBytes, 0);
  const parts = (key: 'residentBytes' | 'proportionalBytes') =>
    tree.map((facts) => `${facts.name} ${Math.round(facts[key] / MIB)}`).join(', ');
  const target = quick ? {} : { against: atMost(600) };
  return [
    { what, value: total(tree) / MIB, unit: 'MiB', ...target, note: parts('residentBytes') },
    { what: '    shared pages counted once', value: proportional / MIB, unit: 'MiB', ...target, note: parts('proportionalBytes') },
  ]; // prettier-ignore
}

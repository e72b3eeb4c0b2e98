/** Looking again at a library in which nothing has changed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createEngine } from '../src/main/engine/engine.ts';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';
import { walk } from '../src/main/scan/walk.ts';
import type { IndexSummary } from '../src/shared/types.ts';
import { summaryOf } from '../src/shared/jobs.ts';
import { largestLibrary, type BenchContext } from './context.ts';
import { prepareLibrary, type BigLibrary } from './library.ts';
import { median, rounds, timed } from './measure.ts';
import { cpuSecondsOf } from './processes.ts';
import { atMost, peer, rangeOf, type Row } from './table.ts';

export async function scan(context: BenchContext): Promise<Row[]> {
  const library = await prepareLibrary(context, largestLibrary(context));
  const { quick, say } = context;
  const walks: number[] = [];
  const jobs: { seconds: number; cpuSeconds: number }[] = [];
  const commands: number[] = [];
  // By turns, so that the machine's load is the same for all three.
  await rounds(quick ? 1 : 5, async (round) => {
    say(`looking again at ${library.files.toLocaleString('en-GB')} files, round ${round + 1}`);
    walks.push(await walkAlone(library));
    jobs.push(await rescan(context, library));
    commands.push(await rescanFromCommandLine(context, library));
  });
  const files = `${library.files.toLocaleString('en-GB')} unchanged files`;
  const target = quick ? {} : { against: atMost(5) };
  const jobSeconds = jobs.map(({ seconds }) => seconds);
  const cpuSeconds = median(jobs.map((job) => job.cpuSeconds)).toFixed(1);
  const note = `${cpuSeconds} s of CPU time in the engine and the index process`;
  return [
    { what: `re-scan of ${files}, whole job`, value: median(jobSeconds), unit: 's', range: rangeOf(jobSeconds), ...target, note },
    { what: '    from the command line, start to exit', value: median(commands), unit: 's', range: rangeOf(commands), ...target },
    { what: '    the walk alone', value: median(walks), unit: 's', range: rangeOf(walks), against: peer(median(jobSeconds), 'whole job') },
  ]; // prettier-ignore
}

async function walkAlone({ root }: BigLibrary): Promise<number> {
  const { ms } = await timed(async () => {
    for await (const entry of walk(root, '', new AbortController().signal))
      if (entry.kind !== 'file') throw new Error(`the walk met ${entry.kind}: ${entry.relativePath}`);
  });
  return ms / 1000;
}

async function rescan(
  { pack }: BenchContext,
  { root, dataFolder, files }: BigLibrary,
): Promise<{ seconds: number; cpuSeconds: number }> {
  const cpuBefore = cpuSecondsOf(process.pid);
  const handle = createEngine({ dataFolder, model: pack.folder, load: 'foreground' });
  try {
    const { value: summary, ms } = await timed(async () =>
      summaryOf(await handle.engine['job.wait'](await handle.engine['index.start']({ folders: [root] })), 'index'),
    );
    checkUnchanged(summary, files);
    return { seconds: ms / 1000, cpuSeconds: cpuSecondsOf(process.pid) - cpuBefore };
  } finally {
    await handle.close();
  }
}

async function rescanFromCommandLine({ pack }: BenchContext, { root, dataFolder, files }: BigLibrary): Promise<number> {
  const began = performance.now();
  const args = [join(INSTALL_FOLDER, 'bin', 'earmark'), '--data', dataFolder, '--model', pack.folder, '--json'];
  const child = spawn(process.execPath, [...args, 'index', root], { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  await exited;
  const seconds = (performance.now() - began) / 1000;
  checkUnchanged(JSON.parse(output) as IndexSummary, files);
  return seconds;
}

/** A figure for something else than it says is worse than none. */
function checkUnchanged({ unchanged, indexed, failed }: IndexSummary, files: number): void {
  if (unchanged === files && indexed === 0 && failed.length === 0) return;
  throw new Error(`of ${files} files ${unchanged} were unchanged, ${indexed} indexed, ${failed.length} failed`);
}

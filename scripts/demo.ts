/**
 * `npm run demo`: makes a small library with our own synthesiser (or takes a folder: `npm run demo -- FOLDER`),
 * analyses it and runs a handful of searches. Exit code 1 when the searches do not find what was made for them.
 */
import { join, resolve } from 'node:path';
import { rm } from 'node:fs/promises';
import { writeDemoLibrary } from '../src/demo/library.ts';
import { DEMO_SEARCHES } from '../src/demo/searches.ts';
import { createEngine } from '../src/main/engine/engine.ts';
import { directClient } from '../src/main/host/dispatch.ts';
import { describeSummary, hitLines } from '../src/main/host/cli/commands.ts';
import { formatDuration, plural } from '../src/main/host/cli/format.ts';
import { ProgressLine } from '../src/main/host/cli/progress.ts';
import { INSTALL_FOLDER } from '../src/main/files/install.ts';
import { UserError } from '../src/shared/errors.ts';
import { waitForJob } from '../src/shared/jobs.ts';

/** With fewer right first answers than this, on sounds made for the searches, something is broken. */
const NEEDED_SHARE = 0.5;
const HITS_SHOWN = 3;

const given = process.argv[2];
const demoFolder = join(INSTALL_FOLDER, 'demo-sounds');
const folder = given === undefined ? demoFolder : resolve(given);
// A hidden folder: the walk passes over it.
const dataFolder = join(demoFolder, '.catalogue');
const began = performance.now();

if (given === undefined) {
  console.log(`Creating demo sounds in ${folder} …`);
  const files = await writeDemoLibrary(folder);
  console.log(`${plural(files.length, 'file')}, rendered by Earmark's own synthesiser.`);
}
await rm(dataFolder, { recursive: true, force: true });

const handle = createEngine({ dataFolder, load: 'foreground' });
try {
  const client = directClient(handle.engine, handle.on);
  const line = new ProgressLine(process.stderr);
  client.on('job.progress', (progress) => line.show(progress));
  console.log(`\n$ earmark index ${folder}`);
  const summary = await waitForJob(client, await client.call('index.start', { folders: [folder] }), 'index');
  line.clear();
  console.log(describeSummary(summary).join('\n'));
  let right = 0;
  for (const { query, expected } of DEMO_SEARCHES) {
    const { hits } = await client.call('search.query', { text: query, limit: HITS_SHOWN });
    console.log(`\n$ earmark search ${JSON.stringify(query)}`);
    console.log(hits.length === 0 ? 'No results.' : hitLines(hits).join('\n'));
    const first = hits[0]?.path.split(/[\\/]/).at(-1);
    if (first !== undefined && expected.includes(first)) right++;
  }
  console.log('');
  if (given === undefined) {
    console.log(`${right} of ${DEMO_SEARCHES.length} searches returned a correct file first.`);
    if (right < NEEDED_SHARE * DEMO_SEARCHES.length) process.exitCode = 1;
  }
  console.log(
    `The demo took ${formatDuration((performance.now() - began) / 1000)}. To index your own files: ./bin/earmark index FOLDER`,
  );
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`earmark: ${error.userMessage}`);
  process.exitCode = 1;
} finally {
  await handle.close();
}

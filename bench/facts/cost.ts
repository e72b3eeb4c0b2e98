/**
 * What analyses cost: `node bench/facts/cost.ts FILE…` decodes the files with no kind of analysis, with each kind alone, with
 * those older than the facts and with all, embeds them with the model that is shipped, by turns, and prints the processor time
 * of each in milliseconds a file: that of a decoder process and of an inference process as an index run has them. Its last lines are the shares of decoding, embedding and all analyses together.
 */
import { SAMPLE_KINDS, type SampleKind } from '../../src/shared/analysis.ts';
import { DecoderPool } from '../../src/main/decode/decoder-pool.ts';
import { Encoder } from '../../src/main/embed/encoder.ts';
import { DEFAULT_PACK, SHIPPED_MODELS_FOLDER } from '../../src/main/packs/installed.ts';
import { loadPack } from '../../src/main/packs/pack.ts';
import { join } from 'node:path';
import { median } from '../measure.ts';
import { cpuSecondsOfOne, processTree } from '../processes.ts';

const ROUNDS = 7;
/** What was measured before there were facts. */
const OLDER: readonly SampleKind[] = ['loudness', 'levels', 'waveform', 'clipping'];
const NEVER = new AbortController().signal;

const paths = process.argv.slice(2);
if (paths.length === 0) throw new Error('usage: node bench/facts/cost.ts FILE…');
const pack = await loadPack(join(SHIPPED_MODELS_FOLDER, DEFAULT_PACK));
const plan = { ...pack.audio, maxWindows: 100 };
const sets: [name: string, kinds: SampleKind[]][] = [
  ['none', []],
  ...SAMPLE_KINDS.map((kind): [string, SampleKind[]] => [kind, [kind]]),
  ['older', [...OLDER]],
  ['all', [...SAMPLE_KINDS]],
];
const seconds = new Map([...sets.map(([name]) => name), 'embedding'].map((name) => [name, [] as number[]]));

const windows = await windowsOf(paths);
const encoder = await Encoder.start(pack, { encoders: 1, threadsPerEncoder: 1, batchSize: 1 });
await encoder.loadAudio();
const pool = new DecoderPool({ size: 1 });
await pool.analyse({ path: paths[0]!, kinds: [], plan }, NEVER);
const decoder = processTree(process.pid).find(({ name }) => name === 'decoder')!.pid;
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, kinds] of sets) {
    const before = cpuSecondsOfOne(decoder);
    for (const path of paths) await pool.analyse({ path, kinds, plan }, NEVER);
    if (round > 0) seconds.get(name)!.push(cpuSecondsOfOne(decoder) - before); // the first warms up
  }
  const before = cpuSecondsOfOne(encoder.pid);
  for (const of of windows) await encoder.embedWindows(of);
  if (round > 0) seconds.get('embedding')!.push(cpuSecondsOfOne(encoder.pid) - before);
}
await encoder.close();
await pool.close();

const figure = (name: string) => median(seconds.get(name)!);
for (const name of seconds.keys()) {
  console.log(`${name.padEnd(14)} ${((1000 * figure(name)) / paths.length).toFixed(2)} ms a file, ${(figure(name) / figure('none')).toFixed(2)}`); // prettier-ignore
}
const whole = figure('all') + figure('embedding');
const share = (part: number) => `${((100 * part) / whole).toFixed(0)} %`;
console.log(`of analysing: decoding ${share(figure('none'))}, embedding ${share(figure('embedding'))}, all analyses ${share(figure('all') - figure('none'))}`); // prettier-ignore
console.log(`of these, the facts ${share(figure('all') - figure('older'))}`);

/** The windows that an index run embeds of each. */
async function windowsOf(files: readonly string[]): Promise<Float32Array[][]> {
  const pool = new DecoderPool({ size: 1 });
  try {
    const all: Float32Array[][] = [];
    for (const path of files) {
      const read = await pool.read({ path, plan, fromSeconds: 0 }, NEVER);
      if (!Array.isArray(read)) throw new Error(`not audio: ${path}`);
      all.push(read.map(({ samples }) => samples));
    }
    return all;
  } finally {
    await pool.close();
  }
}

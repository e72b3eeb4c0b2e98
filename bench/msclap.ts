/** MS CLAP 2023: our graphs against PyTorch, by turns, with the same pseudo-random weights, inputs and threads. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Precision } from '../src/main/models/networks/precision.ts';
import { AUDIO_2023 } from '../src/main/models/families/msclap/sizes.ts';
import { Child } from '../src/main/process/child.ts';
import { signal } from '../test/models/families/msclap/golden-signal.ts';
import type { BenchContext } from './context.ts';
import { median, timed } from './measure.ts';
import type { MsclapInput, MsclapMethods, MsclapRun } from './msclap-process.ts';
import { pythonWithTorch, Reference } from './msclap-reference.ts';
import { atLeast, atMost, peer, rangeOf, type Row } from './table.ts';

const MIB = 2 ** 20;
/** "this is the sound of a dog barking in rain", about as long as people write. */
const IDS = [5661, 318, 262, 2128, 286, 257, 3290, 48961, 220, 50256];
const SOUNDS = [
  signal([{ kind: 'noise', seed: 1, a: 0.3 }], AUDIO_2023.samples),
  signal([{ kind: 'sweep', f0: 50, f1: 16_000, seconds: 7, a: 0.6 }, { kind: 'noise', seed: 2, a: 0.001 }], AUDIO_2023.samples), // prettier-ignore
  signal([{ kind: 'click', at: 40_000, width: 30_000, half: 37, a: 0.5 }, { kind: 'noise', seed: 3, a: 0.01 }], AUDIO_2023.samples), // prettier-ignore
  signal([{ kind: 'am', f: 1000, fm: 4, depth: 0.8, a: 0.7 }, { kind: 'noise', seed: 4, a: 0.001 }], AUDIO_2023.samples), // prettier-ignore
];

/** A graph of ours and the rows it gives. */
interface Variant {
  encoder: 'audio' | 'text';
  precision: Precision;
  /** Times as fast as PyTorch on a sound, one at a time. */
  target: number | null;
}
const VARIANTS: readonly Variant[] = [
  { encoder: 'audio', precision: 'float32', target: 1.9 },
  { encoder: 'audio', precision: 'int8', target: 2.5 },
  { encoder: 'text', precision: 'float32', target: null },
  { encoder: 'text', precision: 'int8-blocks', target: null },
];

export async function msclap(context: BenchContext): Promise<Row[]> {
  const folder = join(context.workFolder, 'msclap');
  mkdirSync(folder, { recursive: true });
  const rows = await build(context, folder);
  const python = context.quick ? null : pythonWithTorch();
  if (context.quick) context.say('MS CLAP: no comparison with PyTorch, whose model has one size only');
  else if (python === null)
    context.say('MS CLAP: no comparison with PyTorch (Debian: python3-torch), which is not there');
  for (const [at, sound] of SOUNDS.entries()) writeFileSync(join(folder, `${at}.f32`), sound);
  writeFileSync(join(folder, 'all.f32'), Buffer.concat(SOUNDS.map((sound) => Buffer.from(sound.buffer))));
  for (const threads of availableParallelism() > 1 ? [1, 2] : [1]) {
    context.say(`MS CLAP with ${threads} thread${threads > 1 ? 's' : ''}`);
    rows.push(...(await compare(context, folder, python, threads)));
  }
  return rows;
}

const fileNameOf = ({ encoder, precision }: Variant) => `${encoder}-${precision}.onnx`;

async function build({ quick, say }: BenchContext, folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const variant of VARIANTS) {
    const fileName = fileNameOf(variant);
    say(`building ${fileName}`);
    const { ms, bytes, peakBytes } = await buildGraph(folder, fileName, variant, quick);
    const note = `peak memory ${Math.round(peakBytes / MIB)} MiB, on disk ${Math.round(bytes / MIB)} MiB; weights made up included`; // prettier-ignore
    rows.push({ what: `building ${variant.encoder}, ${variant.precision}`, value: ms / 1000, unit: 's', note });
  }
  return rows;
}

/**
 * A graph of MS CLAP with pseudo-random weights, made in a process of its own.
 * @param folder gets `fileName` and its weights
 * @param small a model of the same structure that is done in no time
 */
export async function buildGraph(
  folder: string,
  fileName: string,
  { encoder, precision }: Pick<Variant, 'encoder' | 'precision'>,
  small: boolean,
): Promise<{ ms: number; bytes: number; peakBytes: number }> {
  const child = startChild();
  try {
    const { value, ms } = await timed(() => child.call('build', { folder, fileName, encoder, precision, small }));
    return { ...value, ms };
  } finally {
    await child.kill();
  }
}

async function compare(
  { quick }: BenchContext,
  folder: string,
  python: string | null,
  threads: number,
): Promise<Row[]> {
  const started = python === null ? null : await Reference.start(python, threads);
  const children = new Map<Variant, Child<MsclapMethods>>();
  try {
    for (const variant of VARIANTS) {
      const child = startChild();
      children.set(variant, child);
      await child.call('open', { path: join(folder, fileNameOf(variant)), threads });
    }
    const ours = (encoder: Variant['encoder']) => [...children].filter(([variant]) => variant.encoder === encoder);
    const reference = started?.reference ?? null;
    const one = await takeTurns(
      quick ? 2 : 16,
      ours('audio'),
      (round) => ({ samples: SOUNDS[round % SOUNDS.length]! }),
      reference && ((round) => reference.embed(join(folder, `${round % SOUNDS.length}.f32`), 1)),
    );
    const samples = Float32Array.from(SOUNDS.flatMap((sound) => Array.from(sound)));
    const four = await takeTurns(
      quick ? 2 : 5,
      ours('audio'),
      () => ({ samples }),
      reference && (() => reference.embed(join(folder, 'all.f32'), SOUNDS.length)),
    );
    const text = await takeTurns(
      quick ? 2 : 30,
      ours('text'),
      () => ({ ids: quick ? IDS.map((id) => id % 1000) : IDS }),
      reference && (() => reference.read(IDS)),
    );
    const what = `${threads} thread${threads > 1 ? 's' : ''}`;
    const torch = started ? `PyTorch ${started.torch}` : '';
    return [
      ...rowsOf(`7 s of sound, ${what}`, one, 1, torch, { targets: !quick }),
      ...rowsOf(`    four at once, each`, four, SOUNDS.length, torch, { targets: false }),
      ...rowsOf(`text of 10 tokens, ${what}`, text, 1, torch, { targets: false }),
    ];
  } finally {
    for (const child of children.values()) await child.kill();
    await started?.reference.close();
  }
}

/** Runs of one encoder, round by round: those of each variant, and those of PyTorch, null without it. */
interface Turns {
  ours: { variant: Variant; runs: MsclapRun[] }[];
  theirs: MsclapRun[] | null;
}

/**
 * After a run, threads of PyTorch's matrix library keep spinning for some 30 ms before they sleep (OpenBLAS), on cores
 * that the next one needs: each begins only then.
 */
const PAUSE_MS = 80;

/** Each in every round, so that whatever else the machine does meets all of them. The first round warms up. */
async function takeTurns(
  rounds: number,
  children: [Variant, Child<MsclapMethods>][],
  input: (round: number) => MsclapInput,
  reference: ((round: number) => Promise<MsclapRun>) | null,
): Promise<Turns> {
  const ours = children.map(([variant, child]) => ({ variant, child, runs: [] as MsclapRun[] }));
  const theirs: MsclapRun[] = [];
  for (let round = 0; round <= rounds; round++) {
    await sleep(PAUSE_MS);
    const theirRun = await reference?.(round);
    for (const { child, runs } of ours) {
      await sleep(PAUSE_MS);
      const run = await child.call('run', input(round));
      if (round > 0) runs.push(run);
    }
    if (theirRun && round > 0) theirs.push(theirRun);
  }
  return { ours, theirs: reference === null ? null : theirs };
}

function rowsOf(
  what: string,
  { ours, theirs }: Turns,
  clips: number,
  torch: string,
  { targets }: { targets: boolean },
): Row[] {
  return ours.flatMap(({ variant, runs }) => {
    const each = runs.map(({ ms }) => ms / clips);
    const note = `peak memory ${Math.round(runs.at(-1)!.peakBytes / MIB)} MiB`;
    const row: Row = { what: `${what}, ${variant.precision}`, value: median(each), unit: 'ms', range: rangeOf(each) };
    if (theirs === null) return [{ ...row, note }];
    const peerMs = median(theirs.map(({ ms }) => ms / clips));
    const peerMemory = `${Math.round(theirs.at(-1)!.peakBytes / MIB)} MiB with both encoders of PyTorch`;
    const ratios = theirs.map(({ ms }, round) => ms / runs[round]!.ms);
    const cpu = median(theirs.map(({ cpuMs }, round) => cpuMs / runs[round]!.cpuMs));
    const target = targets && variant.target !== null ? { against: atLeast(variant.target) } : {};
    return [
      { ...row, against: peer(peerMs, torch), note: `${note}; ${peerMemory}` },
      {
        what: '    times as fast',
        value: median(ratios),
        unit: 'x',
        range: rangeOf(ratios),
        ...target,
        note: `by processor time ${cpu.toFixed(2)} x`,
      },
      likeness(variant, runs, theirs),
    ];
  });
}

/** How near the embeddings are: by their values in float32, by their direction in less. */
function likeness({ precision }: Variant, runs: MsclapRun[], theirs: MsclapRun[]): Row {
  if (precision === 'float32') {
    const differences = runs.flatMap(({ embedding }, round) =>
      Array.from(embedding, (value, i) => Math.abs(value - theirs[round]!.embedding[i]!)),
    );
    const value = differences.reduce((largest, difference) => Math.max(largest, difference), 0);
    return { what: '    largest difference of a value', value: value * 1e6, unit: 'millionths', against: atMost(1000) };
  }
  const cosines = runs.map(({ embedding }, round) => cosine(embedding, theirs[round]!.embedding));
  return { what: '    smallest cosine similarity', value: Math.min(...cosines), unit: '', against: atLeast(0.995) };
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

function startChild(): Child<MsclapMethods> {
  return new Child<MsclapMethods>({ processName: 'msclap', entry: new URL('./msclap-process.ts', import.meta.url) });
}

/**
 * A library of short clips and long takes, made of the clips with labels that lie beside the repository: what is in a
 * take, and where, is known.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCsv } from '../../src/main/csv/parse-csv.ts';
import { Random } from '../../src/demo/synthesis/random.ts';
import { createEngine } from '../../src/main/engine/engine.ts';
import { CORPUS_FOLDER } from '../tags/corpus-clips.ts';
import type { BenchContext } from '../context.ts';
import { summaryOf } from '../../src/shared/jobs.ts';
import { wavHead } from '../../test/kit/wav.ts';

/** Goes up when other sounds should be written than before. */
const TAKES_VERSION = 1;
/** Of the clips, Hz; mono. */
const SAMPLE_RATE = 32_000;
/** Takes by their length, s. */
const TAKES = [...Array<number>(12).fill(1200), ...Array<number>(5).fill(3600), ...Array<number>(2).fill(10_800)];
const OTHER_CLIPS = 840;
/** Different labels in one take: a session is about something. */
const LABELS_PER_TAKE = 40;
const BED_GAIN = 0.15;
const PLANTED_PER_TAKE = 2;

interface Clip {
  path: string;
  label: string;
  tags: string[];
  split: string;
}
export interface Planted {
  query: string;
  label: string;
  startSeconds: number;
}
/** The contents of each take, by the name of the file below `sounds`. */
export interface TakesTruth {
  queries: { label: string; query: string; tags: string[] }[];
  clips: Record<string, { label: string }>;
  takes: Record<string, { labels: string[]; tags: string[]; planted: Planted[] }>;
}
export interface TakesLibrary {
  sounds: string;
  dataFolder: string;
  truth: TakesTruth;
}

/** Made and indexed once for each pack, then taken from the cache. */
export async function prepareTakes({ cacheFolder, pack, say }: BenchContext): Promise<TakesLibrary> {
  const folder = join(cacheFolder, `takes-v${TAKES_VERSION}`);
  const sounds = join(folder, 'sounds');
  const truthFile = join(folder, 'truth.json');
  if (!existsSync(truthFile)) {
    say('making long takes (once; they stay in the cache)');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(sounds, { recursive: true });
    writeFileSync(truthFile, JSON.stringify(make(sounds)));
  }
  const dataFolder = join(folder, `data-${pack.id}-${pack.sha256[pack.audio.file]!.slice(0, 8)}`);
  const handle = createEngine({ dataFolder, model: pack.folder, load: 'foreground' });
  try {
    summaryOf(await handle.engine['job.wait'](await handle.engine['index.start']({ folders: [sounds] })), 'index');
  } finally {
    await handle.close();
  }
  return { sounds, dataFolder, truth: JSON.parse(readFileSync(truthFile, 'utf8')) as TakesTruth };
}

/** @returns rows of a table by the names of its columns */
function tableOf(name: string): Record<string, string>[] {
  const [header, ...rows] = parseCsv(readFileSync(join(CORPUS_FOLDER, name), 'utf8'), name);
  return rows.map(({ fields }) => Object.fromEntries(fields.map((field, at) => [header!.fields[at]!, field])));
}

function make(sounds: string): TakesTruth {
  const random = new Random('takes');
  const clips = tableOf('manifest.csv').map(({ path, label, tags, split }): Clip => ({
    path: path!,
    label: label!,
    tags: tags!.split(';').slice(1),
    split: split!,
  }));
  const dev = clips.filter(({ split }) => split === 'dev');
  const train = clips.filter(({ split }) => split === 'train');
  const queries = tableOf('dev-queries.csv').map(({ label, query }) => ({
    label: label!,
    query: query!,
    tags: [...new Set(dev.filter((clip) => clip.label === label).flatMap(({ tags }) => tags))],
  }));
  const truth: TakesTruth = { queries, clips: {}, takes: {} };
  // Names say nothing: what is measured is the sound.
  for (const [at, clip] of [...dev, ...some(train, OTHER_CLIPS, random)].entries()) {
    const name = `c${String(at).padStart(4, '0')}.ogg`;
    copyFileSync(join(CORPUS_FOLDER, clip.path), join(sounds, name));
    truth.clips[name] = { label: clip.label };
  }
  const labels = [...new Set(train.map(({ label }) => label))];
  for (const [at, seconds] of TAKES.entries()) {
    const name = `t${String(at).padStart(2, '0')}.wav`;
    const chosen = new Set(some(labels, LABELS_PER_TAKE, random));
    const own = train.filter(({ label }) => chosen.has(label));
    const samples = at % 2 === 0 ? silence(seconds) : bed(seconds, random.pick(own));
    for (let from = 0; from < samples.length;) from += mix(samples, decoded(random.pick(own)), from, random.between(0.3, 1)); // prettier-ignore
    const foreign = queries.filter(({ label, tags }) => !chosen.has(label) && !own.some((clip) => overlap(clip.tags, tags))); // prettier-ignore
    const planted = some(foreign, PLANTED_PER_TAKE, random).map(({ label, query }): Planted => {
      const clip = random.pick(dev.filter((candidate) => candidate.label === label));
      const startSeconds = random.between(10, seconds - 20);
      const from = Math.round(startSeconds * SAMPLE_RATE);
      const part = decoded(clip);
      samples.fill(0, from, from + part.length);
      mix(samples, part, from, 1);
      return { label, query, startSeconds };
    });
    writeWav(join(sounds, name), samples);
    truth.takes[name] = { labels: [...chosen], tags: [...new Set(own.flatMap(({ tags }) => tags))], planted };
  }
  return truth;
}

export function overlap(a: readonly string[], b: readonly string[]): boolean {
  return a.some((word) => b.includes(word));
}

function some<T>(from: readonly T[], count: number, random: Random): T[] {
  const left = [...from];
  return Array.from({ length: Math.min(count, left.length) }, () => left.splice(Math.floor(random.next() * left.length), 1)[0]!); // prettier-ignore
}

function silence(seconds: number): Int16Array {
  return new Int16Array(seconds * SAMPLE_RATE);
}

/** One clip over and over, softly. */
function bed(seconds: number, clip: Clip): Int16Array {
  const samples = silence(seconds);
  for (let from = 0; from < samples.length;) from += mix(samples, decoded(clip), from, BED_GAIN);
  return samples;
}

/** @returns samples taken */
function mix(into: Int16Array, part: Int16Array, from: number, gain: number): number {
  const length = Math.min(part.length, into.length - from);
  for (let i = 0; i < length; i++) {
    into[from + i] = Math.max(-32_768, Math.min(32_767, into[from + i]! + gain * part[i]!));
  }
  return Math.max(1, length);
}

const known = new Map<string, Int16Array>();

function decoded({ path }: Clip): Int16Array {
  const before = known.get(path);
  if (before) return before;
  const args = ['-v', 'error', '-nostdin', '-i', join(CORPUS_FOLDER, path), '-ac', '1', '-ar', String(SAMPLE_RATE)];
  const { status, stdout } = spawnSync('ffmpeg', [...args, '-f', 's16le', '-'], { maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`ffmpeg cannot read ${path}`);
  const samples = new Int16Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.byteLength));
  known.set(path, samples);
  return samples;
}

/** Under its name only when it is whole. */
function writeWav(path: string, samples: Int16Array): void {
  const header = wavHead(1, samples.byteLength, { sampleRate: SAMPLE_RATE });
  writeFileSync(`${path}.partial`, Buffer.concat([header, Buffer.from(samples.buffer)]));
  renameSync(`${path}.partial`, path);
}

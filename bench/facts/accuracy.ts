/**
 * How often kind, tempo, key and root note of rendered music are right, and how often where they were said with some
 * confidence: `node bench/facts/accuracy.ts FOLDER [SEED SOUNDFONT]` renders into the folder what is not there yet, by another
 * seed than fit.ts, and prints both. `aubio` on PATH is asked for tempi, too.
 */
import { spawnSync } from 'node:child_process';
import { findingsOf } from '../../src/main/decode/analysers/findings.ts';
import { KIND_NAMES } from '../../src/shared/music.ts';
import { renderMaterial, type Known } from './material.ts';
import type { Key } from './scores.ts';
import { traceOf } from './trace-file.ts';

const SEED = 50_000;
const SIZES = { drumLoops: 40, melodicLoops: 40, fullLoops: 30, songs: 24, notes: 47 };
const OCTAVES = [1 / 3, 1 / 2, 1, 2, 3];

const [folder, seed = SEED, soundfont] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node bench/facts/accuracy.ts FOLDER [SEED SOUNDFONT]');
const material = renderMaterial(folder, SIZES, Number(seed), soundfont);
if (!material) throw new Error('fluidsynth or a soundfont is missing');

/** Lower bounds of the confidences that are counted together. */
const BOUNDS = [0, 0.2, 0.4, 0.6, 0.8, 0.9];
const said = new Map<string, { confidence: number; isRight: boolean }[]>();
const tallies = new Map<Known['set'], Map<string, number>>();
for (const known of material) {
  const tally = tallies.get(known.set) ?? new Map<string, number>();
  tallies.set(known.set, tally);
  for (const right of rightIn(known)) tally.set(right, (tally.get(right) ?? 0) + 1);
}
for (const [set, tally] of tallies) console.log(set, Object.fromEntries(tally));
for (const [fact, all] of said) {
  for (const [i, bound] of BOUNDS.entries()) {
    const some = all.filter(({ confidence }) => confidence >= bound && confidence < (BOUNDS[i + 1] ?? Infinity));
    if (some.length === 0) continue;
    const mean = some.reduce((sum, { confidence }) => sum + confidence, 0) / some.length;
    const right = some.filter(({ isRight }) => isRight).length;
    console.log(`${fact}: said ${mean.toFixed(2)}, right ${right} of ${some.length}`);
  }
}

function judge(fact: string, confidence: number | undefined, isRight: boolean): void {
  if (confidence === undefined) return;
  const all = said.get(fact) ?? [];
  said.set(fact, all);
  all.push({ confidence, isRight });
}

function rightIn({ path, set, bpm, key, root }: Known): string[] {
  const found = findingsOf(traceOf(path));
  const right = ['files'];
  const wanted = set.endsWith('loop') ? 'loop' : set === 'song' ? 'music' : 'one-shot';
  if (found.kind && KIND_NAMES[found.kind.value] === wanted) right.push('kind');
  judge('kind', found.kind?.confidence, right.includes('kind'));
  if (bpm !== null) {
    right.push(...tempo('tempo', found.bpm?.value ?? null, bpm));
    judge('tempo', found.bpm?.confidence, right.includes('tempo'));
    right.push(...tempo('aubio', aubioTempo(path), bpm));
  }
  if (key !== null && found.key) {
    if (found.key.value === numberOf(key)) right.push('key');
    judge('key', found.key.confidence, right.includes('key'));
    if (near(key).includes(found.key.value)) right.push('key, its relative or a fifth beside');
  }
  if (root !== null && found.root) {
    right.push('root told');
    if (Math.abs(found.root.value - root) <= 0.5) right.push('root');
    judge('root note', found.root.confidence, right.includes('root'));
  }
  return right;
}

function tempo(name: string, found: number | null, bpm: number): string[] {
  if (found === null) return [];
  const within = (wanted: number) => Math.abs(found / wanted - 1) < 0.04;
  return [
    ...(within(bpm) ? [name] : []),
    ...(OCTAVES.some((octave) => within(octave * bpm)) ? [`${name}, allowing an octave`] : []),
  ];
}

function aubioTempo(path: string): number | null {
  const { error, stdout } = spawnSync('aubio', ['tempo', path], { encoding: 'utf8' });
  const match = error ? null : /([\d.]+) bpm/.exec(stdout);
  return match && Number(match[1]);
}

function numberOf({ tonic, mode }: Key): number {
  return tonic + (mode === 'minor' ? 12 : 0);
}

function near(key: Key): number[] {
  const { tonic, mode } = key;
  const relative: Key = mode === 'major' ? { tonic: (tonic + 9) % 12, mode: 'minor' } : { tonic: (tonic + 3) % 12, mode: 'major' }; // prettier-ignore
  const fifths = [7, 5].map((up): Key => ({ tonic: (tonic + up) % 12, mode }));
  return [key, relative, ...fifths].map(numberOf);
}

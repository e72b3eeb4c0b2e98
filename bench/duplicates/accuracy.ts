/**
 * How many near-duplicates are found, and how many different sounds are taken for one:
 * `node bench/duplicates/accuracy.ts CLIPS FOLDER NUMBER OTHERS [MORE…]` makes variants of that many clips below CLIPS
 * (by its manifest.csv, evenly spread) into FOLDER and compares them with each other and with so many other clips. MORE are
 * folders with files that are all different. It prints the share found of each kind of change, false pairs, and the time it took.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventLoopYielder } from '../../src/main/async/yield-to-event-loop.ts';
import { analyseFile, readWindows } from '../../src/main/decode/decode-file.ts';
import { chooseLibrary } from '../../src/main/decode/decoder-backend.ts';
import { CandidateIndex } from '../../src/main/duplicates/candidates.ts';
import { partRequest } from '../../src/main/decode/part-request.ts';
import { Comparison } from '../../src/main/duplicates/compare.ts';
import { COMPARED_RATE } from '../../src/main/duplicates/likeness.ts';
import { parseCsv } from '../../src/main/csv/parse-csv.ts';
import { makeVariants, type Variant } from './variants.ts';

const MOST_CANDIDATES = 16;
const SHORTEST_SECONDS = 0.1;
const plan = { windowSeconds: 10, hopSeconds: 10, maxWindows: 100 };

const [clips, folder, number, otherClips, ...others] = process.argv.slice(2);
if (otherClips === undefined)
  throw new Error('usage: node bench/duplicates/accuracy.ts CLIPS FOLDER NUMBER OTHERS [MORE…]');
const [header, ...rows] = [...parseCsv(readFileSync(join(clips!, 'manifest.csv'), 'utf8'), 'manifest.csv')].map(
  ({ fields }) => fields,
);
const [pathAt, secondsAt] = ['path', 'seconds'].map((name) => header!.indexOf(name)) as [number, number];
const known = rows.map((fields) => ({ path: join(clips!, fields[pathAt]!), seconds: Number(fields[secondsAt]) }));
const long = known.filter(({ seconds }) => seconds >= SHORTEST_SECONDS);
const step = Math.max(1, Math.floor(long.length / Number(number)));
const chosen = long.filter((_, i) => i % step === 0).slice(0, Number(number));

interface Sound extends Variant {
  durationSeconds: number;
  fingerprint: Uint8Array;
}
const library = await chooseLibrary();
const deps = { library, beat: () => Promise.resolve() };
const sounds: Sound[] = [];
async function add(variant: Variant): Promise<void> {
  const found = await analyseFile({ path: variant.path, kinds: ['fingerprint', 'waveform'], plan }, deps);
  const [window] = (await readWindows({ path: variant.path, plan: { ...plan, sampleRate: 8000, windowSeconds: 600, hopSeconds: 600, maxWindows: 1, keepSilent: true }, fromSeconds: 0 }, deps)) as { seconds: number }[]; // prettier-ignore
  if (found.notAudio) throw new Error(`${variant.path} is not audio`);
  sounds.push({ ...variant, durationSeconds: window!.seconds, fingerprint: found.facts.fingerprint! });
}

const variants: Variant[] = [];
for (const { path, seconds } of chosen) variants.push(...makeVariants(folder!, path, seconds));
const began = performance.now();
for (const variant of variants) await add(variant);
const used = new Set(chosen.map(({ path }) => path));
const unused = known.filter(({ path }) => !used.has(path));
const apart = Math.max(1, Math.floor(unused.length / Number(otherClips)));
for (const { path } of unused.filter((_, i) => i % apart === 0).slice(0, Number(otherClips)))
  await add({ path, clip: path, change: '' });
for (const other of others) {
  for (const name of readdirSync(other).filter((file) => /\.(wav|ogg|flac|mp3)$/.test(file))) {
    await add({ path: join(other, name), clip: join(other, name), change: '' });
  }
}
console.log(`${sounds.length} files, fingerprints in ${seconds(began)}`);

const index = new CandidateIndex();
for (const { fingerprint } of sounds) index.add(fingerprint);
index.seal();
const comparison = new Comparison(async (path, from, length) => {
  const windows = await readWindows(partRequest(path, from, length, COMPARED_RATE), deps);
  if (!Array.isArray(windows) || windows.length === 0) throw new Error(`${path}: nothing to compare`);
  const { samples, startSeconds } = windows.at(-1)!;
  return { samples, startSeconds };
}, new EventLoopYielder(new AbortController().signal));
const compared = performance.now();
const same = new Set<string>();
const pairs = new Set<string>();
const false_: string[] = [];
let candidates = 0;
const suggested = new Set<string>();
for (const [at, sound] of sounds.entries()) {
  for (const { sound: other, offsets, common } of index.of(sound.fingerprint, at, MOST_CANDIDATES)) {
    const [low, high] = at < other ? [at, other] : [other, at];
    const key = `${low} ${high}`;
    suggested.add(key);
    if (pairs.has(key)) continue;
    pairs.add(key);
    candidates++;
    const facts = await comparison.of(sound, sounds[other]!, offsets);
    if (!facts) continue;
    same.add(key);
    if (sound.clip !== sounds[other]!.clip) false_.push(`${sound.path} = ${sounds[other]!.path} (${common} in common, ${facts.similarity.toFixed(3)}, ${facts.levelDb.toFixed(1)} dB)`); // prettier-ignore
  }
}
console.log(`${candidates} pairs compared in ${seconds(compared)}; ${same.size} are the same recording`);

// Found: the variant and the clip are linked, be it by another variant.
const group = sounds.map((_, i) => i);
const rootOf = (i: number): number => (group[i] === i ? i : (group[i] = rootOf(group[i]!)));
for (const key of same) {
  const [a, b] = key.split(' ').map(Number) as [number, number];
  group[rootOf(a)] = rootOf(b);
}
const shortClips = new Set(chosen.filter((one) => one.seconds < 1).map(({ path }) => path));
const tally = new Map<string, { files: number; direct: number; linked: number; candidate: number }>();
const original = new Map(sounds.flatMap(({ clip, change }, i) => (change === '' ? [[clip, i]] : [])));
for (const [i, { clip, change: made }] of sounds.entries()) {
  if (made === '') continue;
  const change = `${shortClips.has(clip) ? 'shorter than 1 s' : '1 s and longer'}: ${made}`;
  const of = original.get(clip)!;
  const key = `${Math.min(of, i)} ${Math.max(of, i)}`;
  const row = tally.get(change) ?? { files: 0, direct: 0, linked: 0, candidate: 0 };
  tally.set(change, row);
  row.files++;
  if (suggested.has(key)) row.candidate++;
  if (same.has(key)) row.direct++;
  if (rootOf(i) === rootOf(of)) row.linked++;
  if (process.env['MISSED'] && !same.has(key)) console.log(`missed${suggested.has(key) ? ' (compared)' : ''}: ${change}: ${sounds[i]!.path}, ${sounds[i]!.fingerprint.length / 4} landmarks`); // prettier-ignore
}
for (const [change, { files, candidate, direct, linked }] of [...tally].sort()) {
  console.log(`${change.padEnd(70)} ${files}: ${share(linked, files)} in its group, ${share(direct, files)} directly, ${share(candidate, files)} suggested`); // prettier-ignore
}
console.log(`${false_.length} pairs of different files taken for one recording`);
for (const line of false_) console.log(`  ${line}`);

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
function share(part: number, of: number): string {
  return `${((100 * part) / of).toFixed(1)} %`;
}

/**
 * What must not be taken for copies: `node bench/duplicates/render.ts FOLDER` renders loops, songs and notes, as bench/facts
 * has them, into FOLDER/rendered, and mixes drum loops with melodies into FOLDER/siblings: the same drums with one melody, with
 * another one, and with the first at a quarter of its level.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { renderMaterial } from '../facts/material.ts';

const SEED = 90_000;
const SIZES = { drumLoops: 30, melodicLoops: 30, fullLoops: 20, songs: 4, notes: 47 };

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node bench/duplicates/render.ts FOLDER');
const made = renderMaterial(join(folder, 'rendered'), SIZES, SEED);
if (!made) throw new Error('fluidsynth or a soundfont is missing');
const of = (set: string) => made.filter((known) => known.set === set).map(({ path }) => path);
const [drums, melodies] = [of('drum loop'), of('melodic loop')];
const siblings = join(folder, 'siblings');
mkdirSync(siblings, { recursive: true });
for (const [i, drum] of drums.entries()) {
  const [one, other] = [melodies[i % melodies.length]!, melodies[(i + 1) % melodies.length]!];
  mix(drum, one, 1, `${i}-a.wav`);
  mix(drum, other, 1, `${i}-b.wav`);
  mix(drum, one, 0.25, `${i}-soft.wav`);
}
console.log(`${made.length} rendered, ${3 * drums.length} mixed`);

function mix(drum: string, melody: string, level: number, name: string): void {
  const path = join(siblings, name);
  if (existsSync(path)) return;
  const filter = `[1:a]volume=${level}[m];[0:a][m]amix=inputs=2:duration=first:normalize=0`;
  execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-i', drum, '-i', melody, '-filter_complex', filter, path]);
}

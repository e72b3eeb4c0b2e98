/**
 * For any bytes: either they are refused, or the sound that FFmpeg finds is the same after every write, a second reader
 * finds all tags of others, and undoing gives every byte back. `npm run soak -- any-bytes` does more, and others.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodeAudioFile, type DemoFormat } from '../../src/demo/encode.ts';
import { noise } from '../decode/make-audio.ts';
import { WRITABLE, type Shape } from './foreign-shapes.ts';
import { ROUNDS, seeded } from '../kit/random.ts';
import { lengthsReplaced, mutated } from './mutated.ts';
import { WholeWay } from './whole-way.ts';
import { temporaryFolder } from '../kit/temporary-folder.ts';

const DAMAGED = 50 * ROUNDS;
const SEED = Number(process.env['SEED'] ?? 1);
const way = new WholeWay();
const folder = temporaryFolder('any-bytes');
afterAll(() => {
  way.remove();
});

async function compressed(): Promise<Shape[]> {
  const shapes: Shape[] = [];
  for (const format of ['mp3', 'flac', 'ogg', 'opus', 'm4a'] satisfies DemoFormat[]) {
    const sampleRate = format === 'opus' ? 48_000 : 44_100;
    const tags = { title: 'Theirs', artist: 'Somebody', genre: 'Rock', comment: 'and more' };
    const path = join(folder, `source.${format}`);
    const bitDepth = format === 'flac' ? 16 : null;
    await encodeAudioFile(path, [noise(0.2, sampleRate)], { format, sampleRate, bitDepth, tags });
    shapes.push({ name: format, ending: `.${format}`, bytes: readFileSync(path) });
  }
  return shapes;
}

test(`damaged in ${DAMAGED} ways, seed ${SEED}`, { timeout: 900_000 * ROUNDS }, async () => {
  const random = seeded(SEED);
  const shapes = [...WRITABLE, ...(await compressed())];
  const compressedFrom = WRITABLE.length;
  const counts = { written: 0, refused: 0 };
  for (let round = 0; round < DAMAGED; round++) {
    // As many of each: of chunks, and of the compressed formats together.
    const n = random(2) === 0 ? random(compressedFrom) : compressedFrom + random(shapes.length - compressedFrom);
    const { name, bytes, ending } = shapes[n]!;
    const { written, refused } = await way.take(mutated(bytes, random), ending).catch((error: unknown) => {
      throw new Error(`${name}, round ${round} of seed ${SEED}`, { cause: error });
    });
    if (written > 0) counts.written++;
    if (refused !== '') counts.refused++;
  }
  process.stdout.write(`any bytes, seed ${SEED}: ${counts.written} written, ${counts.refused} refused\n`);
  expect(counts.written).toBeGreaterThan(DAMAGED / 10);
  expect(counts.refused).toBeGreaterThan(DAMAGED / 10);
});

test.each([0, 0x7ffff000, 0xffffffff])('every length of a file of chunks as %d', async (length) => {
  const some = WRITABLE.filter(({ name }) =>
    /^(?:recorder: odd end, iXML|AIFF, empty ID3 {2}and|WAVE, id3 )/.test(name),
  );
  for (const { name, bytes, ending } of some) {
    for (const [n, file] of lengthsReplaced(bytes, length).entries()) {
      await way.take(file, ending).catch((error: unknown) => {
        throw new Error(`${name}, length ${n}`, { cause: error });
      });
    }
  }
});

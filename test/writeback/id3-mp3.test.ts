import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { mp3 } from '../../src/main/writeback/id3/mp3.ts';
import { id3TagBytes } from '../../src/main/writeback/id3/tag.ts';
import { edited, expectSameSound, fieldsOf, fuzz, makeAudio, set, testFolder } from './foreign-readers-kit.ts';
import { FOREIGN_FRAMES, frameBytes, latin, syncsafe, tagBytes, text } from './id3-tags.ts';

const folder = testFolder('id3');
const EDITS = [
  set('TCON', 'Effects'),
  set('TXXX:MOOD', 'Dark', 'Calm'),
  set('TXXX:CATID', 'DOORWood'),
  set('COMM', 'Größe'),
];
/** Frames of sound alone. */
let sound: Buffer;

beforeAll(async () => {
  const file = readFileSync(await makeAudio(join(folder, 'plain.mp3'), 'mp3', { tags: { title: 'Tone' } }));
  sound = file.subarray(id3TagBytes(file)!);
});

function mp3File(name: string, ...pieces: Uint8Array[]): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(pieces));
  return path;
}

test('a file without a tag gets one, and the next edit moves nothing', async () => {
  const path = mp3File('none.mp3', sound);
  const first = await edited(mp3, path, EDITS);
  expectSameSound(path, first);
  const second = await edited(mp3, first, [set('TCON', 'Effects', 'Doors'), set('TXXX:EARMARK', 'x'.repeat(500))]);
  expect(readFileSync(second).length).toBe(readFileSync(first).length);
  expectSameSound(path, second);
});

test('foreign frames, and tags at the end of the file, stay byte for byte', async () => {
  const id3v1 = Buffer.concat([latin('TAG'), Buffer.alloc(124, 0x20), Buffer.from([17])]);
  const ape = Buffer.concat([latin('APETAGEX\xd0\x07\0\0'), Buffer.alloc(52), latin('APETAGEX'), Buffer.alloc(24)]);
  for (const padding of [0, 37, 100_000]) {
    const tag = tagBytes({ version: 3, frames: [...FOREIGN_FRAMES], padding });
    const path = mp3File(`padding-${padding}.mp3`, tag, sound, ape, id3v1);
    const result = readFileSync(await edited(mp3, path, EDITS));
    for (const frame of FOREIGN_FRAMES) expect(result.includes(frameBytes({ version: 3 }, frame))).toBe(true);
    expect(result.subarray(-sound.length - ape.length - 128).equals(Buffer.concat([sound, ape, id3v1]))).toBe(true);
    expect(result.length === readFileSync(path).length).toBe(padding === 100_000);
  }
});

test('an edit and its opposite give the file as it was', async () => {
  const tag = tagBytes({ version: 4, frames: [...FOREIGN_FRAMES], padding: 2000 });
  const path = mp3File('there-and-back.mp3', tag, sound);
  const there = await edited(mp3, path, EDITS);
  expectSameSound(path, there);
  const back = await edited(
    mp3,
    there,
    EDITS.map(({ nativeId }) => set(nativeId)),
  );
  expect(readFileSync(back).equals(readFileSync(path))).toBe(true);
});

test('of two tags in a row the first is edited, the other kept', async () => {
  const second = tagBytes({ version: 4, frames: [{ id: 'TIT2', body: text('Second') }] });
  const path = mp3File(
    'two.mp3',
    tagBytes({ version: 3, frames: [{ id: 'TIT2', body: text('First') }] }),
    second,
    sound,
  );
  const result = readFileSync(await edited(mp3, path, EDITS));
  expect(result.subarray(-second.length - sound.length).equals(Buffer.concat([second, sound]))).toBe(true);
});

test('a tag whose length reaches into the audio, or beyond the file, is refused', async () => {
  const tag = tagBytes({ version: 3, frames: [{ id: 'TIT2', body: text('x') }] });
  tag.set(syncsafe(tag.length - 10 + 5000), 6);
  await expect(fieldsOf(mp3, mp3File('long.mp3', tag, sound))).rejects.toThrow(/declares a wrong length/);
  tag.set(syncsafe(1 << 27), 6);
  await expect(fieldsOf(mp3, mp3File('longer.mp3', tag, sound))).rejects.toThrow(/declares a wrong length/);
});

test('damaged at random: refused, or edited with the audio unchanged', async () => {
  const tag = tagBytes({ version: 4, frames: [...FOREIGN_FRAMES, { id: 'TCON', body: text('Rock') }], padding: 200 });
  const path = mp3File('fuzz.mp3', tag, sound);
  for (const within of [12, tag.length + 100]) {
    const counts = await fuzz(mp3, path, EDITS, { rounds: 150, within, seed: within });
    process.stdout.write(`mp3: ${counts.done} edited, ${counts.refused} refused\n`);
    expect(counts.done).toBeGreaterThan(30);
    expect(counts.refused).toBeGreaterThan(0);
  }
});

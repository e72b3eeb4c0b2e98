/** Files whose writer did not know their length: to a pipe, or ended by a crash. Nothing is missing from them. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ffmpegOnPath, hear, testFolder } from './hear.ts';
import { noise, riffChunk, wavBytes } from './make-audio.ts';

const at = testFolder();

test.each([0, 0x7ffff000, 0x7fffffff, 0x80000000, 0xffffff00, 0xffffffff])('WAVE that says %d', async (length) => {
  const bytes = wavBytes([noise(2, 8000)], 8000, 's16');
  bytes.writeUInt32LE(length, 40);
  bytes.writeUInt32LE(length, 4);
  const path = at(`${length}.wav`);
  writeFileSync(path, bytes);
  expect((await hear(path)).report).toMatchObject({ durationSeconds: 2, warnings: [] });
});

test.each([0x7f000008, 0x7ffff008, 0x80000008])('AIFF that says %d', async (length) => {
  const samples = wavBytes([noise(2, 8000)], 8000, 's16')
    .subarray(44)
    .swap16();
  const header = Buffer.alloc(12 + 26 + 16);
  header.write('FORM\x7f\0\0PAIFFCOMM\0\0\0\x12\0\x01', 'latin1');
  header.writeUInt32BE((length - 8) / 2, 22);
  header.write('\0\x10\x40\x0b\xfa', 26, 'latin1');
  header.write('SSND', 38, 'latin1');
  header.writeUInt32BE(length, 42);
  const path = at(`${length}.aiff`);
  writeFileSync(path, Buffer.concat([header, samples]));
  expect((await hear(path)).report).toMatchObject({ durationSeconds: 2, warnings: [] });
});

test.each([0n, 0x7ffff000n, 0xffffffffn])('RF64 that says %d', async (length) => {
  const plain = wavBytes([noise(2, 8000)], 8000, 's16');
  const ds64 = Buffer.alloc(28);
  ds64.writeBigUInt64LE(length, 8);
  const bytes = Buffer.concat([plain.subarray(0, 12), riffChunk('ds64', ds64), plain.subarray(12)]);
  bytes.write('RF64', 'latin1');
  bytes.fill(0xff, 4, 8);
  bytes.fill(0xff, bytes.indexOf('data') + 4, bytes.indexOf('data') + 8);
  const path = at(`${length}.rf64`);
  writeFileSync(path, bytes);
  writeFileSync(at('plain.wav'), plain);
  const expected = { durationSeconds: 2, warnings: [], contentId: (await hear(at('plain.wav'))).report.contentId };
  expect((await hear(path)).report).toMatchObject(expected);
  const program = await ffmpegOnPath();
  if (program) expect((await hear(path, {}, program)).report).toMatchObject(expected);
});

/** Files whose writer did not know their length: to a pipe, or ended by a crash. Nothing is missing from them. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tagBytes } from '../writeback/id3-tags.ts';
import { ffmpegOnPath, decode, testFolder } from './decode.ts';
import { noise, wavBytes } from './make-audio.ts';
import { riffChunk } from '../kit/wav.ts';

const at = testFolder();
const program = await ffmpegOnPath();

test.each([0, 0x7ffff000, 0x7fffffff, 0x80000000, 0xffffff00, 0xffffffff])('WAVE that says %d', async (length) => {
  const bytes = wavBytes([noise(2, 8000)], 8000, 's16');
  bytes.writeUInt32LE(length, 40);
  bytes.writeUInt32LE(length, 4);
  const path = at(`${length}.wav`);
  writeFileSync(path, bytes);
  expect((await decode(path)).report).toMatchObject({ durationSeconds: 2, warnings: [] });
});

test.each([0, 0x7f000008, 0x7ffff008, 0x80000008])('AIFF that says %d', async (length) => {
  const samples = wavBytes([noise(2, 8000)], 8000, 's16')
    .subarray(44)
    .swap16();
  const header = Buffer.alloc(12 + 26 + 16);
  header.write('FORM\x7f\0\0PAIFFCOMM\0\0\0\x12\0\x01', 'latin1');
  header.writeUInt32BE(Math.max(0, length - 8) / 2, 22);
  header.write('\0\x10\x40\x0b\xfa', 26, 'latin1');
  header.write('SSND', 38, 'latin1');
  header.writeUInt32BE(length, 42);
  const path = at(`${length}.aiff`);
  writeFileSync(path, Buffer.concat([header, samples]));
  expect((await decode(path)).report).toMatchObject({ durationSeconds: 2, warnings: [] });
});

test.each([0n, 0x7ffff000n, 0xffffffffn, 0xffffffffffffffffn])('RF64 that says %d', async (length) => {
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
  const expected = { durationSeconds: 2, warnings: [], contentId: (await decode(at('plain.wav'))).report.contentId };
  expect((await decode(path)).report).toMatchObject(expected);
  if (program && length === 0xffffffffffffffffn)
    expect((await decode(path, {}, program)).report).toMatchObject(expected);
});

test.each([0n, 24n, 0x7fffffffffffffffn, 0xffffffffffffffffn])(
  'Wave64 that says %d, behind an ID3 tag',
  async (length) => {
    const plain = wavBytes([noise(2, 8000)], 8000, 's16');
    const rest = { riff: '2e91cf11a5d628db04c10000', chunk: 'f3acd3118cd100c04f8edb8a' };
    const part = (id: string, size: bigint, guid = rest.chunk) => {
      const header = Buffer.concat([Buffer.from(id), Buffer.from(guid, 'hex'), Buffer.alloc(8)]);
      header.writeBigUInt64LE(size, 16);
      return header;
    };
    const form = Buffer.concat([part('riff', length, rest.riff), part('wave', 0n).subarray(0, 16)]);
    const chunks = [part('fmt ', 40n), plain.subarray(20, 36), part('data', length), plain.subarray(44)];
    const path = at(`${length}.w64`);
    writeFileSync(path, Buffer.concat([tagBytes({ version: 3, frames: [] }), form, ...chunks]));
    writeFileSync(at('plain.wav'), plain);
    const expected = { durationSeconds: 2, warnings: [], contentId: (await decode(at('plain.wav'))).report.contentId };
    expect((await decode(path)).report).toMatchObject({ format: 'w64', ...expected });
    if (program && length === 0n) expect((await decode(path, {}, program)).report).toMatchObject(expected);
  },
);

import { expect, test } from 'vitest';
import { readAcid, readSmpl } from '../../src/main/decode/loop-chunks.ts';

function acid(flags: number, root: number, beats: number, tempo: number): Buffer {
  const chunk = Buffer.alloc(24);
  chunk.writeUInt32LE(flags, 0);
  chunk.writeUInt16LE(root, 4);
  chunk.writeUInt32LE(beats, 12);
  chunk.writeFloatLE(tempo, 20);
  return chunk;
}

test('ACID: tempo and root note of a loop; a one-shot has no tempo', () => {
  expect(readAcid(acid(0x06, 57, 8, 124.5))).toEqual([
    { nativeId: 'acid:Tempo', value: '124.5' },
    { nativeId: 'acid:RootNote', value: 'A3' },
    { nativeId: 'acid:Kind', value: 'loop' },
  ]);
  expect(readAcid(acid(0x01, 60, 0, 120))).toEqual([{ nativeId: 'acid:Kind', value: 'one-shot' }]);
  expect(readAcid(acid(0x04, 60, 8, 0).subarray(0, 20))).toEqual([]);
});

test('sampler: the unity note, but not the one that stands there by itself', () => {
  const smpl = Buffer.alloc(36);
  smpl.writeUInt32LE(45, 12);
  expect(readSmpl(smpl)).toEqual([{ nativeId: 'smpl:UnityNote', value: 'A2' }]);
  smpl.writeUInt32LE(60, 12);
  expect(readSmpl(smpl)).toEqual([]);
  expect(readSmpl(smpl.subarray(0, 10))).toEqual([]);
});

import { expect, test } from 'vitest';
import { clipping } from '../../src/main/decode/analysers/clipping.ts';
import { LevelMeter } from '../../src/main/decode/levels.ts';

function clipped(channels: number[][], ...ends: number[]): number | null {
  const source = { codec: 'pcm_s16le', sampleRate: 48_000, channels: channels.length, channelMask: 0n, bitDepth: 16 };
  const levels = new LevelMeter(channels.length);
  const listener = clipping.begin(source, levels);
  const total = channels[0]!.length;
  let from = 0;
  for (const to of [...ends, total]) {
    // Planes are longer than what counts of them.
    const planes = channels.map((channel) => Float32Array.of(...channel.slice(from, to), 1, 1, 1));
    levels.push(planes, to - from); // as decode-file.ts does it
    listener.push(planes, to - from);
    from = to;
  }
  return listener.finish(total).clippedSamples;
}

const MAX = 32767 / 32768;

test('flat tops count from three samples on, on both sides, in each channel', () => {
  expect(clipped([[0, 1, 1, 0.5, MAX, MAX, MAX, 0, -1, -1, -1, -1, 0.9]])).toBe(7);
  expect(clipped([[1, 1, 1, 0], [0, -1, -1, 2]])).toBe(6); // prettier-ignore
  expect(clipped([[1, 0, 1], [0, 1, 0]])).toBe(0); // prettier-ignore
});

test('a run continues from block to block', () => {
  expect(clipped([[0, 1, 1, 1, 1, 0]], 2)).toBe(4);
  expect(clipped([[0, 1, 1, 0, 1, 0]], 2, 4)).toBe(0);
});

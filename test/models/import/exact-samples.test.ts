/** The input of MS CLAP: at its own rate, every sample as it stands in the file. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fillWindow } from '../../../src/main/embed/filling.ts';
import { ffmpegOnPath, decode, libav } from '../../decode/decode.ts';
import { wav } from '../../faults/sounds.ts';
import { fitted } from '../families/msclap/golden-signal.ts';
import { fillUniform } from '../families/msclap/pseudo-random.ts';
import { temporaryFolder } from '../../kit/temporary-folder.ts';

const RATE = 44_100;
const PLAN = { sampleRate: RATE, windowSeconds: 7, hopSeconds: 7, maxWindows: 100 };
const WINDOW = 308_700;

const folder = temporaryFolder('exact');
const ffmpeg = await ffmpegOnPath();

function noise(length: number): Float32Array {
  const samples = new Float32Array(length);
  fillUniform(samples, { high: 7, low: 1 }, 0, 1.25); // float files may go beyond full scale
  return samples;
}

/** Bytes, so that −0 and the last bit count. */
function same(found: Float32Array, expected: Float32Array): boolean {
  return Buffer.from(found.buffer, found.byteOffset, found.byteLength).equals(
    Buffer.from(expected.buffer, expected.byteOffset, expected.byteLength),
  );
}

test.each([13_230, 132_300, WINDOW, WINDOW + 3, 882_000])(
  '%d samples reach the encoder as they are',
  async (length) => {
    const samples = noise(length);
    const path = join(folder, `${length}.wav`);
    writeFileSync(path, wav([samples], { sampleRate: RATE, format: 'f32' }));
    for (const library of ffmpeg ? [libav, ffmpeg] : [libav]) {
      const { windows } = await decode(path, PLAN, library);
      for (const window of windows) {
        const start = Math.round(window.startSeconds * RATE);
        expect(same(window.samples, samples.slice(start, start + WINDOW)), `from ${start}`).toBe(true);
      }
      expect(windows.map((window) => Math.round(window.startSeconds * RATE))).toEqual(
        length === 882_000 ? [0, WINDOW, 882_000 - WINDOW] : [0],
      );
      const filled = new Float32Array(WINDOW);
      fillWindow(windows[0]!.samples, filled, 'repeat');
      expect(same(filled, fitted(samples, WINDOW))).toBe(true);
    }
  },
);

test('silence is kept only where it is asked for', async () => {
  const path = join(folder, 'silence.wav');
  writeFileSync(path, wav([new Float32Array(WINDOW)], { sampleRate: RATE, format: 'f32' }));
  expect((await decode(path, PLAN)).windows).toHaveLength(0);
  const { windows } = await decode(path, { ...PLAN, keepSilent: true });
  expect(windows.map(({ samples }) => samples)).toEqual([new Float32Array(WINDOW)]);
});

test('as often as it fits whole, then silence', () => {
  const window = new Float32Array(8).fill(9);
  fillWindow(Float32Array.of(1, 2, 3), window, 'repeat-pad');
  expect([...window]).toEqual([1, 2, 3, 1, 2, 3, 0, 0]);
  fillWindow(Float32Array.of(1, 2, 3, 4), window, 'repeat-pad');
  expect([...window]).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
  fillWindow(Float32Array.of(5, 6, 7, 8, 9), window, 'repeat-pad');
  expect([...window]).toEqual([5, 6, 7, 8, 9, 0, 0, 0]);
});

/** Waveforms as PNG, read back by a decoder that is not ours: Chromium's would be slow, FFmpeg's is here. */
import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { PICTURE_HEIGHT, PICTURE_WIDTH, waveformPicture } from '../../../src/main/host/mcp/waveform-picture.ts';
import { skipFor } from '../../faults/trial.ts';

const noFfmpeg = skipFor(
  spawnSync('ffmpeg', ['-version']).status === 0 ? null : 'ffmpeg is not installed',
  'waveform pictures read by another program',
);

/** @returns Uint8Array[800 · 160 · 3], RGB */
function decoded(png: Buffer): Buffer {
  const args = ['-v', 'error', '-f', 'png_pipe', '-i', '-', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
  return execFileSync('ffmpeg', args, { input: png, maxBuffer: 1 << 22 });
}

test.skipIf(noFfmpeg)('loud parts reach up and down, silent ones are a line, the match has a colour of its own', () => {
  const peaks = new Uint8Array(400).fill(255, 200);
  const pixels = decoded(waveformPicture(peaks, 8, [{ startSeconds: 6, endSeconds: 8 }]));
  expect(pixels).toHaveLength(PICTURE_WIDTH * PICTURE_HEIGHT * 3);
  const at = (x: number, y: number) => [...pixels.subarray((y * PICTURE_WIDTH + x) * 3).subarray(0, 3)];
  const [ground, wave, marked] = [[250, 250, 250], [70, 80, 95], [198, 94, 0]]; // prettier-ignore
  expect(at(100, 10)).toEqual(ground);
  expect(at(100, PICTURE_HEIGHT / 2)).toEqual(wave);
  expect(at(500, 10)).toEqual(wave);
  expect(at(599, 10)).toEqual(wave);
  expect(at(600, 10)).toEqual(marked);
  expect(at(799, 150)).toEqual(marked);
});

test.skipIf(noFfmpeg)('a file without a waveform is a line', () => {
  const pixels = decoded(waveformPicture(new Uint8Array(), 0, []));
  expect(new Set(pixels.subarray(0, PICTURE_WIDTH * 3))).toEqual(new Set([250]));
});

/** The waveform of a file as a picture, for those that can look but not hear. */
import { encodePng } from './png.ts';

export const PICTURE_WIDTH = 800;
export const PICTURE_HEIGHT = 160;
const BACKGROUND = 0;
const WAVE = 1;
const MARKED_BACKGROUND = 2;
const MARKED_WAVE = 3;
const PALETTE = [
  [250, 250, 250],
  [70, 80, 95],
  [255, 232, 196],
  [198, 94, 0],
] as const;

export interface Stretch {
  startSeconds: number;
  endSeconds: number;
}

/**
 * @param peaks 0..255 stands for 0..1, over equal parts of the file; empty: a line of silence
 * @param marked shown in another colour on another ground
 * @returns PNG of 800 x 160 pixels: time from left to right over the whole file, amplitude up and down from the middle
 */
export function waveformPicture(peaks: Uint8Array, durationSeconds: number, marked: readonly Stretch[]): Buffer {
  const pixels = new Uint8Array(PICTURE_WIDTH * PICTURE_HEIGHT);
  for (let x = 0; x < PICTURE_WIDTH; x++) {
    const from = (x / PICTURE_WIDTH) * durationSeconds;
    const to = ((x + 1) / PICTURE_WIDTH) * durationSeconds;
    const isMarked = marked.some(({ startSeconds, endSeconds }) => startSeconds < to && endSeconds > from);
    const reach = Math.round((loudest(peaks, x) / 255) * (PICTURE_HEIGHT / 2 - 1));
    for (let y = 0; y < PICTURE_HEIGHT; y++) {
      const inWave = Math.abs(y - PICTURE_HEIGHT / 2) <= reach;
      const colour = isMarked ? [MARKED_BACKGROUND, MARKED_WAVE] : [BACKGROUND, WAVE];
      pixels[y * PICTURE_WIDTH + x] = colour[inWave ? 1 : 0]!;
    }
  }
  return encodePng({ width: PICTURE_WIDTH, height: PICTURE_HEIGHT, pixels, palette: PALETTE });
}

/** Of the parts that a column of pixels covers, wholly or in part. */
function loudest(peaks: Uint8Array, x: number): number {
  const from = Math.floor((x * peaks.length) / PICTURE_WIDTH);
  const to = Math.max(from + 1, Math.ceil(((x + 1) * peaks.length) / PICTURE_WIDTH));
  return peaks.subarray(from, to).reduce((most, peak) => Math.max(most, peak), 0);
}

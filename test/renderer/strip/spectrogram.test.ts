import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { columnSamples, paletteOf } from '../../../src/renderer/strip/spectrogram.ts';
import { hertzAt, shareOf } from '../../../src/shared/spectrum.ts';

const css = readFileSync(join(import.meta.dirname, '../../../src/renderer/theme/tokens.css'), 'utf8');
const [dark, light] = ['dark', 'light'].map((theme) => {
  const rules = css.slice(css.indexOf(`data-theme='${theme}'`));
  return [0, 1, 2, 3, 4, 5].map((stop) => new RegExp(`--spectrum-${stop}: (#[0-9a-f]{6})`).exec(rules)![1]!);
}) as [string[], string[]];

/** Relative luminance, WCAG 2. */
function luminance(rgb: ArrayLike<number>): number {
  const [r, g, b] = Array.from(rgb, (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)); // prettier-ignore
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
const colour = (palette: Uint8ClampedArray, level: number) => palette.subarray(4 * level, 4 * level + 3);

test.each([
  ['dark', dark, 1],
  ['light', light, -1],
])('levels differ by lightness alone, one way, in the %s theme', (_, stops, direction) => {
  const palette = paletteOf(stops, 0);
  const all = Array.from({ length: 256 }, (__, level) => luminance(colour(palette, level)));
  for (let level = 1; level < 256; level++) expect(direction * (all[level]! - all[level - 1]!)).toBeGreaterThanOrEqual(-0.002); // prettier-ignore
  expect(Math.abs(all[255]! - all[0]!)).toBeGreaterThan(0.6);
});

test('the loudest colour is at the peak of the file, the quietest 90 dB below', () => {
  const palette = paletteOf(['#000000', '#ffffff'], -30);
  expect([...colour(palette, 255)]).toEqual([255, 255, 255]);
  expect([...colour(palette, Math.round(255 * 0.75))]).toEqual([255, 255, 255]); // −30 dB
  expect([...colour(palette, 0)]).toEqual([0, 0, 0]); // −120 dB
  expect(colour(palette, 128)[0]).toBeGreaterThan(80);
});

test('a column stands for two pixels, and never for less than is worth a transform', () => {
  expect(columnSamples({ startSample: 0, samples: 1_280_000 }, 1280)).toBe(1024);
  expect(columnSamples({ startSample: 0, samples: 100 }, 1280)).toBe(64);
});

test('frequencies are on a logarithmic scale from 30 Hz to 20 kHz, or as far as the file has them', () => {
  expect(hertzAt(0, 48_000)).toBe(30);
  expect(hertzAt(1, 48_000)).toBeCloseTo(20_000);
  expect(hertzAt(1, 8000)).toBeCloseTo(4000);
  expect(shareOf(hertzAt(0.3, 44_100), 44_100)).toBeCloseTo(0.3);
});

import { describe, expect, test } from 'vitest';
import { columnsOf, samplesIn, TILE_PARTS, type PeakTiles } from '../../../src/renderer/strip/columns.ts';
import { heightOf } from '../../../src/renderer/strip/draw-lanes.ts';
import { exactLength, exactTime, rulerTime } from '../../../src/renderer/strip/times.ts';

const TOTAL = 100_000;

/** One channel that rises with its samples, known at some resolutions. */
function rising(known: readonly number[]): PeakTiles & { asked: string[] } {
  const asked: string[] = [];
  const tileOf = (samplesEach: number, index: number) => {
    const first = index * TILE_PARTS;
    const parts = Math.min(TILE_PARTS, Math.max(0, Math.ceil(TOTAL / samplesEach) - first));
    const value = (part: number) => ((first + part) * samplesEach) / TOTAL;
    return Float32Array.from({ length: parts * 2 }, (_, at) =>
      at % 2 === 0 ? value(at / 2) : value((at + 1) / 2) - 1 / TOTAL,
    );
  };
  return {
    asked,
    channels: 1,
    numberOfSamples: TOTAL,
    coarse: Uint8Array.of(51, 102, 153, 204, 255),
    tile: (samplesEach, index) => {
      asked.push(`${samplesEach}/${index}`);
      return known.includes(samplesEach) ? tileOf(samplesEach, index) : null;
    },
    known: (samplesEach, index) => (known.includes(samplesEach) ? tileOf(samplesEach, index) : null),
  };
}

describe('columns of the screen', () => {
  test('have the lowest and the highest of what lies in them', () => {
    const columns = columnsOf({ startSample: 40_000, samples: 8000 }, 1000, rising([8]));
    expect(columns).toHaveLength(2000);
    expect([columns[0], columns[1]]).toEqual([Math.fround(0.4), Math.fround(0.40007)]);
    expect(columns[1998]).toBeCloseTo(0.47992, 5);
  });

  test('ask for each tile once', () => {
    const peaks = rising([8]);
    columnsOf({ startSample: 7000, samples: 8000 }, 1000, peaks);
    expect(peaks.asked).toEqual(['8/0', '8/1']);
  });

  test('are drawn of what is known coarser, else of the whole file’s peaks', () => {
    const [low, high] = columnsOf({ startSample: 40_000, samples: 8000 }, 1000, rising([64]));
    expect([low, high]).toEqual([Math.fround(0.4), Math.fround(0.40063)]);
    const [coarseLow, coarseHigh] = columnsOf({ startSample: 40_000, samples: 8000 }, 1000, rising([]));
    expect([coarseLow, coarseHigh]).toEqual([-0.6, 0.6].map(Math.fround));
  });

  test('end with the file', () => {
    const columns = columnsOf({ startSample: 99_000, samples: 2000 }, 100, rising([16]));
    expect(columns[2 * 49]).not.toBeNaN();
    expect(columns[2 * 50]).toBeNaN();
  });
});

test('samples that are known one by one, with one beyond each edge', () => {
  const found = samplesIn({ startSample: 2047.5, samples: 4 }, rising([1]))!;
  expect(found.first).toBe(2046);
  expect([...found.planes[0]!].map((sample) => Math.round(sample * TOTAL))).toEqual([2046, 2047, 2048, 2049, 2050, 2051, 2052]); // prettier-ignore
  expect(samplesIn({ startSample: 0, samples: 40 }, rising([]))).toBeNull();
});

test('heights: linear, in decibels down to −60, and filled', () => {
  expect(heightOf(-0.5, { decibels: false, fullHeight: 1 })).toBe(-0.5);
  expect(heightOf(0.25, { decibels: false, fullHeight: 0.25 })).toBe(1);
  expect(heightOf(0.001, { decibels: true, fullHeight: 1 })).toBeCloseTo(0);
  expect(heightOf(-0.1, { decibels: true, fullHeight: 1 })).toBeCloseTo(-2 / 3);
  expect(heightOf(0, { decibels: true, fullHeight: 1 })).toBe(0);
});

test('times are as exact as what is seen', () => {
  expect(rulerTime(65, 5)).toBe('1:05');
  expect(rulerTime(65.5, 0.5)).toBe('1:05.5');
  expect(rulerTime(0.0003, 0.0001)).toBe('0:00.0003');
  expect(exactTime(3661.25, false)).toBe('1:01:01.250');
  expect(exactTime(59.9996, false)).toBe('1:00.000');
  expect(exactLength(2.5, false)).toBe('2.500 s');
});

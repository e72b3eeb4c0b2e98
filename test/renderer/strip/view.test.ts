import { describe, expect, test } from 'vitest';
import {
  centredOn,
  followed,
  pixelOf,
  rulerStep,
  sampleAt,
  samplesEachFor,
  scrolled,
  wholeFile,
  zoomed,
  zoomedTo,
} from '../../../src/renderer/strip/view.ts';

const TOTAL = 480_000;
const VIEW = { startSample: 100_000, samples: 40_000 };

describe('zooming', () => {
  test.each([0, 0.25, 0.5, 1])('what is at %f of the view stays there', (anchor) => {
    const at = VIEW.startSample + anchor * VIEW.samples;
    for (const factor of [2, 0.5, 1.1]) {
      const view = zoomed(VIEW, factor, anchor, TOTAL);
      expect(view.samples).toBeCloseTo(VIEW.samples / factor);
      expect(view.startSample + anchor * view.samples).toBeCloseTo(at);
    }
  });

  test('ends at the whole file and at single samples', () => {
    expect(zoomed(VIEW, 1e-9, 0.5, TOTAL)).toEqual(wholeFile(TOTAL));
    expect(zoomed(VIEW, 1e9, 0, TOTAL)).toEqual({ startSample: 100_000, samples: 32 });
    expect(zoomed(wholeFile(10), 4, 0.5, 10)).toEqual(wholeFile(10));
  });

  test('zooming to a range leaves a margin on both sides within the file', () => {
    expect(zoomedTo({ startSample: 1000, endSample: 2000 }, TOTAL)).toEqual({ startSample: 900, samples: 1200 });
    expect(zoomedTo({ startSample: 0, endSample: 1000 }, TOTAL)).toEqual({ startSample: 0, samples: 1200 });
    expect(zoomedTo({ startSample: 5, endSample: 6 }, TOTAL).samples).toBe(32);
  });
});

test('scrolling ends at the ends of the file', () => {
  expect(scrolled(VIEW, 0.5, TOTAL).startSample).toBe(120_000);
  expect(scrolled(VIEW, -9, TOTAL).startSample).toBe(0);
  expect(scrolled(VIEW, 99, TOTAL).startSample).toBe(440_000);
  expect(centredOn(VIEW, 200_000, TOTAL).startSample).toBe(180_000);
});

test('the view pages with the playhead, unless the user has scrolled elsewhere', () => {
  expect(followed(VIEW, 139_000, 139_900, TOTAL)).toBe(VIEW);
  expect(followed(VIEW, 139_990, 140_100, TOTAL)).toEqual({ startSample: 138_100, samples: 40_000 });
  expect(followed(VIEW, 10_000, 10_100, TOTAL)).toBe(VIEW);
  expect(followed(VIEW, 139_990, 50_000, TOTAL).startSample).toBe(48_000); // a loop begins again
});

test('pixels and samples lead to each other', () => {
  for (const pixel of [0, 1, 333.5, 1000]) expect(pixelOf(VIEW, sampleAt(VIEW, pixel, 1000), 1000)).toBeCloseTo(pixel);
});

test('each pixel has a peak at least', () => {
  expect(samplesEachFor(VIEW, 1000)).toBe(32);
  expect(samplesEachFor({ startSample: 0, samples: 1024 }, 1024)).toBe(1);
  expect(samplesEachFor({ startSample: 0, samples: 40 }, 1024)).toBe(1);
});

test.each([
  [1, 0.1],
  [20, 2],
  [100, 10],
  [140, 15],
  [400, 60],
  [7200, 900],
  [48, 5],
  [0.01, 0.001],
])('marks of a ruler over %f s are %f s apart', (seconds, step) => {
  expect(rulerStep({ startSample: 0, samples: seconds * 48_000 }, 48_000, 1000, 100)).toBeCloseTo(step, 9);
});

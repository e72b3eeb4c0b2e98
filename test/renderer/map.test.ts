import { describe, expect, test } from 'vitest';
import { classColours, css, oklch } from '../../src/renderer/screens/map/colours.ts';
import { inside, nearestTo, nextTowards } from '../../src/renderer/screens/map/geometry.ts';
import { hitsLine, hitsOnMap, pointStates } from '../../src/renderer/screens/map/hits.ts';
import { POINT } from '../../src/renderer/screens/map/plot.ts';
import { labelsOf, regionsOf } from '../../src/renderer/screens/map/regions.ts';
import { panned, scaleOf, showing, toMap, toScreen, WHOLE, zoomedAt } from '../../src/renderer/screens/map/view.ts';

const SIZE = { width: 800, height: 600 };
/** Four at the corners of a square, one in its middle. */
const FIVE = Float32Array.of(-0.5, -0.5, 0.5, -0.5, 0.5, 0.5, -0.5, 0.5, 0, 0);

describe('which point is meant', () => {
  test('the nearest within reach', () => {
    expect(nearestTo(FIVE, 0.45, 0.4, 0.2)).toBe(2);
    expect(nearestTo(FIVE, 0.9, 0.9, 0.2)).toBe(-1);
    expect(nearestTo(new Float32Array(0), 0, 0, Infinity)).toBe(-1);
  });
  test('arrows lead to the nearest that way, and nowhere when there is none', () => {
    expect(nextTowards(FIVE, 0, 1, 0)).toBe(1); // straight ahead counts for more than nearer and aside
    expect(nextTowards(FIVE, 0, 0, 1)).toBe(3);
    expect(nextTowards(FIVE, 2, -1, 0)).toBe(3);
    expect(nextTowards(FIVE, 4, 1, 0)).toBe(1);
    expect(nextTowards(FIVE, 4, 0, 1)).toBe(-1); // what lies on the diagonal is reached along x
    expect(nextTowards(FIVE, 2, 1, 0)).toBe(-1);
  });
  test('every point can be reached by arrows', () => {
    let state = 1;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const places = Float32Array.from({ length: 400 }, () => 2 * random() - 1);
    const reached = new Set([0]);
    for (const point of reached) {
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
        const next = nextTowards(places, point, dx, dy);
        if (next >= 0) reached.add(next);
      }
    } // prettier-ignore
    expect(reached.size).toBeGreaterThan(195); // a point in a corner of a crowd may be passed by from all sides
  });
  test('inside a lasso, also a dented one', () => {
    const square = [-0.6, -0.6, 0.6, -0.6, 0.6, 0.6, -0.6, 0.6];
    expect(inside(FIVE, square)).toEqual([0, 1, 2, 3, 4]);
    const dented = [-0.6, -0.6, 0.6, -0.6, 0.6, 0.6, 0.2, 0.6, 0, -0.3, -0.2, 0.6, -0.6, 0.6];
    expect(inside(FIVE, dented)).toEqual([0, 1, 2, 3]);
    expect(inside(FIVE, [])).toEqual([]);
    expect(inside(FIVE, [0, 0, 0.1, 0.1])).toEqual([]);
  });
});

describe('what the search found', () => {
  const FILES = [11, 12, 13, 14];
  const answer = (ids: number[], inGroups: number[] = []) => ({
    kind: 'found' as const,
    ids,
    hits: new Map([...ids, ...inGroups].map((fileId) => [fileId, {}])),
  });
  const states = (standing: Partial<Parameters<typeof pointStates>[1]>) => [
    ...pointStates(4, { chosen: new Set(), hits: null, inClass: null, ...standing }),
  ];
  const { plain, dimmed, chosen, hit } = POINT;

  test('files on the map, those in groups too; some are not on it', () => {
    const hits = hitsOnMap(FILES, answer([13, 99], [11]))!;
    expect([...hits.points]).toEqual([0, 2]);
    expect(hitsLine(hits)).toBe('2 of 3 files found are on the map');
    expect(hitsLine(hitsOnMap(FILES, answer([14]))!)).toBe('1 of 1 file found is on the map');
    expect(hitsLine(hitsOnMap(FILES, answer([99]))!)).toBe('None of 1 file found is on the map');
    expect(hitsLine(hitsOnMap(FILES, answer([]))!)).toBe('The search found no files');
  });
  test('a list and the whole library are no search', () => {
    expect(hitsOnMap(FILES, null)).toBeNull();
    expect(hitsOnMap(FILES, { ...answer([11]), kind: 'library' })).toBeNull();
    expect(hitsOnMap(FILES, { ...answer([11]), kind: 'given' })).toBeNull();
  });
  test('hits stand out, also beside what is chosen; a highlighted class counts against them', () => {
    expect(states({})).toEqual([plain, plain, plain, plain]);
    expect(states({ hits: new Set([1]) })).toEqual([dimmed, hit, dimmed, dimmed]);
    expect(states({ chosen: new Set([0]) })).toEqual([chosen, dimmed, dimmed, dimmed]);
    expect(states({ chosen: new Set([0, 1]), hits: new Set([1, 2]) })).toEqual([chosen, chosen, hit, dimmed]);
    const inClass = (point: number) => point < 2;
    expect(states({ inClass })).toEqual([plain, plain, dimmed, dimmed]);
    expect(states({ inClass, hits: new Set([1, 2]) })).toEqual([dimmed, hit, dimmed, dimmed]);
  });
});

describe('names of regions', () => {
  /** So many points in a small cloud around each place. */
  const clouds = (...of: [x: number, y: number, kind: number, many: number][]) => {
    const points = of.flatMap(([x, y, kind, many]) =>
      Array.from({ length: many }, (_, i) => ({ x: x + 0.001 * i, y, kind })),
    );
    const classes = ['Doors', 'Rain', 'Voices'].map((name, kind) => ({
      name,
      points: points.filter((point) => point.kind === kind).length,
    }));
    const places = Float32Array.from(points.flatMap(({ x, y }) => [x, y]));
    return regionsOf(places, { names: classes, ofPoint: Uint8Array.from(points, ({ kind }) => kind) });
  };

  test('where most of a class lies, the largest first', () => {
    const regions = clouds([-0.7, 0.5, 0, 5], [0.6, 0.6, 1, 20], [-0.6, -0.6, 1, 6], [0, -0.7, 255, 30]);
    expect(regions.map(({ name, points }) => [name, points])).toEqual([['Rain', 20], ['Doors', 5]]); // prettier-ignore
    expect(regions[0]!.x).toBeCloseTo(0.61, 1);
    expect(regions[0]!.y).toBeCloseTo(0.6, 5);
  });
  test('none for a few, nor for what is lost among others', () => {
    expect(clouds([0, 0, 0, 3])).toEqual([]);
    expect(clouds([0, 0, 0, 10], [0, 0, 255, 90])).toEqual([]);
  });
  test('names do not overlap: the larger region keeps its name, the other has it back closer by', () => {
    const two = [
      { name: 'Doors', x: 0.1, y: 0.1, points: 9 },
      { name: 'Rain', x: 0.12, y: 0.12, points: 5 },
    ];
    const shown = (zoom: number) => labelsOf(two, { x: 0.1, y: 0.1, zoom }, SIZE).map(({ name }) => name);
    expect(shown(1)).toEqual(['Doors']);
    expect(shown(10)).toEqual(['Doors', 'Rain']);
    expect(labelsOf(two, { x: -0.9, y: -0.9, zoom: 10 }, SIZE)).toEqual([]);
  });
});

describe('what is seen', () => {
  test('there and back', () => {
    const view = { x: 0.2, y: -0.3, zoom: 3 };
    const [left, top] = toScreen(view, SIZE, 0.25, -0.1);
    const [x, y] = toMap(view, SIZE, left, top);
    expect([x, y].map((value) => value.toFixed(9))).toEqual(['0.250000000', '-0.100000000']);
    expect(toScreen(WHOLE, SIZE, 0, 0)).toEqual([400, 300]);
    expect(toScreen(WHOLE, SIZE, 0, 1)[1]).toBe(28); // y is upwards, and there is a margin
  });
  test('zooming keeps what is under the pointer; not further out than the whole, nor in without end', () => {
    const [x, y] = toMap(WHOLE, SIZE, 500, 200);
    const near = zoomedAt(WHOLE, SIZE, 500, 200, 4);
    const [left, top] = toScreen(near, SIZE, x, y);
    expect([left, top].map(Math.round)).toEqual([500, 200]);
    expect(zoomedAt(near, SIZE, 10, 10, 0.001)).toEqual(WHOLE);
    expect(zoomedAt(near, SIZE, 10, 10, 1e9).zoom).toBe(400);
  });
  test('the map cannot be pulled out of sight', () => {
    const near = zoomedAt(WHOLE, SIZE, 400, 300, 2);
    const far = panned(near, SIZE, 1e6, 0);
    expect(far.x).toBe(-0.5);
    expect(panned(near, SIZE, 10, 0).x).toBeCloseTo(-10 / scaleOf(near, SIZE));
  });
  test('a point that is walked to comes into sight, and one in sight moves nothing', () => {
    const near = { x: 0, y: 0, zoom: 4 };
    expect(showing(near, SIZE, 0.05, 0.05)).toBe(near);
    expect(showing(near, SIZE, 0.6, 0.6)).toEqual({ x: 0.6, y: 0.6, zoom: 4 });
  });
});

describe('colours', () => {
  test('known values', () => {
    expect(css(oklch(1, 0, 0))).toBe('rgb(255 255 255)');
    expect(css(oklch(0, 0, 0))).toBe('rgb(0 0 0)');
    // oklch(62.8% 0.2577 29.23) is pure red.
    expect(css(oklch(0.62796, 0.25768, 29.234))).toBe('rgb(255 0 0)');
  });
  test.each(['dark', 'light'] as const)(
    'twelve and one that can be told from each other and from the ground, %s',
    (theme) => {
      const colours = classColours(theme);
      expect(colours).toHaveLength(13);
      const luminance = (rgb: readonly number[]) => {
        const [r, g, b] = rgb.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
      };
      const ground =
        theme === 'dark'
          ? luminance([0x13, 0x16, 0x18].map((v) => v / 255))
          : luminance([0xf6, 0xf7, 0xf7].map((v) => v / 255));
      for (const colour of colours.slice(0, 12)) {
        const [a, b] = [luminance(colour), ground].sort((x, y) => y - x);
        expect((a! + 0.05) / (b! + 0.05)).toBeGreaterThan(3);
      }
      for (const [i, one] of colours.entries()) {
        for (const other of colours.slice(i + 1)) {
          expect(Math.hypot(...one.map((value, c) => value - other[c]!))).toBeGreaterThan(0.06);
        }
      }
    },
  );
});

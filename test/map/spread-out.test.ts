import { expect, test } from 'vitest';
import { fitSquare, separate } from '../../src/main/map/fit-square.ts';
import { spreadOut } from '../../src/main/map/spread-out.ts';
import { uniform } from '../kit/uniform.ts';

function spread(places: Float32Array): void {
  for (const step of spreadOut(places, () => undefined)) expect(step).toBeUndefined();
}
function nearestDistances(places: Float32Array): number[] {
  const n = places.length / 2;
  const far = (i: number, j: number) => Math.hypot(places[2 * i]! - places[2 * j]!, places[2 * i + 1]! - places[2 * j + 1]!); // prettier-ignore
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? Infinity : far(i, j))).reduce((a, b) => Math.min(a, b)),
  );
}

test('a crowd becomes a disc around its place, a point that stands alone does not move', () => {
  const random = uniform(3);
  const crowd = Array.from({ length: 398 }, () => 0.3 + 0.004 * random());
  const places = Float32Array.of(...crowd, -0.8, 0.7);
  spread(places);
  expect([...places.slice(398)].map((value) => value.toFixed(4))).toEqual(['-0.8000', '0.7000']);
  const even = 2 / Math.sqrt(200);
  const distances = nearestDistances(places).sort((a, b) => a - b);
  expect(distances[20]).toBeGreaterThan(0.1 * even);
  const xs = places.filter((_, i) => i % 2 === 0 && i < 398);
  expect(xs.reduce((sum, x) => sum + x, 0) / xs.length).toBeCloseTo(0.302, 2);
  expect(Math.max(...xs) - Math.min(...xs)).toBeLessThan(0.6);
});

test('ten thousand at one place: all in the square, each at a place of its own', () => {
  const places = new Float32Array(20_000).fill(0.2);
  separate(places);
  spread(places);
  expect(places.every((value) => value >= -1 && value <= 1)).toBe(true);
  const all = new Set(Array.from({ length: 10_000 }, (_, i) => `${places[2 * i]!} ${places[2 * i + 1]!}`));
  expect(all.size).toBeGreaterThan(9_990);
});

test('a few that lie far out do not shrink the rest, and keep their order', () => {
  const random = uniform(5);
  const places = Float32Array.from({ length: 2000 }, () => random() - 0.5);
  places.set([40, 0, 80, 0], 0);
  fitSquare(places);
  expect(places.every((value) => value >= -1 && value <= 1)).toBe(true);
  const inner = places.slice(4).map(Math.abs);
  expect(Math.max(...inner)).toBeGreaterThan(0.85);
  expect(places[2]!).toBeGreaterThanOrEqual(places[0]!);
  expect(places[0]!).toBeGreaterThan(Math.max(...inner));
});

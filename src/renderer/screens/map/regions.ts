/** Names of regions of the map: a class stands where most of it lies, if it is more at home there than elsewhere. */
import { NO_CLASS, type Classes } from './map-store.svelte.ts';
import { toScreen, type Size, type View } from './view.ts';

export interface Region {
  name: string;
  /** Middle of its points, −1..1. */
  x: number;
  y: number;
  /** Points of the class there. */
  points: number;
}

export interface Label {
  name: string;
  /** CSS pixels: the middle, and how wide it may be. */
  left: number;
  top: number;
  width: number;
}

/** Cells along each side of the map; a region is three by three of them. */
const CELLS = 20;
const FEWEST_POINTS = 4;
/** How much more often than on the whole map, and among how many of the points there at least. */
const OVER_REPRESENTED = 1.5;
const LEAST_SHARE = 0.3;

/** @param places x, y pairs, −1..1 @returns at most one for each class, those with most points first */
export function regionsOf(places: Float32Array, { names, ofPoint }: Classes): Region[] {
  const cells = CELLS * CELLS;
  const sums = names.map(() => ({ points: new Uint32Array(cells), x: new Float64Array(cells), y: new Float64Array(cells) })); // prettier-ignore
  const all = new Uint32Array(cells);
  for (const [point, kind] of ofPoint.entries()) {
    const [x, y] = [places[2 * point]!, places[2 * point + 1]!];
    const cell = along(y) * CELLS + along(x);
    all[cell]!++;
    const own = kind === NO_CLASS ? undefined : sums[kind];
    if (own === undefined) continue;
    own.points[cell]!++;
    own.x[cell]! += x;
    own.y[cell]! += y;
  }
  const allAround = around(all);
  return names
    .flatMap(({ name, points: ofClass }, kind) => {
      const own = sums[kind]!;
      const counts = around(own.points);
      const cell = counts.indexOf(Math.max(...counts));
      const points = counts[cell]!;
      const share = points / allAround[cell]!;
      const least = Math.max(LEAST_SHARE, Math.min(1, (OVER_REPRESENTED * ofClass) / ofPoint.length));
      if (points < FEWEST_POINTS || share < least) return [];
      return [{ name, points, x: around(own.x)[cell]! / points, y: around(own.y)[cell]! / points }];
    })
    .sort((a, b) => b.points - a.points);
}

const LINE_PX = 20;
/** Rather too many than too few: a name is cut only where it is very long. */
const CHARACTER_PX = 9.5;
const AROUND_PX = 14;
const MOST_PX = 180;

/** @param regions the first ones keep their place where names would overlap @returns those in sight */
export function labelsOf(regions: readonly Region[], view: View, size: Size): Label[] {
  const labels: Label[] = [];
  for (const { name, x, y } of regions) {
    const [left, top] = toScreen(view, size, x, y);
    const width = Math.min(MOST_PX, CHARACTER_PX * name.length + AROUND_PX);
    const isInside = left > width / 2 && left < size.width - width / 2 && top > LINE_PX && top < size.height - LINE_PX;
    const isFree = labels.every(
      (other) => Math.abs(other.top - top) >= LINE_PX || Math.abs(other.left - left) >= (other.width + width) / 2,
    );
    if (isInside && isFree) labels.push({ name, left, top, width });
  }
  return labels;
}

function along(place: number): number {
  return Math.max(0, Math.min(CELLS - 1, Math.floor(((place + 1) / 2) * CELLS)));
}

/** The sum of each cell and those beside it. */
function around(cells: ArrayLike<number>): number[] {
  return Array.from({ length: CELLS * CELLS }, (_, cell) => {
    const [row, column] = [Math.floor(cell / CELLS), cell % CELLS];
    let sum = 0;
    for (let r = Math.max(0, row - 1); r <= Math.min(CELLS - 1, row + 1); r++)
      for (let c = Math.max(0, column - 1); c <= Math.min(CELLS - 1, column + 1); c++) sum += cells[r * CELLS + c]!;
    return sum;
  });
}

/**
 * Which point is meant. Every question looks at all points: a hundred thousand take about a millisecond, and nothing
 * has to be kept in step. Places are x, y pairs, −1..1, y upwards.
 */

/** @returns the point nearest to a place and no further than `within`; −1 for none */
export function nearestTo(places: Float32Array, x: number, y: number, within: number): number {
  let best = -1;
  let closest = within * within;
  for (let i = 0; i < places.length; i += 2) {
    const dx = places[i]! - x;
    const dy = places[i + 1]! - y;
    const squared = dx * dx + dy * dy;
    if (squared > closest) continue;
    closest = squared;
    best = i / 2;
  }
  return best;
}

/** What lies to the side counts as further away; at 45° and beyond it is another direction. */
const SIDEWAYS = 2;

/**
 * Where an arrow key leads: the nearest point within 45° of a direction.
 * @param from a point
 * @param dx, dy one of (1, 0), (−1, 0), (0, 1), (0, −1)
 * @returns −1 when there is none that way
 */
export function nextTowards(places: Float32Array, from: number, dx: number, dy: number): number {
  const x = places[2 * from]!;
  const y = places[2 * from + 1]!;
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < places.length; i += 2) {
    const ahead = (places[i]! - x) * dx + (places[i + 1]! - y) * dy;
    const aside = Math.abs((places[i]! - x) * dy) + Math.abs((places[i + 1]! - y) * dx);
    // Exactly on the diagonal: only the way along x, so that every other point can be reached by one of the four.
    if (ahead <= 0 || aside > ahead || (aside === ahead && dx === 0)) continue;
    const cost = ahead + SIDEWAYS * aside;
    if (cost >= least) continue;
    least = cost;
    best = i / 2;
  }
  return best;
}

/**
 * @param outline corners of a polygon, x, y pairs in the places' own units; closed by itself
 * @returns the points inside it (even-odd rule), in their order
 */
export function inside(places: Float32Array, outline: readonly number[]): number[] {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let c = 0; c < outline.length; c += 2) {
    left = Math.min(left, outline[c]!);
    right = Math.max(right, outline[c]!);
    bottom = Math.min(bottom, outline[c + 1]!);
    top = Math.max(top, outline[c + 1]!);
  }
  const found: number[] = [];
  for (let i = 0; i < places.length; i += 2) {
    const x = places[i]!;
    const y = places[i + 1]!;
    if (x < left || x > right || y < bottom || y > top) continue;
    if (isInside(x, y, outline)) found.push(i / 2);
  }
  return found;
}

function isInside(x: number, y: number, outline: readonly number[]): boolean {
  let within = false;
  const corners = outline.length;
  for (let c = 0, before = corners - 2; c < corners; before = c, c += 2) {
    const [ax, ay] = [outline[c]!, outline[c + 1]!];
    const [bx, by] = [outline[before]!, outline[before + 1]!];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}

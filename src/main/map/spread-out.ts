/** Room for every point: a layout lays files that are much alike on top of each other, and then only one can be seen. */

/** Points come to stand about this far apart, as a share of what they would have if spread evenly over the square. */
const SHARE = 0.32;
const ROUNDS = 60;
/** Of the way that two points lack; more makes crowds jump. */
const STEP = 0.35;
/** In a crowd not everybody is asked: by the next round they stand differently. */
const MOST_ASKED = 40;

/**
 * Pushes apart what stands too close, round by round: crowds become discs, and stay where they are. No two points may
 * be at the very same place.
 * @param places Float32Array[n · 2] in −1..1; changed in place, and stays in it
 * @param progress called with the share that is done, 0..1
 */
export function* spreadOut(places: Float32Array, progress: (share: number) => void): Generator<void, void, undefined> {
  const n = places.length / 2;
  if (n < 2) return;
  const apart = (2 * SHARE) / Math.sqrt(n);
  const cells = Math.ceil(2 / apart) + 1;
  /** The last point put into each cell, and for each point the one before it there; −1 for none. */
  const last = new Int32Array(cells * cells);
  const before = new Int32Array(n);
  const cellOf = (value: number) => Math.floor((value + 1) / apart);
  for (let round = 0; round < ROUNDS; round++) {
    last.fill(-1);
    for (let i = 0; i < n; i++) {
      const cell = cellOf(places[2 * i + 1]!) * cells + cellOf(places[2 * i]!);
      before[i] = last[cell]!;
      last[cell] = i;
    }
    for (let i = 0; i < n; i++) {
      const [column, row] = [cellOf(places[2 * i]!), cellOf(places[2 * i + 1]!)];
      let asked = 0;
      for (let y = Math.max(0, row - 1); y <= Math.min(cells - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(cells - 1, column + 1); x++) {
          for (let j = last[y * cells + x]!; j >= 0 && asked < MOST_ASKED; j = before[j]!) {
            if (j === i) continue;
            asked++;
            pushApart(places, i, j, apart);
          }
        }
      }
    }
    progress((round + 1) / ROUNDS);
    yield;
  }
}

function pushApart(places: Float32Array, i: number, j: number, apart: number): void {
  const dx = places[2 * i]! - places[2 * j]!;
  const dy = places[2 * i + 1]! - places[2 * j + 1]!;
  const squared = dx * dx + dy * dy;
  if (squared >= apart * apart || squared === 0) return;
  const distance = Math.sqrt(squared);
  const push = (0.5 * STEP * (apart - distance)) / distance;
  places[2 * i] = inSquare(places[2 * i]! + push * dx);
  places[2 * i + 1] = inSquare(places[2 * i + 1]! + push * dy);
  places[2 * j] = inSquare(places[2 * j]! - push * dx);
  places[2 * j + 1] = inSquare(places[2 * j + 1]! - push * dy);
}

function inSquare(value: number): number {
  return Math.max(-1, Math.min(1, value));
}

/**
 * The orders in which tokens of a g × g grid are laid out. Attention works within windows of w × w tokens; everything
 * else in the network looks at tokens one by one and does not mind where they are.
 * An order is a list: at place i stands token (row · g + column) order[i].
 */

/**
 * First the first token of each window, then the second of each, and so on: [w², windows]. A matrix product can take
 * a window's tokens from there without anything being moved. Windows, and tokens within them, row by row; the windows
 * lie `shift` rows lower and columns further right, around the edge.
 */
export function windowOrder(grid: number, window: number, shift: number): number[] {
  const order: number[] = [];
  for (let row = 0; row < window; row++) {
    for (let column = 0; column < window; column++) {
      for (let top = 0; top < grid; top += window) {
        for (let left = 0; left < grid; left += window) {
          order.push(((top + row + shift) % grid) * grid + ((left + column + shift) % grid));
        }
      }
    }
  }
  return order;
}

/**
 * Four tokens for each of the (g/2)² merged ones: (even row, even column), (odd, even), (even, odd), (odd, odd).
 * @param merged the order of the merged tokens
 */
export function mergeOrder(grid: number, merged: readonly number[]): number[] {
  const half = grid / 2;
  return merged.flatMap((token) => {
    const first = Math.floor(token / half) * 2 * grid + (token % half) * 2;
    return [first, first + grid, first + 1, first + grid + 1];
  });
}

/** @returns for each place of `to`, the place of the same token in `from` */
export function reordering(from: readonly number[], to: readonly number[]): number[] {
  const places = new Map(from.map((token, place) => [token, place]));
  return to.map((token) => places.get(token)!);
}

/** Index into the table of relative positions: [w², w²], from token i to token j of a window. */
export function relativePositionIndex(window: number): Int32Array {
  const area = window * window;
  const index = new Int32Array(area * area);
  for (let i = 0; i < area; i++) {
    for (let j = 0; j < area; j++) {
      const rows = Math.floor(i / window) - Math.floor(j / window) + window - 1;
      const columns = (i % window) - (j % window) + window - 1;
      index[i * area + j] = rows * (2 * window - 1) + columns;
    }
  }
  return index;
}

/**
 * What is added to the logits.
 * @param table [(2w − 1)², heads]
 * @returns [heads, w², w²]
 */
export function positionBias(table: Float32Array, heads: number, window: number): Float32Array {
  const index = relativePositionIndex(window);
  const bias = new Float32Array(heads * index.length);
  for (let head = 0; head < heads; head++) {
    for (let pair = 0; pair < index.length; pair++) {
      bias[head * index.length + pair] = table[index[pair]! * heads + head]!;
    }
  }
  return bias;
}

/** A logit lower by 100 is a weight of 0 after the softmax. */
const HIDDEN = -100;

/**
 * Shifted windows reach around the edge of the grid: tokens that are not neighbours must not attend to each other.
 * @returns [windows, w², w²]: 0, or −100 where the two tokens come from different sides of the edge
 */
export function shiftMask(grid: number, window: number, shift: number): Float32Array {
  const region = (position: number) => (position < grid - window ? 0 : position < grid - shift ? 1 : 2);
  const area = window * window;
  // Of places on the shifted grid, where windows lie side by side.
  const labels = windowOrder(grid, window, 0).map(
    (place) => 3 * region(Math.floor(place / grid)) + region(place % grid),
  );
  const windows = labels.length / area;
  const mask = new Float32Array(windows * area * area);
  for (let at = 0; at < windows; at++) {
    for (let i = 0; i < area; i++) {
      for (let j = 0; j < area; j++) {
        if (labels[i * windows + at] !== labels[j * windows + at]) mask[(at * area + i) * area + j] = HIDDEN;
      }
    }
  }
  return mask;
}

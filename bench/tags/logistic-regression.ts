/**
 * Logistic regression by Newton's method with step halving, ridge on standardised slopes, offsets per row.
 *
 * Not the routine that learns tags (src/main/tag/teach/fit-head.ts), although the loss is the same: that one has some
 * hundred columns and a few rows, never forms their Hessian and stops when it would no longer matter to a tag. Here are
 * a few columns and some hundred thousand rows, nearly all of them wrong, and constants that ship with two decimals. By
 * that routine 300,000 rows of which 4 % are right gave slopes of 29.16 and -5.81 instead of 29.26 and -5.93, in more
 * than twice the time; and it has no reason to say that it did not converge.
 */

export interface Observations {
  /** Columns of equal length. */
  features: Float64Array[];
  /** 1 or 0. */
  right: Uint8Array;
  /** Log-odds that are given. */
  offset?: Float64Array;
}

const STEPS = 60;
const SMALL = 1e-7;

/**
 * @param ridge strength of the pull of standardised slopes towards 0; the intercept is free
 * @returns slopes in the order of the features, then the intercept
 * @throws Error when it has not converged: a half-way fit looks like any other number
 */
export function fitLogistic({ features, right, offset }: Observations, ridge: number): number[] {
  const columns = features.map((column) => standardised(column));
  const n = right.length;
  const k = columns.length + 1;
  const eta = (beta: number[], row: number): number => {
    let sum = beta[k - 1]! + (offset?.[row] ?? 0);
    for (let c = 0; c < k - 1; c++) sum += beta[c]! * columns[c]!.values[row]!;
    return sum;
  };
  const loss = (beta: number[]): number => {
    let sum = 0;
    for (let row = 0; row < n; row++) {
      const x = eta(beta, row);
      sum += Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x))) - (right[row] === 1 ? x : 0);
    }
    for (let c = 0; c < k - 1; c++) sum += (ridge / 2) * beta[c]! ** 2;
    return sum;
  };
  let beta = new Array<number>(k).fill(0);
  const share = right.reduce((sum, value) => sum + value, 0) / n;
  beta[k - 1] = offset ? 0 : Math.log(share / (1 - share));
  let current = loss(beta);
  for (let step = 0; step < STEPS; step++) {
    const gradient = new Array<number>(k).fill(0);
    const hessian = Array.from({ length: k }, () => new Array<number>(k).fill(0));
    const x = new Array<number>(k).fill(1);
    for (let row = 0; row < n; row++) {
      const p = 1 / (1 + Math.exp(-eta(beta, row)));
      for (let c = 0; c < k - 1; c++) x[c] = columns[c]!.values[row]!;
      const weight = p * (1 - p);
      for (let a = 0; a < k; a++) {
        gradient[a]! += (right[row]! - p) * x[a]!;
        for (let b = 0; b <= a; b++) hessian[a]![b]! += weight * x[a]! * x[b]!;
      }
    }
    for (let a = 0; a < k; a++) {
      if (a < k - 1) {
        gradient[a]! -= ridge * beta[a]!;
        hessian[a]![a]! += ridge;
      }
      hessian[a]![a]! += 1e-9;
      for (let b = a + 1; b < k; b++) hessian[a]![b] = hessian[b]![a]!;
    }
    const direction = solve(hessian, gradient);
    let length = 1;
    let next = beta.map((value, at) => value + direction[at]!);
    while (length > 1e-6 && loss(next) > current) {
      length /= 2;
      next = beta.map((value, at) => value + length * direction[at]!);
    }
    beta = next;
    current = loss(beta);
    if (Math.max(...direction.map((value) => Math.abs(length * value))) < SMALL) return original(beta, columns);
  }
  throw new Error('the regression has not converged');
}

interface Column {
  values: Float64Array;
  mean: number;
  spread: number;
}

function standardised(values: Float64Array): Column {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
  return { values: values.map((value) => (value - mean) / spread), mean, spread };
}

function original(beta: number[], columns: readonly Column[]): number[] {
  const slopes = columns.map(({ spread }, at) => beta[at]! / spread);
  const intercept = beta.at(-1)! - slopes.reduce((sum, slope, at) => sum + slope * columns[at]!.mean, 0);
  return [...slopes, intercept];
}

/** Gauss with pivots. */
function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at]!]);
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]! / rows[column]![column]!;
      for (let at = column; at <= n; at++) rows[row]![at]! -= factor * rows[column]![at]!;
    }
  }
  return rows.map((row, at) => row[n]! / row[at]!);
}

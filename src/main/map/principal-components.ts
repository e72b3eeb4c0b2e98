/** Principal components: the few directions along which the files of a library differ most. */
import { FastRandom } from '../vectors/random.ts';

/** Orthogonal iterations; the directions that matter have settled long before, and neighbours need no more. */
const ITERATIONS = 40;
const SEED = 7;
/** A direction along which nothing differs, as a share of the whole variance. */
const NO_VARIANCE = 1e-9;

export interface Components {
  dim: number;
  /** How many; at most what was asked for, fewer when the samples differ along fewer directions. */
  count: number;
  /** Float32Array[dim], what is subtracted before projecting. */
  mean: Float32Array;
  /** Float32Array[count · dim]: orthonormal rows, largest variance first. */
  rows: Float32Array;
}

/**
 * By orthogonal iteration on the covariance (Golub and Van Loan, "Matrix Computations", §7.3).
 * A generator, so that the caller can pause in between: it yields after each piece of work.
 * @param samples Float32Array[n · dim], finite
 * @param wanted components at most
 */
export function* principalComponents(
  samples: Float32Array,
  dim: number,
  wanted: number,
): Generator<void, Components, undefined> {
  const n = Math.floor(samples.length / dim);
  const mean = new Float32Array(dim);
  for (let row = 0; row < n; row++) for (let i = 0; i < dim; i++) mean[i]! += samples[row * dim + i]! / n;
  const covariance = yield* covarianceOf(samples, mean, n, dim);
  let variance = 0;
  for (let i = 0; i < dim; i++) variance += covariance[i * dim + i]!;

  const most = Math.min(wanted, dim);
  const random = new FastRandom(SEED);
  let basis = Float64Array.from({ length: most * dim }, () => random.signed());
  let lengths = orthonormalise(basis, most, dim);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const next = new Float64Array(most * dim);
    for (let c = 0; c < most; c++) multiply(covariance, basis, next, c * dim, dim);
    lengths = orthonormalise(next, most, dim);
    basis = next;
    yield;
  }
  // Its length after multiplication is the variance along a direction.
  let count = 0;
  while (count < most && lengths[count]! > variance * NO_VARIANCE) count++;
  return { dim, count, mean, rows: Float32Array.from(basis.subarray(0, count * dim)) };
}

/**
 * @param values one vector of `dim` values beginning at `from`
 * @param into where its `count` coordinates go, beginning at `at`
 */
export function project(
  { dim, count, mean, rows }: Components,
  values: Float32Array,
  from: number,
  into: Float32Array,
  at: number,
): void {
  for (let c = 0; c < count; c++) {
    let sum = 0;
    const row = c * dim;
    for (let i = 0; i < dim; i++) sum += rows[row + i]! * (values[from + i]! - mean[i]!);
    into[at + c] = sum;
  }
}

/** Float64Array[dim · dim]; rows of the samples per piece of work. */
function* covarianceOf(
  samples: Float32Array,
  mean: Float32Array,
  n: number,
  dim: number,
): Generator<void, Float64Array, undefined> {
  const ROWS = 500;
  const covariance = new Float64Array(dim * dim);
  const centred = new Float64Array(dim);
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < dim; i++) centred[i] = samples[row * dim + i]! - mean[i]!;
    for (let i = 0; i < dim; i++) {
      const value = centred[i]!;
      for (let j = i, at = i * dim + i; j < dim; j++, at++) covariance[at]! += value * centred[j]!;
    }
    if (row % ROWS === ROWS - 1) yield;
  }
  for (let i = 0; i < dim; i++) {
    for (let j = i; j < dim; j++) {
      const value = covariance[i * dim + j]! / Math.max(1, n);
      covariance[i * dim + j] = value;
      covariance[j * dim + i] = value;
    }
  }
  return covariance;
}

function multiply(matrix: Float64Array, from: Float64Array, into: Float64Array, at: number, dim: number): void {
  for (let i = 0; i < dim; i++) {
    let sum = 0;
    for (let j = 0, m = i * dim; j < dim; j++, m++) sum += matrix[m]! * from[at + j]!;
    into[at + i] = sum;
  }
}

/** Modified Gram-Schmidt over rows, in place. @returns the length of each before it was made 1; 0 where nothing was left */
function orthonormalise(rows: Float64Array, count: number, dim: number): Float64Array {
  const lengths = new Float64Array(count);
  for (let c = 0; c < count; c++) {
    const at = c * dim;
    for (let b = 0; b < c; b++) {
      let dot = 0;
      for (let i = 0; i < dim; i++) dot += rows[at + i]! * rows[b * dim + i]!;
      for (let i = 0; i < dim; i++) rows[at + i]! -= dot * rows[b * dim + i]!;
    }
    let squares = 0;
    for (let i = 0; i < dim; i++) squares += rows[at + i]! ** 2;
    const length = Math.sqrt(squares);
    lengths[c] = length;
    for (let i = 0; i < dim; i++) rows[at + i] = length > 1e-150 ? rows[at + i]! / length : 0;
  }
  return lengths;
}

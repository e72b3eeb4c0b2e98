/**
 * Logistic regression that begins from what is believed already: the log-odds by the prompts are each example's
 * offset, and what is learnt is a correction to them, held small (a normal prior around "the prompts are right").
 * Own code: libraries for this platform know neither offsets nor weights, and with some hundred values a window and a
 * few decisions both decide everything.
 */

/** One window. */
export interface Example {
  /** Float32Array[dim], L2 norm 1. */
  embedding: Float32Array;
  /** Log-odds before learning. */
  offset: number;
  /** Probability that the tag is right: 1 accepted, 0 rejected; in between for windows that nobody has decided on. */
  target: number;
  weight: number;
}

/** Log-odds = offset + direction · embedding + bias. */
export interface Correction {
  /** Float32Array[dim] */
  direction: Float32Array;
  bias: number;
}

export interface Penalties {
  /** Of half the squared length of the direction. */
  direction: number;
  /** Of half the squared bias. */
  bias: number;
}

const NEWTON_STEPS = 30;
const GRADIENT_STEPS = 40;
/** The gradient is as good as zero from here on, per unit of weight. */
const SMALL = 1e-4;

/**
 * Newton's method, each step by conjugate gradients: the same result from the same examples.
 * @param centre of the library: embeddings count by how far they are from it, so that the bias is free to move
 * @param examples at least one
 */
export function fitHead(examples: readonly Example[], centre: Float32Array, penalties: Penalties): Correction {
  const dim = centre.length;
  const size = dim + 1; // the bias is the last
  const rows = examples.map(({ embedding }) => {
    const row = new Float32Array(size);
    for (let i = 0; i < dim; i++) row[i] = embedding[i]! - centre[i]!;
    row[dim] = 1;
    return row;
  });
  const total = examples.reduce((sum, { weight }) => sum + weight, 0);
  let beta = new Float64Array(size);
  let loss = lossOf(beta);
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const { gradient, curvature } = derivatives(beta);
    if (norm(gradient) < SMALL * total) break;
    const direction = conjugateGradients(gradient, curvature);
    let length = 1;
    for (;;) {
      const next = beta.map((value, i) => value - length * direction[i]!);
      const nextLoss = lossOf(next);
      if (nextLoss <= loss) {
        beta = next;
        loss = nextLoss;
        break;
      }
      length /= 2;
      if (length < 1e-6) return correction(beta); // as low as floating point goes
    }
  }
  return correction(beta);

  function eta(beta: Float64Array, at: number): number {
    return examples[at]!.offset + product(rows[at]!, beta);
  }

  function lossOf(beta: Float64Array): number {
    let sum = 0;
    for (const [at, { target, weight }] of examples.entries()) {
      const x = eta(beta, at);
      sum += weight * (Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x))) - target * x);
    }
    for (let i = 0; i < size; i++) sum += (penaltyOf(i) / 2) * beta[i]! ** 2;
    return sum;
  }

  function derivatives(beta: Float64Array): { gradient: Float64Array; curvature: Float64Array } {
    const gradient = Float64Array.from(beta, (value, i) => penaltyOf(i) * value);
    const curvature = new Float64Array(examples.length);
    for (const [at, { target, weight }] of examples.entries()) {
      const probability = 1 / (1 + Math.exp(-eta(beta, at)));
      curvature[at] = weight * probability * (1 - probability);
      add(gradient, rows[at]!, weight * (probability - target));
    }
    return { gradient, curvature };
  }

  /** Solves (Xᵀ C X + penalty) direction = gradient. */
  function conjugateGradients(gradient: Float64Array, curvature: Float64Array): Float64Array {
    const solution = new Float64Array(size);
    const residual = Float64Array.from(gradient);
    let search = Float64Array.from(gradient);
    let squared = norm(residual) ** 2;
    const enough = squared * 1e-6;
    for (let step = 0; step < GRADIENT_STEPS && squared > enough; step++) {
      const image = Float64Array.from(search, (value, i) => penaltyOf(i) * value);
      for (const [at, row] of rows.entries()) add(image, row, curvature[at]! * product(row, search));
      let along = 0;
      for (let i = 0; i < size; i++) along += search[i]! * image[i]!;
      const length = squared / along;
      for (let i = 0; i < size; i++) {
        solution[i]! += length * search[i]!;
        residual[i]! -= length * image[i]!;
      }
      const before = squared;
      squared = norm(residual) ** 2;
      search = search.map((value, i) => residual[i]! + (squared / before) * value);
    }
    return solution;
  }

  function penaltyOf(i: number): number {
    return i === dim ? penalties.bias : penalties.direction;
  }

  function correction(beta: Float64Array): Correction {
    const direction = Float32Array.from(beta.subarray(0, dim));
    let shift = 0;
    for (let i = 0; i < dim; i++) shift += direction[i]! * centre[i]!;
    return { direction, bias: beta[dim]! - shift };
  }
}

function product(row: Float32Array, beta: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i]! * beta[i]!;
  return sum;
}

function add(to: Float64Array, row: Float32Array, factor: number): void {
  for (let i = 0; i < row.length; i++) to[i]! += factor * row[i]!;
}

function norm(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/**
 * A discrete Fourier transform as two small matrix products (Cooley and Tukey, 1965): of 1024 points, 0.16 million
 * multiplications a frame instead of 1.05 million.
 *
 * With n = R·n1 + n2 and k = k1 + A·k2 (F = A·R points, n1 and k1 below A, n2 and k2 below R):
 *   stage 1  S[k1, n2] = Σ_n1 x[n] exp(−2πi n1 k1 / A)
 *   stage 2  X[k]      = Σ_n2 S[k1, n2] exp(−2πi n2 k / F)
 * For real x, k1 = 0..A/2 is enough: what is left out are conjugates.
 */

export interface FourierFactors {
  /** A: rows of a frame. */
  rows: number;
  /** R: samples in a row. */
  rowLength: number;
  /** A/2 + 1: the k1 that are computed. */
  residues: number;
  /** [2·residues, rows]: real and imaginary part of each k1 by turns. */
  stage1: Float32Array;
  /** [residues, 2·rowLength, 2·rowLength]: for each k1, (real | imaginary, n2) → (real | imaginary, k2). */
  stage2: Float32Array;
  /**
   * [residues · rowLength]: which bin (0..F/2) each (k1, k2) is, or −1 where it only repeats another one.
   */
  bins: Int32Array;
}

/** @param rowLength a divisor of fftLength; their quotient must be even */
export function fourierFactors(fftLength: number, rowLength: number): FourierFactors {
  const rows = fftLength / rowLength;
  if (!Number.isInteger(rows / 2)) throw new RangeError(`${fftLength} points in rows of ${rowLength}`);
  const residues = rows / 2 + 1;
  const stage1 = new Float32Array(2 * residues * rows);
  const side = 2 * rowLength;
  const stage2 = new Float32Array(residues * side * side);
  const bins = new Int32Array(residues * rowLength);
  for (let k1 = 0; k1 < residues; k1++) {
    for (let n1 = 0; n1 < rows; n1++) {
      const { cos, sin } = unitRoot(n1 * k1, rows);
      stage1[2 * k1 * rows + n1] = cos;
      stage1[(2 * k1 + 1) * rows + n1] = -sin;
    }
    for (let k2 = 0; k2 < rowLength; k2++) {
      const k = k1 + rows * k2;
      const bin = Math.min(k, fftLength - k);
      // The first and the last residue are their own conjugates and hold every bin twice.
      const repeated = (k1 === 0 || k1 === residues - 1) && k > fftLength / 2;
      bins[k1 * rowLength + k2] = repeated ? -1 : bin;
      for (let n2 = 0; n2 < rowLength; n2++) {
        const { cos, sin } = unitRoot(n2 * k, fftLength);
        const real = (k1 * side + n2) * side + k2;
        const imaginary = real + rowLength * side;
        stage2[real] = cos;
        stage2[imaginary] = sin;
        stage2[real + rowLength] = -sin;
        stage2[imaginary + rowLength] = cos;
      }
    }
  }
  return { rows, rowLength, residues, stage1, stage2, bins };
}

/** 0.5 − 0.5 cos(2πn / length): the periodic Hann window. */
export function hannWindow(length: number): Float32Array {
  return Float32Array.from({ length }, (_, n) => 0.5 - 0.5 * unitRoot(n, length).cos);
}

/**
 * Are stored DFT kernels those of a windowed Fourier transform, so that the factors above may stand in for them?
 * @param real [length/2 + 1, length]: cos(2πkn / length) · w[n]
 * @param imaginary the same with −sin
 */
export function isWindowedFourier(real: Float32Array, imaginary: Float32Array, length: number): boolean {
  const window = hannWindow(length);
  for (let k = 0; k <= length / 2; k++) {
    for (let n = 0; n < length; n++) {
      const { cos, sin } = unitRoot(k * n, length);
      const at = k * length + n;
      // Written so that NaN counts as a difference.
      if (!(Math.abs(real[at]! - cos * window[n]!) < TOLERANCE)) return false;
      if (!(Math.abs(imaginary[at]! + sin * window[n]!) < TOLERANCE)) return false;
    }
  }
  return true;
}

/** Kernels made by other math libraries in float32 differ by less than 1e-7; another window by 1e-3. */
const TOLERANCE = 1e-6;

/** exp(2πi numerator / denominator), exact to the last bit for large numerators too: the angle is reduced first. */
function unitRoot(numerator: number, denominator: number): { cos: number; sin: number } {
  const angle = (2 * Math.PI * (numerator % denominator)) / denominator;
  return { cos: Math.cos(angle), sin: Math.sin(angle) };
}

/** Spectra of real signals: a radix-2 transform of half the length (Cooley and Tukey, 1965), twiddles made once. */

const known = new Map<number, Fourier>();

/**
 * The transform of this size, made once: its tables cost as much as some fifty frames. Every call is done when it
 * returns, so that all can share it.
 * @param size of a frame, a power of two ≥ 8
 */
export function fourierOf(size: number): Fourier {
  let fourier = known.get(size);
  if (!fourier) known.set(size, (fourier = new Fourier(size)));
  return fourier;
}

export class Fourier {
  readonly size: number;
  readonly #half: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #order: Uint32Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;

  /** @param size of a frame, a power of two ≥ 8 */
  constructor(size: number) {
    this.size = size;
    const half = size / 2;
    this.#half = half;
    this.#cos = Float64Array.from({ length: half + 1 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.#sin = Float64Array.from({ length: half + 1 }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
    this.#order = new Uint32Array(half);
    for (let i = 1; i < half; i++) this.#order[i] = (this.#order[i >> 1]! >> 1) | (i & 1 ? half >> 1 : 0);
    this.#re = new Float64Array(half);
    this.#im = new Float64Array(half);
  }

  /**
   * @param frame size samples
   * @param real gets the real parts of the bins 0..size/2, `imaginary` their imaginary parts
   */
  complex(frame: Float64Array, real: Float64Array, imaginary: Float64Array): void {
    this.#transform(frame);
    const [cos, sin, re, im, half] = [this.#cos, this.#sin, this.#re, this.#im, this.#half];
    [real[0], imaginary[0]] = [re[0]! + im[0]!, 0];
    [real[half], imaginary[half]] = [re[0]! - im[0]!, 0];
    for (let k = 1; k < half; k++) {
      const m = half - k;
      const evenRe = 0.5 * (re[k]! + re[m]!);
      const evenIm = 0.5 * (im[k]! - im[m]!);
      const oddRe = 0.5 * (im[k]! + im[m]!);
      const oddIm = -0.5 * (re[k]! - re[m]!);
      real[k] = evenRe + cos[k]! * oddRe - sin[k]! * oddIm;
      imaginary[k] = evenIm + cos[k]! * oddIm + sin[k]! * oddRe;
    }
  }

  /** Even samples as the real, odd ones as the imaginary part. */
  #transform(frame: Float64Array): void {
    const [cos, sin, re, im, half] = [this.#cos, this.#sin, this.#re, this.#im, this.#half];
    const order = this.#order;
    for (let i = 0; i < half; i++) {
      const from = 2 * order[i]!;
      re[i] = frame[from]!;
      im[i] = frame[from + 1]!;
    }
    for (let i = 0; i < half; i += 2) {
      const aRe = re[i]!;
      const aIm = im[i]!;
      const bRe = re[i + 1]!;
      const bIm = im[i + 1]!;
      re[i] = aRe + bRe;
      im[i] = aIm + bIm;
      re[i + 1] = aRe - bRe;
      im[i + 1] = aIm - bIm;
    }
    // The second step turns by nothing and by a quarter: no multiplications.
    for (let i = 0; i < half; i += 4) {
      for (let a = i, b = i + 2; a < i + 2; a++, b++) {
        const bRe = a === i ? re[b]! : im[b]!;
        const bIm = a === i ? im[b]! : -re[b]!;
        const aRe = re[a]!;
        const aIm = im[a]!;
        re[a] = aRe + bRe;
        im[a] = aIm + bIm;
        re[b] = aRe - bRe;
        im[b] = aIm - bIm;
      }
    }
    for (let span = 4; span < half; span *= 2) {
      const step = half / span; // of twiddles of the whole size
      for (let start = 0; start < half; start += 2 * span) {
        for (let i = 0, w = 0, a = start, b = start + span; i < span; i++, w += step, a++, b++) {
          const c = cos[w]!;
          const s = sin[w]!;
          const bRe = re[b]! * c - im[b]! * s;
          const bIm = re[b]! * s + im[b]! * c;
          const aRe = re[a]!;
          const aIm = im[a]!;
          re[b] = aRe - bRe;
          im[b] = aIm - bIm;
          re[a] = aRe + bRe;
          im[a] = aIm + bIm;
        }
      }
    }
  }
}

/** A frame's window, periodic Hann. */
export function hann(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
}

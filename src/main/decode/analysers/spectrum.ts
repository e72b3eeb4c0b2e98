/**
 * Power spectra of frames, by PFFFT in WebAssembly with SIMD instructions: five times as fast as a transform in JavaScript,
 * and transforms were half of what facts cost (docs/adr/0021-spectra-in-webassembly.md). Single precision; what needs
 * phases uses fourier.ts. Loaded with the module, in decoder processes alone.
 */
import loadPffft from '@echogarden/pffft-wasm/simd';
import { hann } from './fourier.ts';

const pffft = await loadPffft();
const FORWARD = 0;
const BACKWARD = 1;
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;
const known = new Map<number, PowerSpectrum>();

/**
 * Of frames of this size, made once: every call is done when it returns, so that all can share it.
 * @param size samples, a multiple of 32 without other factors than 2, 3 and 5
 */
export function powerSpectrum(size: number): PowerSpectrum {
  let spectrum = known.get(size);
  if (!spectrum) known.set(size, (spectrum = new PowerSpectrum(size)));
  return spectrum;
}

export class PowerSpectrum {
  readonly size: number;
  /** A periodic Hann window. */
  readonly #window: Float32Array;
  readonly #setup: number;
  readonly #input: number;
  readonly #output: number;
  readonly #work: number;
  /** Views of the memory of the library, which never grows: it has 16 MiB, and a setup takes some kilobytes. */
  readonly #frame: Float32Array;
  readonly #bins: Float32Array;

  /** @throws RangeError for another size @throws Error where the library has no memory */
  constructor(size: number) {
    // The library would abort, and be unusable from then on.
    if (!isTransformable(size)) throw new RangeError(`no spectra of ${size} samples`);
    this.size = size;
    this.#window = Float32Array.from(hann(size));
    this.#setup = pffft._pffft_new_setup(size, 0);
    [this.#input, this.#output, this.#work] = [0, 1, 2].map(() => pffft._pffft_aligned_malloc(size * FLOAT_BYTES)) as [
      number,
      number,
      number,
    ];
    if ([this.#setup, this.#input, this.#output, this.#work].includes(0))
      throw new Error(`no memory for spectra of ${size} samples`);
    this.#frame = new Float32Array(pffft.HEAPF32.buffer, this.#input, size);
    this.#bins = new Float32Array(pffft.HEAPF32.buffer, this.#output, size);
  }

  /**
   * @param samples with the frame, which begins at `from`; where it ends before the frame does, there is silence behind it
   * @param power gets |X|² of the bins 0..size/2 of the windowed frame
   */
  of(samples: Float32Array, from: number, power: Float32Array): void {
    const [frame, window, bins, size] = [this.#frame, this.#window, this.#bins, this.size];
    const length = Math.min(size, samples.length - from);
    for (let i = 0; i < length; i++) frame[i] = samples[from + i]! * window[i]!;
    if (length < size) frame.fill(0, length);
    pffft._pffft_transform_ordered(this.#setup, this.#input, this.#output, this.#work, FORWARD);
    power[0] = bins[0]! * bins[0]!;
    power[size / 2] = bins[1]! * bins[1]!;
    for (let k = 1, at = 2; at < size; k++, at += 2) power[k] = bins[at]! * bins[at]! + bins[at + 1]! * bins[at + 1]!;
  }

  /**
   * Σ x[i]·x[i + lag] of a signal, by the spectrum of the signal with as many zeros behind it. Without the window.
   * @param signal with `lags`, no longer than the size together
   * @returns of lags 0..lags − 1
   */
  autocorrelation(signal: Float64Array, lags: number): Float64Array {
    const [frame, bins, size] = [this.#frame, this.#bins, this.size];
    frame.set(signal);
    frame.fill(0, signal.length);
    pffft._pffft_transform_ordered(this.#setup, this.#input, this.#output, this.#work, FORWARD);
    bins[0] = bins[0]! * bins[0]!;
    bins[1] = bins[1]! * bins[1]!;
    for (let at = 2; at < size; at += 2) {
      bins[at] = bins[at]! * bins[at]! + bins[at + 1]! * bins[at + 1]!;
      bins[at + 1] = 0;
    }
    pffft._pffft_transform_ordered(this.#setup, this.#output, this.#input, this.#work, BACKWARD);
    const correlation = new Float64Array(lags);
    for (let lag = 0; lag < lags; lag++) correlation[lag] = frame[lag]! / size;
    return correlation;
  }
}

function isTransformable(size: number): boolean {
  if (!(size >= 32) || size % 32 !== 0) return false;
  let rest = size;
  for (const factor of [2, 3, 5]) while (rest % factor === 0) rest /= factor;
  return rest === 1;
}

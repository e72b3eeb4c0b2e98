/**
 * The log-mel spectrogram of ClapFeatureExtractor, written down plainly in double precision: frames centred with
 * reflection, periodic Hann window, power, mel bands, decibels. Nothing of it is taken from the product.
 */

export interface Extractor {
  sampleRate: number;
  fftLength: number;
  hopLength: number;
  nMels: number;
  minFrequency: number;
  maxFrequency: number;
  slaney: boolean;
}

export const USUAL: Extractor = {
  sampleRate: 48_000,
  fftLength: 1024,
  hopLength: 480,
  nMels: 64,
  minFrequency: 50,
  maxFrequency: 14_000,
  slaney: true,
};

/** @returns [frames][nMels], dB */
export function logMel(samples: ArrayLike<number>, extractor: Extractor): Float64Array[] {
  const { fftLength, hopLength, nMels } = extractor;
  const half = fftLength / 2;
  const last = samples.length - 1;
  // x[−1] is x[1], x[last + 1] is x[last − 1]: the edge itself is not repeated.
  const at = (i: number) => samples[i < 0 ? -i : i > last ? 2 * last - i : i]!;
  const hann = Float64Array.from({ length: fftLength }, (_, n) => Math.sin((Math.PI * n) / fftLength) ** 2);
  const bands = triangles(extractor);
  const frames = 1 + Math.floor(samples.length / hopLength);
  return Array.from({ length: frames }, (_, frame) => {
    const re = Float64Array.from({ length: fftLength }, (_, n) => hann[n]! * at(frame * hopLength + n - half));
    const im = new Float64Array(fftLength);
    fourier(re, im);
    return Float64Array.from({ length: nMels }, (_, band) => {
      let sum = 0;
      for (let k = 0; k <= half; k++) sum += bands[band]![k]! * (re[k]! ** 2 + im[k]! ** 2);
      return 10 * Math.log10(Math.max(1e-10, sum));
    });
  });
}

/** [nMels][fftLength / 2 + 1] */
function triangles({ sampleRate, fftLength, nMels, minFrequency, maxFrequency, slaney }: Extractor): Float64Array[] {
  const mel = (f: number) => {
    if (!slaney) return (2595 * Math.log(1 + f / 700)) / Math.LN10;
    return f < 1000 ? f / (200 / 3) : 15 + 27 * (Math.log(f / 1000) / Math.log(6.4));
  };
  // The inverse by bisection: a slip in its formula could not hide here.
  const hertz = (m: number) => {
    let [low, high] = [0, sampleRate];
    for (let i = 0; i < 200; i++) {
      const middle = (low + high) / 2;
      if (mel(middle) < m) low = middle;
      else high = middle;
    }
    return low;
  };
  const corner = (i: number) => hertz(mel(minFrequency) + ((mel(maxFrequency) - mel(minFrequency)) * i) / (nMels + 1));
  return Array.from({ length: nMels }, (_, band) => {
    const [left, top, right] = [corner(band), corner(band + 1), corner(band + 2)];
    return Float64Array.from({ length: fftLength / 2 + 1 }, (_, k) => {
      const f = (k * sampleRate) / fftLength;
      if (f <= left || f >= right) return 0;
      const height = f <= top ? (f - left) / (top - left) : (right - f) / (right - top);
      return slaney ? (2 * height) / (right - left) : height;
    });
  });
}

/** In place, radix 2. */
function fourier(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [re[i], re[j]] = [re[j]!, re[i]!];
  }
  for (let length = 2; length <= n; length *= 2) {
    for (let k = 0; k < length / 2; k++) {
      const [c, s] = [Math.cos((2 * Math.PI * k) / length), -Math.sin((2 * Math.PI * k) / length)];
      for (let a = k; a < n; a += length) {
        const b = a + length / 2;
        const [x, y] = [re[b]! * c - im[b]! * s, re[b]! * s + im[b]! * c];
        [re[b], im[b]] = [re[a]! - x, im[a]! - y];
        [re[a], im[a]] = [re[a]! + x, im[a]! + y];
      }
    }
  }
}

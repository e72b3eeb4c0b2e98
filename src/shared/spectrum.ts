/** How spectrograms are divided: bands of equal width on a logarithmic scale of frequencies, and steps of level. */

/** Bands of a column, the lowest first. */
export const SPECTRUM_BANDS = 160;
/** dB re a sine of full scale, of level 0; 255 is 0 dB. */
export const SPECTRUM_FLOOR_DB = -120;
const LOWEST_HZ = 30;
const HIGHEST_HZ = 20_000;

/** @param sampleRate Hz @returns Float64Array[SPECTRUM_BANDS + 1] of Hz: 30 Hz to 20 kHz, or to half the sample rate */
export function bandEdges(sampleRate: number): Float64Array {
  return Float64Array.from({ length: SPECTRUM_BANDS + 1 }, (_, edge) => hertzAt(edge / SPECTRUM_BANDS, sampleRate));
}

/** @param share 0 for the lowest frequency, 1 for the highest @returns Hz */
export function hertzAt(share: number, sampleRate: number): number {
  const highest = Math.min(HIGHEST_HZ, sampleRate / 2);
  const lowest = Math.min(LOWEST_HZ, highest / 2);
  return lowest * (highest / lowest) ** share;
}

/** The inverse of {@link hertzAt}; below 0 or above 1 for what is not shown. */
export function shareOf(hertz: number, sampleRate: number): number {
  const lowest = hertzAt(0, sampleRate);
  return Math.log(hertz / lowest) / Math.log(hertzAt(1, sampleRate) / lowest);
}

/** @param level 0..255 @returns dB, −120..0 */
export function spectrumDb(level: number): number {
  return SPECTRUM_FLOOR_DB * (1 - level / 255);
}

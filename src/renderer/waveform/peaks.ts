/** The peaks of a waveform, from the wire and for a given number of bars. */

/** @param base64 of uint8: 0..255 stands for 0..1 */
export function decodePeaks(base64: string): Uint8Array {
  const binary = atob(base64);
  const peaks = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) peaks[index] = binary.charCodeAt(index);
  return peaks;
}

/**
 * The highest peak within each of `bars` equal parts; with fewer peaks than bars, a peak serves several bars.
 * @returns Float32Array[bars], 0..1; all 0 when there are no peaks
 */
export function barHeights(peaks: Uint8Array, bars: number): Float32Array {
  const heights = new Float32Array(bars);
  if (peaks.length === 0) return heights;
  for (let bar = 0; bar < bars; bar++) {
    const from = Math.floor((bar * peaks.length) / bars);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * peaks.length) / bars));
    let highest = 0;
    for (let index = from; index < to; index++) highest = Math.max(highest, peaks[index]!);
    heights[bar] = highest / 255;
  }
  return heights;
}

/** Quiet sounds get visible too: amplitude on a gentle curve, and the whole raised so that its loudest bar fills it. */
export function drawnHeights(heights: Float32Array): Float32Array {
  const loudest = heights.reduce((highest, height) => Math.max(highest, height), 0);
  if (loudest === 0) return heights;
  // A nearly silent file stays small: it is raised eightfold at most.
  const gain = Math.min(1 / loudest, 8);
  return heights.map((height) => Math.min(1, height * gain) ** 0.75);
}

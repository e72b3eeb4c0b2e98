/** A range of one file, to the sample. */

export interface TimeRange {
  fileId: number;
  /** Of the file, Hz: what its samples are counted in. */
  sampleRate: number;
  /** Index of the first sample that is in it, per channel; the file begins with 0. */
  startSample: number;
  /** Index of the first sample that is not in it any more; more than startSample. */
  endSample: number;
}

/** How long a file is, in its own samples. */
export interface FileLength {
  fileId: number;
  sampleRate: number;
  /** Per channel. */
  numberOfSamples: number;
}

/**
 * @param from @param to edges in either order, in samples; fractions are rounded, what lies outside of the file is cut off
 * @returns null where nothing is between them
 */
export function rangeBetween(
  { fileId, sampleRate, numberOfSamples }: FileLength,
  from: number,
  to: number,
): TimeRange | null {
  const inFile = (sample: number) => Math.max(0, Math.min(numberOfSamples, Math.round(sample)));
  const [startSample, endSample] = [inFile(Math.min(from, to)), inFile(Math.max(from, to))];
  return endSample > startSample ? { fileId, sampleRate, startSample, endSample } : null;
}

/** The same in seconds; as exact as a double is, so that rounding `seconds · sampleRate` gives the samples again. */
export function secondsOf({ sampleRate, startSample, endSample }: TimeRange): {
  startSeconds: number;
  endSeconds: number;
} {
  return { startSeconds: startSample / sampleRate, endSeconds: endSample / sampleRate };
}

export type Edge = 'start' | 'end';

/** The same with one edge elsewhere, at least a sample from the other. @param sample rounded; within the file */
export function withEdge(range: TimeRange, edge: Edge, sample: number, file: FileLength): TimeRange {
  const whole = Math.round(sample);
  if (edge === 'start') return { ...range, startSample: Math.max(0, Math.min(whole, range.endSample - 1)) };
  return { ...range, endSample: Math.min(file.numberOfSamples, Math.max(whole, range.startSample + 1)) };
}

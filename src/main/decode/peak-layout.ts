/**
 * A file of peaks: a header, then levels, the finest first. A part of a level stands for `samplesEach` samples; for each
 * of its channels it has the lowest and the highest sample, as float32 little-endian. Each level has parts sixteen times
 * as long as the one before it, so that a whole recording and a second of it are read in one small piece alike.
 */

export interface PeakLayout {
  /** So that `if (layout.notAudio)` tells the two apart. */
  notAudio?: undefined;
  /** Of the sound, Hz. */
  sampleRate: number;
  channels: number;
  /** Per channel. */
  numberOfSamples: number;
}

export interface PeakLevel {
  samplesEach: number;
  /** The last one may stand for fewer samples. */
  parts: number;
  /** Where it begins in the file, bytes. */
  position: number;
}

/** Samples of a part of the finest level; what is finer is decoded again. */
export const FINEST_SAMPLES = 256;
export const LEVEL_FACTOR = 16;
export const PEAK_HEADER_BYTES = 32;
/** Changes when a file of peaks looks otherwise. */
const MAGIC = 'EMPEAKS1';

/** Bytes of one part: two float32 a channel. */
export function bytesPerPart({ channels }: Pick<PeakLayout, 'channels'>): number {
  return channels * 8;
}

/** The finest first; the last one has one part. */
export function peakLevels(layout: PeakLayout): PeakLevel[] {
  const levels: PeakLevel[] = [];
  let position = PEAK_HEADER_BYTES;
  for (let samplesEach = FINEST_SAMPLES; ; samplesEach *= LEVEL_FACTOR) {
    const parts = Math.ceil(layout.numberOfSamples / samplesEach);
    levels.push({ samplesEach, parts, position });
    position += parts * bytesPerPart(layout);
    if (parts <= 1) return levels;
  }
}

export function peakHeader({ sampleRate, channels, numberOfSamples }: PeakLayout): Buffer {
  const header = Buffer.alloc(PEAK_HEADER_BYTES);
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt32LE(sampleRate, 8);
  header.writeUInt32LE(channels, 12);
  header.writeDoubleLE(numberOfSamples, 16);
  return header;
}

/** @returns null for bytes that are no such header, and for a file that was never finished */
export function readPeakHeader(header: Buffer): PeakLayout | null {
  if (header.length < PEAK_HEADER_BYTES || header.toString('latin1', 0, 8) !== MAGIC) return null;
  const [sampleRate, channels] = [header.readUInt32LE(8), header.readUInt32LE(12)];
  const numberOfSamples = header.readDoubleLE(16);
  return numberOfSamples > 0 ? { sampleRate, channels, numberOfSamples } : null;
}

/** What the lanes draw, column by column of the screen, from what peaks there are. */
import { samplesEachFor, type View } from './view.ts';

/** Peaks of one tile: a fixed number of parts, so that tiles of a file are asked for and kept alike. */
export const TILE_PARTS = 1024;

/** Of one file. */
export interface PeakTiles {
  channels: number;
  /**
   * Tile `index` of the parts that stand for `samplesEach` samples: Float32Array[parts · channels · 2], the lowest and the
   * highest sample; null when it is not there yet.
   */
  tile(samplesEach: number, index: number): Float32Array | null;
  /** The same without asking for it. */
  known(samplesEach: number, index: number): Float32Array | null;
  /** 0..255 over equal parts of the file; what is drawn until the first tiles have come. */
  coarse: Uint8Array;
  numberOfSamples: number;
}

/** Much coarser than the screen needs: beyond it the peaks of the whole file say as much. */
const COARSEST = 2 ** 24;

interface Source {
  parts: Float32Array;
  samplesEach: number;
  /** Index of its first part. */
  first: number;
}

/**
 * @returns Float32Array[columns · channels · 2]: lowest and highest sample of each column; NaN where the file has ended
 */
export function columnsOf(view: View, columns: number, peaks: PeakTiles): Float32Array {
  const { channels } = peaks;
  const values = new Float32Array(columns * channels * 2).fill(NaN);
  const each = samplesEachFor(view, columns);
  const samplesPerColumn = view.samples / columns;
  let source: Source | null = null;
  let tile = -1;
  for (let column = 0; column < columns; column++) {
    const from = view.startSample + column * samplesPerColumn;
    if (from >= peaks.numberOfSamples) break;
    const wanted = Math.floor(from / each / TILE_PARTS);
    if (wanted !== tile) {
      tile = wanted;
      source = sourceOf(peaks, each, tile);
    }
    if (source === null) fillCoarse(values, column, peaks, from, samplesPerColumn);
    else fill(values, column, channels, source, from, from + samplesPerColumn);
  }
  return values;
}

/** The tile itself, or what is known of the place at a coarser resolution. */
function sourceOf(peaks: PeakTiles, each: number, index: number): Source | null {
  const parts = peaks.tile(each, index);
  if (parts !== null) return { parts, samplesEach: each, first: index * TILE_PARTS };
  for (let coarser = each * 2; coarser <= COARSEST; coarser *= 2) {
    const first = Math.floor((index * each) / coarser);
    const known = peaks.known(coarser, first);
    if (known !== null) return { parts: known, samplesEach: coarser, first: first * TILE_PARTS };
  }
  return null;
}

function fill(values: Float32Array, column: number, channels: number, source: Source, from: number, to: number): void {
  const { parts, samplesEach, first } = source;
  const count = parts.length / channels / 2;
  const begin = Math.min(count - 1, Math.floor(from / samplesEach) - first);
  const end = Math.min(count, Math.max(begin + 1, Math.ceil(to / samplesEach) - first));
  for (let channel = 0; channel < channels; channel++) {
    let low = Infinity;
    let high = -Infinity;
    for (let part = begin; part < end; part++) {
      low = Math.min(low, parts[(part * channels + channel) * 2]!);
      high = Math.max(high, parts[(part * channels + channel) * 2 + 1]!);
    }
    values.set([low, high], (column * channels + channel) * 2);
  }
}

function fillCoarse(values: Float32Array, column: number, peaks: PeakTiles, from: number, samples: number): void {
  const { coarse, channels, numberOfSamples } = peaks;
  if (coarse.length === 0) return;
  const begin = Math.floor((from / numberOfSamples) * coarse.length);
  const end = Math.max(begin + 1, Math.ceil(((from + samples) / numberOfSamples) * coarse.length));
  let peak = 0;
  for (let part = begin; part < Math.min(end, coarse.length); part++) peak = Math.max(peak, coarse[part]! / 255);
  for (let channel = 0; channel < channels; channel++) values.set([-peak, peak], (column * channels + channel) * 2);
}

/** The samples in view with one beyond each end, where they are known one by one: `first` is the index of the first. */
export function samplesIn(view: View, peaks: PeakTiles): { first: number; planes: Float32Array[] } | null {
  const first = Math.max(0, Math.floor(view.startSample) - 1);
  const end = Math.min(peaks.numberOfSamples, Math.ceil(view.startSample + view.samples) + 1);
  const planes = Array.from({ length: peaks.channels }, () => new Float32Array(end - first));
  for (let sample = first; sample < end; sample++) {
    const tile = peaks.tile(1, Math.floor(sample / TILE_PARTS));
    if (tile === null) return null;
    for (const [channel, plane] of planes.entries()) {
      plane[sample - first] = tile[((sample % TILE_PARTS) * peaks.channels + channel) * 2] ?? 0;
    }
  }
  return { first, planes };
}

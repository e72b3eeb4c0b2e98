/** Where an edge of the selection settles, to the sample. */
import { TILE_PARTS } from './columns.ts';
import { nearest, transients, zeroCrossing } from './snap.ts';
import type { FileLength } from './time-range.ts';

/** Beginnings of sounds that are further away are not meant, s. */
const FURTHEST_SECONDS = 0.25;
/** Zero crossings are looked for this near: below 50 Hz there may be none, s. */
const CROSSING_SECONDS = 0.01;
/** Parts in which beginnings of sounds are looked for, s. */
const PART_SECONDS = 0.002;
/** Looked at before a place, to distinguish a rise from the level before it. */
const PARTS_BEFORE = 16;

export interface PeakSource {
  /** As `PeakTiles.tile`; null when it cannot be had now. @throws when the file cannot be read */
  fetch(fileId: number, samplesEach: number, index: number): Promise<Float32Array | null>;
}

export type LanesLike = FileLength & { channels: number };

/**
 * On one of the fixed places if one is near; else where a sound begins nearby; and there, or where it was put, on the
 * nearest zero crossing. Near the ends of the file, on them.
 * @param sample where it was put
 * @param tolerance samples: how far it may move
 * @param fixed edges of the match, samples
 * @returns a whole sample
 * @throws when the file cannot be read
 */
export async function settledEdge(
  peaks: PeakSource,
  file: LanesLike,
  sample: number,
  tolerance: number,
  fixed: readonly number[],
): Promise<number> {
  const { sampleRate, numberOfSamples } = file;
  if (sample <= tolerance) return 0;
  if (sample >= numberOfSamples - tolerance) return numberOfSamples;
  const place = nearest(fixed, sample, tolerance) ?? (await beginning(peaks, file, sample, tolerance)) ?? sample;
  return nearestCrossing(peaks, file, place, Math.min(Math.max(tolerance, 1), CROSSING_SECONDS * sampleRate));
}

/**
 * @param place sample
 * @param reach so far it is looked for, samples
 * @returns the zero crossing nearest to a place; the place, rounded, where there is none
 * @throws when the file cannot be read
 */
export async function nearestCrossing(
  peaks: PeakSource,
  file: LanesLike,
  place: number,
  reach = CROSSING_SECONDS * file.sampleRate,
): Promise<number> {
  const { first, lows } = await levelsBetween(peaks, file, place - reach, place + reach, 1);
  const crossing = zeroCrossing(lows, Math.round(place) - first);
  return crossing === null ? Math.round(place) : first + crossing;
}

async function beginning(
  peaks: PeakSource,
  file: LanesLike,
  sample: number,
  tolerance: number,
): Promise<number | null> {
  const samplesEach = 2 ** Math.round(Math.log2(PART_SECONDS * file.sampleRate));
  const reach = Math.min(tolerance, FURTHEST_SECONDS * file.sampleRate);
  if (reach < samplesEach) return null;
  const from = sample - reach - PARTS_BEFORE * samplesEach;
  const { first, levels } = await levelsBetween(peaks, file, from, sample + reach, samplesEach);
  const begins = transients(levels).map((part) => (first + part) * samplesEach);
  return nearest(begins, sample, reach);
}

export interface Parts {
  /** Index of the first one. */
  first: number;
  /** The highest |sample| of all channels, of each part. */
  levels: number[];
  /** The lowest sample of each part, a plane a channel; of parts of one sample, the samples. */
  lows: number[][];
}

/** Of a stretch of the file, from samples to samples. @throws when the file cannot be read */
export async function levelsBetween(
  peaks: PeakSource,
  file: LanesLike,
  from: number,
  to: number,
  samplesEach: number,
): Promise<Parts> {
  const { fileId, channels } = file;
  const first = Math.max(0, Math.floor(from / samplesEach));
  const end = Math.ceil(to / samplesEach);
  const levels: number[] = [];
  const lows: number[][] = Array.from({ length: channels }, () => []);
  for (let tile = Math.floor(first / TILE_PARTS); tile * TILE_PARTS < end; tile++) {
    const parts = (await peaks.fetch(fileId, samplesEach, tile)) ?? new Float32Array(0);
    const begin = Math.max(0, first - tile * TILE_PARTS);
    const last = Math.min(parts.length / channels / 2, end - tile * TILE_PARTS);
    for (let part = begin; part < last; part++) {
      const values = parts.subarray(part * channels * 2, (part + 1) * channels * 2);
      levels.push(values.reduce((highest, value) => Math.max(highest, Math.abs(value)), 0));
      for (const [channel, plane] of lows.entries()) plane.push(values[2 * channel]!);
    }
  }
  return { first, levels, lows };
}

/** The markers of a catalogued file, for its timeline. */
import { open } from 'node:fs/promises';
import type { Marker } from '../../shared/calls/markers.ts';
import { readCuePoints } from '../decode/cue-points.ts';
import { fromFileSystem } from '../decode/file-errors.ts';
import { byteReader } from '../files/byte-reader.ts';
import { findSound, type OpenCatalogue } from './catalogued-sound.ts';

/** More than anybody looks at; what is damaged may say anything. */
const MOST_MARKERS = 10_000;

/** @returns in order of time @throws UserError as {@link findSound}, unreadable-file */
export async function fileMarkers(catalogue: OpenCatalogue, fileId: number): Promise<Marker[]> {
  const { path, row, facts } = await findSound(catalogue, fileId);
  if (row.format !== 'wav' && row.format !== 'rf64') return [];
  try {
    const handle = await open(path);
    try {
      const { sampleRate, numberOfSamples, points } = await readCuePoints(byteReader(handle, facts.size));
      if (sampleRate === 0) return [];
      return points
        .filter(({ startSample }) => numberOfSamples === 0 || startSample <= numberOfSamples)
        .slice(0, MOST_MARKERS)
        .map(({ startSample, lengthSamples, label }) => ({
          startSeconds: startSample / sampleRate,
          endSeconds: lengthSamples === 0 ? null : (startSample + lengthSamples) / sampleRate,
          label,
        }))
        .sort((a, b) => a.startSeconds - b.startSeconds);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fromFileSystem(path, error);
  }
}

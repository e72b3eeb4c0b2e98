/** The peaks of a whole file at several resolutions, block by block into a file of their own. */
import { open, type FileHandle } from 'node:fs/promises';
import { UserError } from '../../shared/errors.ts';
import type { AudioSource } from './audio-source.ts';
import { openSource, withFile, type DecodeDeps } from './decode-file.ts';
import { quoted, undecodableAudio } from './file-errors.ts';
import { silenceInvalid } from './levels.ts';
import { FINEST_SAMPLES, LEVEL_FACTOR, PEAK_HEADER_BYTES, peakHeader, peakLevels, type PeakLayout } from './peak-layout.ts'; // prettier-ignore
import { foldedParts, PeakParts } from './peak-parts.ts';
import type { NotAudio, PeakFileRequest } from './report.ts';

/** @throws UserError with a FileErrorCode when the file cannot be used; disk-full */
export async function writePeaks(request: PeakFileRequest, deps: DecodeDeps): Promise<PeakLayout | NotAudio> {
  return withFile(request, async (_file, sniffed) => {
    const source = await openSource(request, sniffed, true, deps);
    if (source === null) return { notAudio: true };
    try {
      return await write(request, source, deps);
    } finally {
      await source.close();
    }
  });
}

async function write(
  { path, peaksPath }: PeakFileRequest,
  source: AudioSource,
  { beat }: DecodeDeps,
): Promise<PeakLayout> {
  const { sampleRate, channels } = source.facts;
  const finest = new PeakParts(channels, FINEST_SAMPLES);
  const second = new FoldedParts(channels);
  let numberOfSamples = 0;
  let position = PEAK_HEADER_BYTES;
  try {
    const file = await open(peaksPath, 'w');
    const append = async (parts: Float32Array) => {
      const bytes = Buffer.from(parts.buffer, parts.byteOffset, parts.byteLength);
      await writeAll(file, bytes, position);
      position += bytes.length;
    };
    try {
      for (let block = await source.read(); block !== null; block = await source.read()) {
        for (const plane of block.channels) silenceInvalid(plane, 0, block.numberOfSamples);
        numberOfSamples += block.numberOfSamples;
        const parts = finest.push(block.channels, block.numberOfSamples);
        second.push(parts);
        await append(parts);
        await beat();
      }
      if (numberOfSamples === 0) throw undecodableAudio(path, 'the decoder returned no samples');
      const last = finest.finish();
      second.push(last);
      await append(last);
      const layout: PeakLayout = { sampleRate, channels, numberOfSamples };
      let level = second.finish();
      for (const { parts } of peakLevels(layout).slice(1)) {
        await append(level);
        if (parts > 1) level = foldedParts(level, channels, LEVEL_FACTOR);
      }
      await writeAll(file, peakHeader(layout), 0); // last: without it, the file counts as unfinished
      return layout;
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
    throw new UserError('disk-full', `Not enough disk space for the waveform of ${quoted(path)}. Free some space and try again.`, error); // prettier-ignore
  }
}

/** Level after level of all the parts of one, 16 by 16. The coarser levels are in memory until the finest is written. */
class FoldedParts {
  readonly #channels: number;
  readonly #done: Float32Array[] = [];
  #rest = new Float32Array(0);

  constructor(channels: number) {
    this.#channels = channels;
  }

  push(parts: Float32Array): void {
    const all = joined([this.#rest, parts]);
    const group = LEVEL_FACTOR * 2 * this.#channels;
    const whole = all.length - (all.length % group);
    if (whole > 0) this.#done.push(foldedParts(all.subarray(0, whole), this.#channels, LEVEL_FACTOR));
    this.#rest = all.slice(whole);
  }

  finish(): Float32Array {
    return joined([...this.#done, foldedParts(this.#rest, this.#channels, LEVEL_FACTOR)]);
  }
}

function joined(pieces: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

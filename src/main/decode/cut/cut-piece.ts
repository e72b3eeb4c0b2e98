/** A part of a file as a file of its own, sample by sample what a decode of the whole file gives there. */
import { UserError } from '../../../shared/errors.ts';
import { preciseClock } from '../../../shared/units.ts';
import { describeWriteError } from '../../files/write-whole.ts';
import { openExactSource, withFile, type DecodeDeps } from '../decode-file.ts';
import { isCutOff } from '../cut-off.ts';
import { quoted } from '../file-errors.ts';
import type { CutPiece, CutRequest } from '../report.ts';
import { writeEncoded } from './encoded-piece.ts';
import { part, type ExactSource } from './part.ts';
import { writeWav } from './wav-piece.ts';

/** A range may end so much behind the file: lengths of files are rounded in many places. */
const ROUNDED_SECONDS = 0.05;
/** No recording lasts 30 years, and no time stamp goes much further. */
const LONGEST_SECONDS = 1e9;

type Range = Pick<CutPiece, 'startSample' | 'endSample' | 'sampleRate'>;

/**
 * @returns which samples were written; the file at `piecePath` is closed by then, and on the disk
 * @throws UserError with a FileErrorCode when the source cannot be used, bad-input for a range outside of it or a format
 *   that cannot hold it; disk-full, no-permission
 */
export async function cutPiece(request: CutRequest, deps: DecodeDeps): Promise<CutPiece> {
  const { path, format, piecePath, finalPath } = request;
  const piece = await withFile(request, async (file, sniffed): Promise<CutPiece> => {
    const withSource = async <T>(work: (source: ExactSource) => Promise<T>): Promise<T> => {
      const source = await openExactSource(request, sniffed, deps);
      if (source === null) throw notASound(path);
      try {
        return await work(source);
      } finally {
        await source.close();
      }
    };
    const write = (range: Range) =>
      withSource(async (source) => {
        const origin = { path, ...range };
        const piece = { file, source, origin, piecePath };
        try {
          return await (format === 'wav' ? writeWav(piece, deps) : writeEncoded(piece, format, deps));
        } catch (error) {
          throw describeWriteError(error, finalPath) ?? error;
        }
      });
    const range = await withSource((source) => rangeOf(request, source, deps));
    const { samples, isClipped } = await write(range);
    const missing = range.endSample - range.startSample - samples;
    const reachesEnd = request.endSeconds === null || missing > 0;
    const told = { isClipped, isCutOff: reachesEnd && (await isCutOff(file, sniffed)) };
    if (missing === 0) return { ...range, ...told };
    if (samples === 0 || missing > ROUNDED_SECONDS * range.sampleRate) throw outside(request);
    // What a piece says about itself stands in front of its samples, and has to be true.
    range.endSample -= missing;
    await write(range);
    return { ...range, ...told };
  });
  if (piece.notAudio) throw notASound(path);
  return piece;
}

async function rangeOf(request: CutRequest, source: ExactSource, deps: DecodeDeps): Promise<Range> {
  const { sampleRate } = source.facts;
  if (request.startSeconds > LONGEST_SECONDS) throw outside(request);
  const startSample = Math.round(request.startSeconds * sampleRate);
  if (request.endSeconds !== null) {
    const endSample = Math.round(request.endSeconds * sampleRate);
    if (endSample <= startSample) throw emptyRange(request, request.endSeconds);
    return { startSample, endSample, sampleRate };
  }
  let endSample = startSample;
  for await (const { numberOfSamples } of part(source, startSample, Infinity, deps)) endSample += numberOfSamples;
  if (endSample === startSample) throw outside(request);
  return { startSample, endSample, sampleRate };
}

function notASound(path: string): UserError {
  return new UserError('not-audio', `${quoted(path)} is not an audio file. Choose an audio file.`);
}

function emptyRange({ startSeconds }: CutRequest, endSeconds: number): UserError {
  const [from, to] = [preciseClock(startSeconds), preciseClock(endSeconds)];
  return new UserError('bad-input', `The range ${from} to ${to} is empty. Specify an end after the start.`);
}

function outside({ path, startSeconds, endSeconds }: CutRequest): UserError {
  const range = endSeconds === null ? `starts at ${preciseClock(startSeconds)}` : `is ${preciseClock(startSeconds)} to ${preciseClock(endSeconds)}`; // prettier-ignore
  return new UserError('bad-input', `${quoted(path)} is too short: the range ${range}. Choose a range within the file.`); // prettier-ignore
}

/** Parsers of the calls of the player. */
import { z } from 'zod';
import {
  LONGEST_LEVELS_SECONDS,
  MAX_PEAK_PARTS,
  MAX_SAMPLES_EACH,
  MAX_SPECTRUM_COLUMNS,
  type PlaybackCalls,
} from '../../../shared/calls/playback.ts';
import type { Parsers } from '../../../shared/contract.ts';

const samplesEach = z
  .number()
  .int()
  .min(1)
  .max(MAX_SAMPLES_EACH)
  .refine((many) => Number.isInteger(Math.log2(many)), 'must be a power of two');
const place = { fileId: z.number().int().positive(), startSample: z.number().int().nonnegative(), samplesEach };
const isWhole = ({ startSample, samplesEach: each }: { startSample: number; samplesEach: number }) => startSample % each === 0; // prettier-ignore
const NOT_WHOLE = { path: ['startSample'], error: 'must be a multiple of samplesEach' };

const peakRequest = z
  .strictObject({ ...place, parts: z.number().int().min(1).max(MAX_PEAK_PARTS) })
  .refine(isWhole, NOT_WHOLE);
const spectrumQuestion = z
  .strictObject({ ...place, columns: z.number().int().min(1).max(MAX_SPECTRUM_COLUMNS) })
  .refine(isWhole, NOT_WHOLE);

const seconds = z.number().nonnegative();
const levelsQuestion = z
  .strictObject({ fileId: place.fileId, startSeconds: seconds, endSeconds: seconds })
  .refine(({ startSeconds, endSeconds }) => endSeconds > startSeconds, { path: ['endSeconds'], error: 'must be after startSeconds' }) // prettier-ignore
  .refine(({ startSeconds, endSeconds }) => endSeconds - startSeconds <= LONGEST_LEVELS_SECONDS, { path: ['endSeconds'], error: `must be ${LONGEST_LEVELS_SECONDS} s behind startSeconds at most` }); // prettier-ignore

export const playbackParsers: Pick<Parsers, keyof PlaybackCalls> = {
  'file.levels': levelsQuestion,
  'file.peaks': peakRequest,
  'file.spectrum': spectrumQuestion,
};

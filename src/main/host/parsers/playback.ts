/** Parsers of the calls of the player. */
import { z } from 'zod';
import { MAX_PEAK_PARTS, MAX_SAMPLES_EACH, type PlaybackCalls } from '../../../shared/calls/playback.ts';
import type { Parsers } from '../../../shared/contract.ts';

const peakRequest = z
  .strictObject({
    fileId: z.number().int().positive(),
    startSample: z.number().int().nonnegative(),
    samplesEach: z
      .number()
      .int()
      .min(1)
      .max(MAX_SAMPLES_EACH)
      .refine((many) => Number.isInteger(Math.log2(many)), 'must be a power of two'),
    parts: z.number().int().min(1).max(MAX_PEAK_PARTS),
  })
  .refine(({ startSample, samplesEach }) => startSample % samplesEach === 0, {
    path: ['startSample'],
    error: 'must be a multiple of samplesEach',
  });

export const playbackParsers: Pick<Parsers, keyof PlaybackCalls> = {
  'file.peaks': peakRequest,
};

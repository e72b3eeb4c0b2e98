/** What a search may be asked, wherever it is asked for or kept. */
import { z } from 'zod';
import { AUDIO_FORMATS } from '../../../shared/types.ts';

export const absolutePath = z.string().min(1).max(32_768);
export const seconds = z.number().min(0);

const filters = z.strictObject({
  minSeconds: seconds.exactOptional(),
  maxSeconds: seconds.exactOptional(),
  formats: z.array(z.enum(AUDIO_FORMATS)).exactOptional(),
  channels: z.number().int().positive().exactOptional(),
  sampleRate: z.number().int().positive().exactOptional(),
  folder: z.string().min(1).exactOptional(),
  tags: z.array(z.string().min(1)).exactOptional(),
  favourite: z.boolean().exactOptional(),
  minStars: z.number().int().min(1).max(5).exactOptional(),
  collectionId: z.number().int().positive().exactOptional(),
  includeOffline: z.boolean().exactOptional(),
});

export const searchQuery = z.strictObject({
  text: z.string().max(10_000).exactOptional(),
  likePath: absolutePath.exactOptional(),
  likeStartSeconds: seconds.exactOptional(),
  filters: filters.exactOptional(),
  limit: z.number().int().min(1).max(100_000).exactOptional(),
  includeUnlikely: z.boolean().exactOptional(),
  grouped: z.boolean().exactOptional(),
});

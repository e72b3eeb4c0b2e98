/** Parsers of the calls about playlists. */
import { z } from 'zod';
import { MAX_PLAYLIST, type PlaylistCalls } from '../../../shared/calls/playlists.ts';
import type { Parsers } from '../../../shared/contract.ts';
import { searchQuery } from './search.ts';

export const playlistParsers: Pick<Parsers, keyof PlaylistCalls> = {
  'playlist.make': z.strictObject({
    query: searchQuery,
    count: z.number().int().min(1).max(MAX_PLAYLIST),
    diversity: z.number().min(0).max(1),
  }),
};

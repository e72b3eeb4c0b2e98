/** Playlists by a description: files that fit, no two alike. */
import type { Band, SearchQuery } from '../types.ts';

export const MAX_PLAYLIST = 500;

export interface PlaylistEntry {
  fileId: number;
  /** Absolute. */
  path: string;
  durationSeconds: number;
  /** How well it fits, 0..1. */
  score: number;
  band: Band;
}

export interface PlaylistCalls {
  /**
   * Files that fit a query and differ from each other; the one that fits best comes first. Of exact copies and series, one.
   * @param input.query its limit and grouping are ignored; only results that a search lists are taken
   * @param input.count 1 to 500; fewer come where fewer fit
   * @param input.diversity 0 (the best ones) to 1 (those that differ most)
   * @throws UserError as `search.query`
   */
  'playlist.make': {
    input: { query: SearchQuery; count: number; diversity: number };
    output: { model: string; entries: PlaylistEntry[]; notices: string[] };
  };
}

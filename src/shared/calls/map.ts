/** The map: every file a point, near to what it sounds like. */
import type { JobId } from '../types.ts';

export interface SoundMap {
  /** Pack whose embeddings it is made of. */
  model: string;
  /** Base64 of int32 little-endian file ids, [n]. */
  fileIds: string;
  /** Base64 of float32 little-endian x, y pairs, each −1..1, [n * 2]. */
  places: string;
  /** Files that have been analysed since the map was made and are not on it yet. */
  missing: number;
  /** Epoch ms. */
  madeMs: number;
}

export const MAP_COLOURINGS = ['folder', 'format', 'tag', 'kind', 'tempo', 'key'] as const;
export type MapColouring = (typeof MAP_COLOURINGS)[number];

/** A class of points for colouring; points in none of the classes have no colour of their own. */
export interface MapLegend {
  /** Most points first; at most 12. */
  classes: { name: string; points: number }[];
  /** Base64 of uint8 [n] in the order of the map's points: index of the class, 255 for none. */
  classOfPoint: string;
}

export interface MapSummary {
  /** Points on the map. */
  files: number;
  /** Of these, placed by this job; the others stayed where they were. */
  placed: number;
}

export interface MapCalls {
  /** null before one has been made. */
  'map.get': { input: null; output: SoundMap | null };
  /** Makes or completes the map in a job; files already on it stay where they are, unless `anew`. @returns the job's id. */
  'map.make': { input: { anew: boolean }; output: JobId };
  'map.legend': { input: MapColouring; output: MapLegend };
}

/** Markers: cue points and regions in the files themselves, read for the timeline and written like tags. */
import type { JobId, SearchQuery } from '../types.ts';

/** The profile of plans and runs that write markers; none of the user's has this id. */
export const MARKERS_PROFILE = 'markers';

export const MARKER_KINDS = ['region', 'point'] as const;
/** region: with an end; point: the start alone. */
export type MarkerKind = (typeof MARKER_KINDS)[number];

/** Of labels that are written, characters. */
export const LONGEST_LABEL = 200;

export interface Marker {
  startSeconds: number;
  /** null: a point. */
  endSeconds: number | null;
  /** '' without one. */
  label: string;
}

/** A place in a file of the catalogue. */
export interface FileRange {
  fileId: number;
  startSeconds: number;
  endSeconds: number;
}

export interface MarkerRequest {
  /**
   * These places; or in each of these files every match that a search lists ("maybe" and better): its refined match where the
   * model has frame embeddings, else its window; what overlaps is one.
   */
  from: { ranges: FileRange[] } | { query: SearchQuery; fileIds: number[] };
  kind: MarkerKind;
  /** Of every marker, {@link LONGEST_LABEL} at most. Default: the words of the query, or the name of its sound; none for ranges */
  label?: string;
}

export interface MarkerCalls {
  /**
   * Cue points and regions that a WAV or RF64 file has, by anybody, in order of time; none for other formats.
   * @throws UserError not-found, a FileErrorCode
   */
  'file.markers': { input: number; output: Marker[] };
  /**
   * As `write.plan`, of markers; the plan is listed and written in the same way (`write.planFiles`, `write.start`), with the profile
   * {@link MARKERS_PROFILE}. What a file has already is not written twice. @throws UserError nothing-indexed, catalogue-busy; the
   *   job throws bad-input (a query that describes no sound), model-missing
   */
  'markers.plan': { input: MarkerRequest; output: JobId };
}

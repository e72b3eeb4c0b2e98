/** What the map process answers. It works only while it is asked to: a pause is nothing but not asking. */

export interface ArrangeInput {
  dataFolder: string;
  spaceId: number;
  dim: number;
}

/** A place for every file that can have one. Parallel arrays. */
export interface Arranged {
  fileIds: Int32Array;
  /** x, y pairs, −1..1. */
  places: Float32Array;
  /** When each was analysed, epoch ms. */
  doneMs: Float64Array;
}

/** Where the work stands. */
export interface ArrangeProgress {
  stage: 'comparing' | 'arranging';
  /** Of all the work, 0..1; never falls. */
  share: number;
  /** Files that are to be placed; null while they are still counted. */
  files: number | null;
}

// A type, not an interface: only type aliases fit the index signature of `Methods`.
export type MapMethods = {
  /** Once, before the first step. @throws UserError what opening the catalogue throws */
  begin: { input: ArrangeInput; output: null };
  /** Works for a moment. */
  step: { input: null; output: { progress: ArrangeProgress; arranged: Arranged | null } };
};

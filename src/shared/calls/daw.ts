/** Scripts of DAWs: what they would insert. What they look for: `search.wanted`. */

/** A sound of the catalogue, or a range of it. */
export interface OfferedSound {
  fileId: number;
  startSeconds: number;
  /** null: the end of the file. */
  endSeconds: number | null;
}

export interface DawCalls {
  /** What is selected in the window now, or null; until the next call, scripts get that. */
  'daw.offer': { input: OfferedSound | null; output: null };
}

/** Scripts of DAWs: what they would insert, and sounds that they look for. */

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

export interface DawEvents {
  /** A script looks for sounds like a file, indexed or not: from a moment on (s), or like all of it. */
  'daw.find': { path: string; startSeconds: number | null };
}

/** Files that are written for other programs: where that may be, is granted once for each. */

/** Stands for a path that was granted, good for one call within ten minutes. Only the engine that gave it out knows it. */
export type OutputToken = string;

/** A place that the user chose in the system's dialog. */
export interface ChosenOutput {
  output: OutputToken;
  /** Absolute; to be shown. */
  path: string;
}

export interface OutputCalls {
  /**
   * Permits one call to write this file. Calls that write take the token, never a path. Who may grant is the host's to
   * say: the command line; the window in a browser for what its user typed or chose in the folder browser; never a
   * window of the desktop app, where the host grants what the system's dialog gave it.
   * @property path absolute; whether it can be written is seen by the call that does
   * @property replace a file that is there may be replaced
   */
  'output.grant': { input: { path: string; replace: boolean }; output: OutputToken };
}

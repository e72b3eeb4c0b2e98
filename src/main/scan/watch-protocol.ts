/** What the engine and the watching process say to each other. */

/** Why a folder cannot be watched. `gone`: it is not there now, and is worth another try when it is. */
export interface WatchProblem {
  kind: 'gone' | 'limit' | 'unable';
  /** A sentence for the user. */
  message: string;
}

// Types, not interfaces: the child's generic maps need an index signature.
export type WatchMethods = {
  /**
   * Looks out for changes below a folder from now on; the same root again replaces what was.
   * @param ignore absolute folders whose changes are nobody's business
   * @returns null when it does, else why not
   */
  watch: { input: { rootId: number; path: string; ignore: string[] }; output: WatchProblem | null };
  unwatch: { input: { rootId: number }; output: null };
};

export type WatchPushes = {
  /** Something below the folder changed; what it was, a walk finds out. */
  changed: { rootId: number };
  /** It is watched no more. */
  stopped: { rootId: number; problem: WatchProblem };
};

/** Others who write into the same files: the members of a studio (studio/writes.ts). */

export interface StudioWrites {
  /** Old versions that only the studio has are brought here. @throws UserError no-studio, studio-…, not-found */
  bringUndo(journalIds: readonly number[]): Promise<void>;
  /** No other machine of the studio writes any of these files until `release`. */
  locks(): WriteLocks;
}

export interface WriteLocks {
  /** @returns those of the paths that another machine writes now; what was held before is free then */
  take(paths: readonly string[]): Promise<Set<string>>;
  close(): Promise<void>;
}

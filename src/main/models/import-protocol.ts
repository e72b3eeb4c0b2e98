/** What the process that imports models is asked, and what it tells meanwhile. */
import type { ImportStage } from '../../shared/calls/models.ts';

/** What lies at a path, as far as it can be imported; `pack` is copied by the engine itself. */
export type ImportKind = 'pack' | 'msclap' | 'hugging-face';

/** @param share of the stage that is done, 0..1 */
export type ImportReport = (stage: ImportStage, share: number) => void;

export interface ImportRequest {
  kind: Exclude<ImportKind, 'pack'>;
  /** Absolute; a file for msclap, a folder for hugging-face. */
  path: string;
  /** Existing and empty: where the pack is made. */
  folder: string;
}

// Types, not interfaces: only type aliases fit the index signatures of `Methods` and `Pushes`.
export type ImportMethods = {
  /** @throws UserError; what it left in the folder is the caller's to take away */
  import: { input: ImportRequest; output: { notices: string[] } };
};
export type ImportPushes = {
  progress: { stage: ImportStage; share: number };
};

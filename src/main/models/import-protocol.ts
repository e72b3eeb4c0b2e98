/** The calls to the process that imports models, and its events. */
import type { ImportStage } from '../../shared/calls/models.ts';
import type { Importable } from './families/recognise.ts';

/** @param share of the stage that is done, 0..1 */
export type ImportReport = (stage: ImportStage, share: number) => void;

export interface BuildRequest {
  /** Name of one that builds packs. */
  family: string;
  /** Absolute, as that family recognised it. */
  path: string;
  /** Existing and empty: where the pack is made. */
  folder: string;
}

// Types, not interfaces: only type aliases fit the index signatures of `Methods` and `Pushes`.
export type ImportMethods = {
  /** See importableAt in families/recognise.ts. */
  recognise: { input: { path: string }; output: Importable };
  /** @throws UserError; the caller removes what it left in the folder */
  build: { input: BuildRequest; output: { notices: string[] } };
};
export type ImportPushes = {
  progress: { stage: ImportStage; share: number };
};

/** What the write process answers: it reads and writes the user's files, and nobody else does. */
import type { Marker } from '../../shared/calls/markers.ts';
import type { FieldChange, FilePlan, WriteField, WriteMode, WriteOutcome } from '../../shared/calls/write.ts';
import type { NativeTag } from '../../shared/types.ts';
import type { FieldEdit, MarkerInFile } from './container.ts';
import type { Snapshot } from './open-file.ts';
import type { Provenance } from '../text/provenance.ts';

/** What a file should have, whatever its format. */
export interface WantedField {
  field: WriteField;
  mode: WriteMode;
  /** None: what we wrote there earlier is to go. null: the file states it itself, and is left as it is. */
  values: string[] | null;
}

export interface WantedFile {
  fileId: number;
  /** Absolute. */
  path: string;
  /** As the catalogue knows it. */
  size: number;
  mtimeMs: number;
  fields: WantedField[];
  /** What is said about this write in the file. */
  by: Omit<Provenance, 'wrote'>;
}

/** Markers that a file should have. */
export interface WantedMarkers extends Pick<WantedFile, 'fileId' | 'path' | 'size' | 'mtimeMs'> {
  markers: Marker[];
}

export interface PlannedFile {
  plan: FilePlan;
  /** For the write; none unless the state is `change`. */
  edits: FieldEdit[];
  /** Instead of edits: what is added. */
  markers?: MarkerInFile[];
  snapshot: Snapshot | null;
}

export interface FileToWrite {
  fileId: number;
  path: string;
  edits: FieldEdit[];
  markers?: MarkerInFile[];
  snapshot: Snapshot;
  changes: FieldChange[];
}

/** A file that is not what it was, for the catalogue. */
export interface NowInFile {
  size: number;
  mtimeMs: number;
  /** null: not known; the next scan takes it as it finds it. */
  ctimeNs: string | null;
  tags: NativeTag[];
}

export interface Done {
  fileId: number;
  /** Where it was found. */
  path: string;
  outcome: WriteOutcome;
  reason: string;
  /** null where nothing changed. */
  now: NowInFile | null;
}

/** A journal row whose file is to be made what it was. */
export interface RowToUndo {
  id: number;
  fileId: number;
  /** Where the file is now as far as the catalogue knows; null when it knows nothing. */
  path: string | null;
}

// Type aliases, not interfaces: only they fit the index signature of `Methods`.
export type WriteMethods = {
  /** Once, before all others. @throws UserError what opening the catalogue throws */
  open: { input: { dataFolder: string }; output: null };
  plan: { input: WantedFile[]; output: PlannedFile[] };
  planMarkers: { input: WantedMarkers[]; output: PlannedFile[] };
  /** @returns the run's id */
  begin: { input: { profileId: string }; output: number };
  /** All of them, each reported by the event `done` as soon as it is written; fewer after `stop`. */
  write: { input: { runId: number; keepTime: boolean; files: FileToWrite[] }; output: null };
  /** It is not written: the process crashed twice on it, or, skipped, something else is in the way. */
  giveUp: { input: { runId: number; file: FileToWrite; reason: string; outcome?: 'skipped' }; output: null };
  undo: { input: RowToUndo[]; output: null };
  /** What is under way ends as soon as it can, the file in work as it was. */
  stop: { input: null; output: null };
  finish: { input: { runId: number }; output: null };
  /**
   * Settles what a killed process left. @param input.again those that were not written are going to be tried again:
   * nothing is kept of them
   */
  recover: { input: { again: boolean }; output: Done[] };
};
export type WritePushes = { done: Done };

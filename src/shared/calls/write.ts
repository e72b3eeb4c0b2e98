/** Write-back: accepted tags into the files' own metadata. Planned, journalled, undoable; audio bytes never change. */
import type { AudioFormat, JobId } from '../types.ts';
import type { OutputToken } from './outputs.ts';

/** What a profile can write; DESIGN.md §8 and docs/write-back.md say where each goes in each format. */
export const WRITE_FIELDS = [
  'title', 'description', 'keywords', 'category', 'subcategory', 'catId', 'ucsCategoryFull', 'genre', 'mood', 'instrument', 'comment', 'grouping', 'bpm', 'key',
] as const; // prettier-ignore
export type WriteField = (typeof WRITE_FIELDS)[number];

/** Fields that hold a fact of the file, not its tags: one value each, so `append` is `fill` there. */
export const FACT_FIELDS = ['bpm', 'key'] as const satisfies readonly WriteField[];
export type FactField = (typeof FACT_FIELDS)[number];

export function isFactField(field: string): field is FactField {
  return (FACT_FIELDS as readonly string[]).includes(field);
}

/**
 * `fill`: only where the field is empty. `append`: our values after what is there, none twice. `replace`: instead of
 * what is there. Values that an earlier write of ours put there are always replaced by the new ones.
 */
export type WriteMode = 'fill' | 'append' | 'replace';

export interface WriteRule {
  field: WriteField;
  mode: WriteMode;
  /** Which accepted tags go there; none: those of every vocabulary whose profile fits. Of no meaning for a fact. */
  vocabularyIds: string[];
}

export interface WriteProfile {
  /** sfx, music, dj; others are the user's. */
  id: string;
  name: string;
  shipped: boolean;
  rules: WriteRule[];
  /** The file keeps its modification time. */
  keepTime: boolean;
}

/**
 * What a place in a file holds: a field; the record of what Earmark wrote; or a value of another tag block of the file,
 * which programs would no longer show. Of a plan of markers: a cue point or region (calls/markers.ts).
 */
export type ChangedField = WriteField | 'provenance' | 'takenOver' | 'marker';

export interface FieldChange {
  field: ChangedField;
  /** In the format's own words: `iXML:ASWG/category`, `bext:Description`, `TCON`, `GENRE`, `©gen`. */
  nativeId: string;
  /** null: not there. */
  before: string | null;
  after: string | null;
  mode: WriteMode;
  /** What had to be done to make it fit: shortened, turned into ASCII; '' for nothing. A sentence. */
  note: string;
}

export type FilePlanState =
  | 'change' // will be written
  | 'same' // has it all already
  | 'refused'; // cannot be written: `reason` says why and what else there is

export interface FilePlan {
  fileId: number;
  /** Absolute. */
  path: string;
  format: AudioFormat;
  state: FilePlanState;
  /** Why it is refused, or that no accepted tag of the file goes into fields of the profile; '' otherwise. */
  reason: string;
  changes: FieldChange[];
}

export interface PlanSummary {
  planId: number;
  profileId: string;
  files: number;
  change: number;
  same: number;
  /** Of `same`: files without an accepted tag that the profile writes. */
  untagged: number;
  refused: number;
  /** Fields that change, over all files. */
  fields: number;
}

export type WriteOutcome =
  | 'written'
  | 'undone'
  | 'skipped' // changed since the plan, open elsewhere, …: as it was
  | 'failed' // as it was; the reason says why
  | 'not-restored'; // changed by another program since: left alone

export interface WrittenFile {
  fileId: number;
  path: string;
  outcome: WriteOutcome;
  reason: string;
  changes: FieldChange[];
}

export interface WriteRun {
  runId: number;
  kind: 'write' | 'rename';
  profileId: string;
  startedMs: number;
  /** null while it runs. */
  finishedMs: number | null;
  written: number;
  skipped: number;
  failed: number;
  undone: number;
  notRestored: number;
  /** Login of the member of the studio who wrote it; absent: this library. */
  author?: string;
}

/** One file name by UCS: CatID_FXName_CreatorID_SourceID, what is not known left out. */
export interface RenameProposal {
  fileId: number;
  path: string;
  /** Absolute, in the same folder; equal to path when there is nothing to propose. */
  proposed: string;
  /** Why not, a sentence; '' when it can be done. */
  reason: string;
}

/** What a UCS name says besides CatID and FXName; a name that has them already keeps its own. */
export interface NameParts {
  /** Who made or recorded it. */
  creatorId?: string;
  /** What it was made for; only with a creatorId, since places count in such names. */
  sourceId?: string;
}

export const EXPORT_FORMATS = ['csv', 'json', 'm3u'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface WriteCalls {
  'write.profiles': { input: null; output: WriteProfile[] };
  /** Makes or replaces a profile of the user's. @throws UserError bad-input for the id of a shipped one */
  'write.saveProfile': { input: WriteProfile; output: WriteProfile };
  'write.removeProfile': { input: string; output: null };
  /**
   * Reads the files and works out what would change; nothing is written. Empty `fileIds` and `folders`: all files with
   * accepted tags, and with a tempo or key where that is written. The plan lives as long as the engine.
   * @param input.tempoAndKey write them, too, replacing other values, where the profile does not. Default: false
   */
  'write.plan': {
    input: { profileId: string; fileIds: number[]; folders: string[]; tempoAndKey?: boolean };
    output: JobId;
  };
  /** Changes first, then refusals, then those that are as they should be. At most 500 at a time. */
  'write.planFiles': {
    input: { planId: number; state: FilePlanState | null; offset: number; limit: number };
    output: FilePlan[];
  };
  /** @param input.leaveOut file ids of the plan that are not to be written */
  'write.start': { input: { planId: number; leaveOut: number[] }; output: JobId };
  /** Newest first. */
  'write.runs': { input: null; output: WriteRun[] };
  'write.runFiles': {
    input: { runId: number; outcome: WriteOutcome | null; offset: number; limit: number };
    output: WrittenFile[];
  };
  /** The whole run, or only these files of whatever run wrote them last. */
  'write.undo': { input: { runId: number | null; fileIds: number[] }; output: JobId };
  /** XMP sidecars for files that cannot be written themselves. @returns paths written, and files left out with why */
  'write.sidecars': {
    input: { fileIds: number[] };
    output: { written: string[]; leftOut: { path: string; reason: string }[] };
  };
  /**
   * A list of files as a table or playlist, in the order of the ids.
   * @param input.output for a name that ends in .csv, .json, .m3u or .m3u8 as the format has it
   * @param input.relativePaths of a playlist: paths as seen from the folder of the playlist, so that both can move. Default: absolute
   * @param input.byteOrderMark of a table: begins with one, without which Excel garbles letters with accents. Default: true
   * @returns files listed, and those that such a file cannot hold
   * @throws UserError bad-input, name-taken, file-missing, disk-full, no-permission, not-found for a folder that is not there
   */
  'export.files': {
    input: {
      fileIds: number[];
      format: ExportFormat;
      output: OutputToken;
      relativePaths?: boolean;
      byteOrderMark?: boolean;
    };
    output: { files: number; leftOut: { path: string; reason: string }[] };
  };
  /** @throws UserError bad-input for parts that no name can hold, file-missing */
  'rename.propose': { input: { fileIds: number[] } & NameParts; output: RenameProposal[] };
  /** Only what `rename.propose` would propose now; the catalogue follows. Undone by `write.undo`. */
  'rename.start': { input: { fileIds: number[] } & NameParts; output: JobId };
}

export interface WriteEvents {
  'write.changed': { runId: number };
}

/** Parts of files as files of their own. Sources are only read. */
import type { Band, FileFailure, JobId, SearchQuery } from '../types.ts';
import type { OutputToken } from './outputs.ts';

export const PIECE_FORMATS = ['wav', 'flac', 'mp3'] as const;
/** wav has bit depth, sample rate and channels of the source; flac at most 24 bits and 8 channels; mp3 two channels. */
export type PieceFormat = (typeof PIECE_FORMATS)[number];

/** What a name pattern may hold, each with its meaning. */
export const NAME_FIELDS = {
  stem: 'file name of the source without its extension',
  start: 'start in the source (1h02m03.250s)',
  end: 'end in the source',
  number: '01, 02, … in the order of the pieces',
} as const;
export type NameField = keyof typeof NAME_FIELDS;
export const DEFAULT_NAME = '{stem}_{start}';
/** Of a pattern of names, characters. */
export const LONGEST_NAME = 200;

/** A part of a file, indexed or not. */
export interface PieceRange {
  /** Absolute. */
  path: string;
  startSeconds: number;
  /** null: the end of the file. */
  endSeconds: number | null;
}

/** Lists of places, with in and out points. reaper: a table of regions, for one file. */
export const LIST_FORMATS = ['csv', 'm3u', 'edl', 'reaper'] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];
/** Whole frames of an EDL, without drop frames. */
export const FRAME_RATES = [24, 25, 30, 50, 60] as const;
export type FrameRate = (typeof FRAME_RATES)[number];

/** A place in a list. */
export interface ListedRange {
  /** Absolute. */
  path: string;
  startSeconds: number;
  endSeconds: number;
  /** How sure its search is of the file; null for what was chosen by hand. */
  band: Band | null;
}

export interface ListRequest {
  from: CutRequest['from'];
  /** Of a file. */
  output: OutputToken;
  format: ListFormat;
  /** Only of an EDL. @default 25 */
  framesPerSecond?: FrameRate;
  /** Only of CSV. @default true */
  byteOrderMark?: boolean;
}

export interface CutRequest {
  /**
   * Places; or every match that a search lists ("maybe" and better), best files first, `query.limit` of them at most: its refined
   * match where the model has frame embeddings, else its window; what overlaps is one. `paddingSeconds` are added at both ends.
   * `folders`: only files below one of these; none: the query alone says where.
   */
  from: { pieces: PieceRange[] } | { query: SearchQuery; folders: string[]; paddingSeconds: number };
  /** Of a folder; it is made if the one above it is there. */
  output: OutputToken;
  format: PieceFormat;
  /** {@link NAME_FIELDS} in braces, without an extension. Names are made portable, and numbered where they are taken. */
  name: string;
}

export interface Piece {
  /** Absolute; of a list, that it stands in. */
  path: string;
  /** Absolute. */
  source: string;
  /** Of its first sample, and behind its last, to the sample. */
  startSeconds: number;
  endSeconds: number;
}

export interface CutSummary {
  pieces: Piece[];
  /** Sources whose piece could not be made; a sentence each. */
  failed: FileFailure[];
  /** Things worth saying of the search, and of pieces: clipped, or cut from a truncated file. */
  notices: string[];
  cancelled: boolean;
}

export interface CutProgress {
  stage: 'finding' | 'cutting';
  /** Pieces dealt with; never falls. */
  done: number;
  /** null while matches are found. */
  total: number | null;
  failed: number;
  /** The source of the piece in work. */
  currentPath: string | null;
}

export interface CutCalls {
  /**
   * A piece for another program: a WAV, as `cut.start` writes it, in the folder `pieces` of the data folder, where it stays: the
   * program may refer to it. The same part of the same file, unchanged, is the same piece. @returns absolute path
   * @throws UserError bad-input, a FileErrorCode, disk-full
   */
  'piece.make': { input: { path: string; startSeconds: number; endSeconds: number }; output: { path: string } };
  /**
   * Starts to write pieces; existing files are never replaced. The job ends with {@link CutSummary}, also when cancelled:
   * pieces so far are kept. @throws UserError bad-input (token, pattern, folder, query), catalogue-busy while pieces are
   *   written; the job throws disk-full, no-permission of the folder
   */
  'cut.start': { input: CutRequest; output: JobId };
  /**
   * Starts to write a list of the same places instead, whole or not at all. The job, which is of the kind `cut`, ends with the
   * {@link CutSummary} of what the list holds; `failed` are places that it cannot hold as well. @throws as `cut.start`; the job
   *   throws bad-input (the name of the file, what such a list cannot hold), name-taken, disk-full, no-permission
   */
  'cut.list': { input: ListRequest; output: JobId };
}

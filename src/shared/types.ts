/** The nouns of the contract. Payloads survive structured clone and JSON alike. */
import type { AnalysisKind } from './analysis.ts';
import type { ErrorCode, FileErrorCode } from './errors.ts';
import type { SearchFilters } from './query/filters.ts';

// ── Jobs ────────────────────────────────────────────────────────────────────

export type JobId = number;
/** Jobs on the library; the catalogue keeps them, so that the next start knows what was interrupted. */
export type LibraryJobKind =
  'index' | 'map' | 'tag' | 'plan' | 'write' | 'undo' | 'rename' | 'sync' | 'work' | 'duplicates';
/** Of one session alone, without a catalogue. */
export type SessionJobKind = 'cut' | 'evaluation' | 'import' | 'download';
export type JobKind = LibraryJobKind | SessionJobKind;
export type JobState = 'running' | 'paused' | 'done' | 'cancelled' | 'failed' | 'interrupted';
/** In the order a job goes through them: five of an index job, two of a map job, one of each that follows; of a sync the last two but one. */
export type JobStage =
  | 'walking'
  | 'recognising'
  | 'analysing'
  | 'indexing'
  | 'refreshing'
  | 'comparing'
  | 'arranging'
  | 'tagging'
  | 'planning'
  | 'writing'
  | 'undoing'
  | 'renaming'
  | 'receiving'
  | 'sending'
  | 'matching';

/** Of every job. The latest one is enough to draw the whole picture; sent at most 10 times a second, and at each stage. */
export interface JobStanding<K extends JobKind> {
  /** Below zero: a job that the catalogue does not keep. */
  id: JobId;
  kind: K;
  state: JobState;
  /** Wall time of this run without pauses, s. */
  elapsedSeconds: number;
  /** Why it is paused: somebody asked for it, or somebody uses the machine (setting `onlyWhenIdle`). Absent otherwise. */
  pausedFor?: 'user' | 'activity';
}

/** How far a job on the library is. */
export interface LibraryJobFigures {
  /** Of an index job: the pack that analyses, if it is not the one in use (setting `nextModel`). */
  nextModel?: string;
  /** Of an index job that updates what is known of files: the kinds of analysis. */
  kinds?: AnalysisKind[];
  stage: JobStage;
  /** Files dealt with so far; never falls. Of a map that is made anew: the share of the work, as files. */
  done: number;
  /** Files to deal with; null while still counting. */
  total: number | null;
  failed: number;
  /** Audio analysed in this run, s. */
  audioSeconds: number;
  /** Audio seconds per second over the last while; null before there is a figure. */
  realTimeFactor: number | null;
  /** null while unknown. */
  etaSeconds: number | null;
  /** The file read last, for a human to see that something moves. */
  currentPath: string | null;
}

export type LibraryJobProgress = JobStanding<LibraryJobKind> & LibraryJobFigures;

export interface FileFailure {
  /** Absolute. */
  path: string;
  code: FileErrorCode;
  /** A sentence for the user. */
  message: string;
}

/** What an index job did. Every count is files. */
export interface IndexSummary {
  /** Audio files found under the folders, failed ones included. */
  files: number;
  /** Analysed in this run. */
  indexed: number;
  unchanged: number;
  /** Known sound under a new path. */
  moved: number;
  /** Same audio, new tags or new times: metadata read again, not analysed again. */
  retagged: number;
  /** Gone since the last run; kept in the catalogue as offline. */
  offline: number;
  /** Offline before, here again. */
  returned: number;
  /** Not audio and not pretending to be. */
  skipped: number;
  failed: FileFailure[];
  /** Known files whose facts were found again by a newer analysis; without embedding. */
  refreshed: number;
  /**
   * Facts about files that were indexed all the same: partly damaged, silent, longer than the cap. outdated-facts: a
   * known file that could not be analysed again.
   */
  warnings: { path: string; code: DecodeWarningCode | 'outdated-facts'; message: string }[];
  seconds: number;
  audioSeconds: number;
  cancelled: boolean;
}

// ── Files ───────────────────────────────────────────────────────────────────

export const AUDIO_FORMATS = [
  'wav',
  'w64',
  'rf64',
  'aiff',
  'flac',
  'mp3',
  'ogg',
  'opus',
  'm4a',
  'aac',
  'wma',
  'wavpack',
  'caf',
  'other',
] as const;
/** The container as found by content; the codec is beside it. */
export type AudioFormat = (typeof AUDIO_FORMATS)[number];

export type DecodeWarningCode =
  | 'partial' // ended earlier than it declares, or decoded with errors: what could be read was used
  | 'invalid-samples' // NaN, infinite or absurd samples were replaced by silence
  | 'silent' // nothing above −90 dBFS: catalogued, never found by sound
  | 'capped' // longer than the cap: only its beginning was analysed
  | 'wrong-extension'; // the name says another format than the content

export interface DecodeWarning {
  code: DecodeWarningCode;
  /** A sentence for the user. */
  message: string;
}

/** A tag as the file has it. */
export interface NativeTag {
  /** Name in the format's own words, verbatim: `TIT2`, `LIST/INFO:IKEY`, `bext:Description`, `iXML:USER/CATID`, `GENRE`. */
  nativeId: string;
  /** Our field: title, artist, album, genre, mood, comment, description, keywords, category, year, provenance, … or '' */
  field: string;
  value: string;
}

// ── Search ──────────────────────────────────────────────────────────────────

/** A sound that others are compared with, indexed or not. */
export interface ReferenceSound {
  /** Absolute. */
  path: string;
  /** Where the part that counts begins, s; the whole of it if absent. */
  startSeconds?: number;
  /** Where that part ends, s; if absent, the model's window at `startSeconds`. */
  endSeconds?: number;
}

/** Of each kind in one query. */
export const MOST_REFERENCES = 16;
export const EVEN_BALANCE = 0.5;

export interface SearchQuery {
  /** Plain words (`dog without rain`), quoted phrases (`"door slam"`), minus terms (`rain -thunder`, `-"heavy rain"`) and inline filters (`dur:<3 fmt:wav ch:2 sr:48000 in:"…" tag:x fav: stars:>=3 col:"…"`). */
  text?: string;
  /** Absolute path of a sound to search by, indexed or not. Joined with text it means both. */
  likePath?: string;
  /** Where in that sound, s; the whole of it if absent. */
  likeStartSeconds?: number;
  /** Where the part that counts ends, s; only with `likeStartSeconds`. If absent, the model's window there. */
  likeEndSeconds?: number;
  /** Further sounds to search by: what resembles all of them comes first. At most {@link MOST_REFERENCES}. */
  alsoLike?: ReferenceSound[];
  /** The more a file resembles one of these, the lower it is; these files themselves are no results. */
  unlike?: ReferenceSound[];
  /** With words and sounds: how much the words count, from 0 (sounds alone) to 1 (words alone). @default 0.5 */
  balance?: number;
  /** Look only in the file at `likePath`, which has to be in the catalogue: it is the one hit, with all its matches. */
  inSameFile?: boolean;
  filters?: SearchFilters;
  /** At most this many results. */
  limit?: number;
  /** Keep what falls under the relevance cut (band "unlikely"). */
  includeUnlikely?: boolean;
  /** Exact copies and variants of one series are one result, with the others in its `group`; `limit` counts these results. */
  grouped?: boolean;
  /**
   * Pack id of a second model that answers beside the one in use: each file's probability is the mean of both. A file that
   * only one of them has analysed counts by that one. null: the model in use alone; absent: as the setting `alsoModel` says.
   */
  alsoModel?: string | null;
}

/** From most to least confident; "unlikely" is below the cut and shown only on request. */
export const BANDS = ['strong', 'likely', 'maybe', 'unlikely'] as const;
export type Band = (typeof BANDS)[number];

export type Why =
  | {
      kind: 'sound';
      /** Of the best window to the query, −1..1; of two models that of the one in use, or of the only one that has analysed the file. */
      cosine: number;
      /** With a second model: the cosine of each that has analysed the file. */
      byModel?: { /** Pack id. */ model: string; cosine: number }[];
      text: string;
    }
  | { kind: 'name' | 'folder' | 'tag'; /** the query words that matched */ words: string[]; text: string }
  | { kind: 'minus'; text: string };

export interface SearchHit {
  fileId: number;
  /** Absolute. */
  path: string;
  /** Probability-like relevance, 0..1; results are sorted by it. */
  score: number;
  /** The place in the file, s; with two models that of the one that is surer. */
  startSeconds: number;
  endSeconds: number;
  band: Band;
  why: Why[];
  durationSeconds: number;
  format: AudioFormat;
  offline: boolean;
  /** The other files this result stands for; only with `grouped`, absent if there are none. */
  group?: HitGroup;
}

/** Hits that one stands for, the best of them. */
export interface HitGroup {
  /** Files with exactly the audio of one of these results. */
  copies: number;
  /** Files of the same series that sound alike: same folder, same name but for a number or a take. */
  variants: number;
  /** Copies and variants as separate results (without `group`), best first. */
  others: SearchHit[];
}

/** A part of a file that was embedded as one, and how well it fits a query, by sound alone. */
export interface WindowRelevance {
  startSeconds: number;
  endSeconds: number;
  /** Probability-like, 0..1, as the score of a result without its name. */
  relevance: number;
  band: Band;
}

/** Where a file matches a query. */
export interface FileMatches {
  fileId: number;
  /** In order of time, none over another. */
  matches: WindowRelevance[];
}

/** How similar a part of a file is to a query, moment by moment. */
export interface MatchCurve {
  /** Where the first moment begins, s. */
  startSeconds: number;
  stepSeconds: number;
  /** Cosines, −1..1, one a step; of words and a sound their mean. */
  similarity: number[];
}

/** The refined match of a result within its window. */
export interface RefinedMatch {
  startSeconds: number;
  endSeconds: number;
  /** Over the window and its neighbours. */
  curve: MatchCurve;
}

export interface SearchResult {
  /** As understood: what was searched for after filters and minus terms were taken out. */
  query: SearchQuery;
  /** Excluded terms, as understood: minus terms, and what the words exclude ("without rain"). */
  minus: string[];
  /** Embedding space of the results: pack id. */
  model: string;
  /** Pack id of the model that has answered beside it; absent: none. */
  alsoModel?: string;
  hits: SearchHit[];
  /** Things worth saying: "12 % of the library has not been analysed yet", "the index was damaged and has been rebuilt". */
  notices: string[];
}

// ── Embeddings ──────────────────────────────────────────────────────────────

export interface EmbedItem {
  path?: string;
  text?: string;
  /** One window for a text. For a sound, the fixed tiles over the whole file. */
  windows: { startSeconds: number; embedding: number[] }[];
}
export interface EmbedResult {
  model: string;
  dim: number;
  items: EmbedItem[];
  /** Files that could not be embedded. */
  failed: FileFailure[];
}

// ── State of the catalogue and of the machine ───────────────────────────────

export interface RootStatus {
  id: number;
  path: string;
  online: boolean;
  files: number;
  /** Analysed with the model in use. */
  ready: number;
  failed: number;
  offline: number;
  /** Epoch ms of the last complete walk; null before the first. */
  scannedMs: number | null;
}

export interface Status {
  dataFolder: string;
  model: string;
  roots: RootStatus[];
  files: number;
  ready: number;
  failed: number;
  offline: number;
  audioSeconds: number;
  windows: number;
  /** Files whose facts the next index job finds again by a newer analysis, and which facts. */
  outdated: { files: number; kinds: AnalysisKind[] };
  /** Bytes on disk. */
  catalogueBytes: number;
  indexBytes: number;
  /** The data folder cannot be written: everything can be searched, and nothing new is kept. */
  readOnly: boolean;
  /** The last job, if there was one. */
  lastJob: { id: JobId; kind: LibraryJobKind; state: JobState; startedMs: number; finishedMs: number | null } | null;
}

export interface ModelStatus {
  id: string;
  name: string;
  folder: string;
  license: string;
  dim: number;
  inUse: boolean;
  /** Comes with the program: cannot be removed. */
  shipped: boolean;
  /** Files in this library that it has analysed. */
  analysedFiles: number;
  /** Bytes of the catalogue that its analysis takes, approximately. */
  analysisBytes: number;
  /** null: fine. Else the sentence that says what is wrong. */
  problem: string | null;
  /** Why the process that runs it does not run now although the pack is fine, a sentence; absent: nothing is wrong. */
  trouble?: string;
  bytes: number;
}

export interface DoctorLine {
  what: string;
  ok: boolean;
  /** When ok: what was found. When not: what to do. */
  message: string;
}

export interface FailureRow extends FileFailure {
  attempts: number;
  /** Epoch ms of the last attempt. */
  lastMs: number;
}

export type { ErrorCode, FileErrorCode };

/** The nouns of the contract. Payloads survive structured clone and JSON alike. */
import type { ErrorCode, FileErrorCode } from './errors.ts';

// ── Jobs ────────────────────────────────────────────────────────────────────

export type JobId = number;
export type JobKind = 'index' | 'map' | 'tag' | 'plan' | 'write' | 'undo' | 'rename';
export type JobState = 'running' | 'paused' | 'done' | 'cancelled' | 'failed' | 'interrupted';
/** In the order a job goes through them: four of an index job, two of a map job, one of each that follows. */
export type JobStage =
  | 'walking'
  | 'recognising'
  | 'listening'
  | 'indexing'
  | 'comparing'
  | 'arranging'
  | 'tagging'
  | 'planning'
  | 'writing'
  | 'undoing'
  | 'renaming';

/** The latest one is enough to draw the whole picture; sent at most 10 times a second. */
export interface JobProgress {
  id: JobId;
  kind: JobKind;
  state: JobState;
  /** Of an index job: the pack that listens, where it is not the one in use (setting `nextModel`). */
  nextModel?: string;
  /** Why it is paused: somebody asked for it, or somebody uses the machine (setting `onlyWhenIdle`). Absent otherwise. */
  pausedFor?: 'user' | 'activity';
  stage: JobStage;
  /** Files dealt with so far; never falls. Of a map that is made anew: the share of the work, as files. */
  done: number;
  /** Files to deal with; null while still counting. */
  total: number | null;
  failed: number;
  /** Audio listened to in this run, s. */
  audioSeconds: number;
  /** Wall time of this run without pauses, s. */
  elapsedSeconds: number;
  /** Audio seconds per second over the last while; null before there is a figure. */
  realTimeFactor: number | null;
  /** null while unknown. */
  etaSeconds: number | null;
  /** The file read last, for a human to see that something moves. */
  currentPath: string | null;
}

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
  /** Listened to in this run. */
  indexed: number;
  unchanged: number;
  /** Known sound under a new path. */
  moved: number;
  /** Same sound, new tags or new times: read again, not listened to again. */
  retagged: number;
  /** Gone since the last run; kept in the catalogue as offline. */
  offline: number;
  /** Offline before, here again. */
  returned: number;
  /** Not audio and not pretending to be. */
  skipped: number;
  failed: FileFailure[];
  /** Facts about files that were indexed all the same: partly damaged, silent, longer than the cap. */
  warnings: { path: string; code: DecodeWarningCode; message: string }[];
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
  | 'capped' // longer than the cap: only its beginning was listened to
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

export interface SearchFilters {
  minSeconds?: number;
  maxSeconds?: number;
  formats?: AudioFormat[];
  channels?: number;
  /** Hz */
  sampleRate?: number;
  /** Absolute folder: files anywhere below it. Otherwise part of a folder name on the path of a file (`in:doors`). */
  folder?: string;
  /** A word or phrase that must occur in a native tag. Several: all of them. */
  tags?: string[];
  /** true: only favourites; false: none of them. */
  favourite?: boolean;
  /** At least so many stars, 1..5. */
  minStars?: number;
  collectionId?: number;
  /** Also files whose drive or path is not there now. */
  includeOffline?: boolean;
}

export interface SearchQuery {
  /** Plain words (`dog without rain`), quoted phrases (`"door slam"`), minus terms (`rain -thunder`, `-"heavy rain"`) and inline filters (`dur:<3 fmt:wav ch:2 sr:48000 in:"…" tag:x fav: stars:>=3 col:"…"`). */
  text?: string;
  /** Absolute path of a sound to search by, indexed or not. Joined with text it means both. */
  likePath?: string;
  /** Where in that sound, s; the whole of it if absent. */
  likeStartSeconds?: number;
  filters?: SearchFilters;
  /** At most this many hits. */
  limit?: number;
  /** Keep what falls under the relevance cut (band "unlikely"). */
  includeUnlikely?: boolean;
  /** Exact copies and variants of one series make one hit, with the others in its `group`; `limit` counts such hits. */
  grouped?: boolean;
}

/** From surest to least sure; "unlikely" is below the cut and shown only when asked for. */
export const BANDS = ['strong', 'likely', 'maybe', 'unlikely'] as const;
export type Band = (typeof BANDS)[number];

export type Why =
  | { kind: 'sound'; /** cosine of the best window to the query, −1..1 */ cosine: number; text: string }
  | { kind: 'name' | 'folder' | 'tag'; /** the query words that matched */ words: string[]; text: string }
  | { kind: 'minus'; text: string };

export interface SearchHit {
  fileId: number;
  /** Absolute. */
  path: string;
  /** Probability-like relevance, 0..1; hits are sorted by it. */
  score: number;
  /** The place in the file, s. */
  startSeconds: number;
  endSeconds: number;
  band: Band;
  why: Why[];
  durationSeconds: number;
  format: AudioFormat;
  offline: boolean;
  /** What else this hit stands for; only with `grouped`, and only where there is something. */
  group?: HitGroup;
}

/** Hits that one stands for, the best of them. */
export interface HitGroup {
  /** Files with the very sound of one of the hits here. */
  copies: number;
  /** Files of the same series that sound alike: same folder, same name but for a number or a take. */
  variants: number;
  /** Copies and variants as hits of their own (without `group`), best first. */
  others: SearchHit[];
}

/** A part of a file that was embedded as one, and how well it fits a query, by sound alone. */
export interface WindowRelevance {
  startSeconds: number;
  endSeconds: number;
  /** Probability-like, 0..1, as the score of a hit without its name. */
  relevance: number;
  band: Band;
}

export interface SearchResult {
  /** As understood: what was searched for after filters and minus terms were taken out. */
  query: SearchQuery;
  /** What hits must not be, as understood: minus terms, and what the words leave out ("without rain"). */
  minus: string[];
  /** Embedding space the hits come from: pack id. */
  model: string;
  hits: SearchHit[];
  /** Things worth saying: "12 % of the library has not been listened to yet", "the index was damaged and has been rebuilt". */
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
  /** Listened to by the model in use. */
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
  /** Bytes on disk. */
  catalogueBytes: number;
  indexBytes: number;
  /** The data folder cannot be written: everything can be searched, and nothing new is kept. */
  readOnly: boolean;
  /** The last job, if there was one. */
  lastJob: { id: JobId; kind: JobKind; state: JobState; startedMs: number; finishedMs: number | null } | null;
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
  /** Sounds in this library that it has listened to. */
  heard: number;
  /** Bytes of the catalogue that what it heard takes, about. */
  heardBytes: number;
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

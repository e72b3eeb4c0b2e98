/** Everything a host can ask of the engine, and everything the engine pushes. Both ends are typed from these two maps. */
import type { CutCalls } from './calls/cut.ts';
import type { DawCalls } from './calls/daw.ts';
import type { DuplicateCalls } from './calls/duplicates.ts';
import type { FacetCalls } from './calls/facets.ts';
import type { FactCalls } from './calls/facts.ts';
import type { FileCalls, FileEvents } from './calls/files.ts';
import type { FolderCalls } from './calls/folders.ts';
import type { HealthCalls } from './calls/health.ts';
import type { LibraryCalls, LibraryEvents } from './calls/library.ts';
import type { MarkerCalls } from './calls/markers.ts';
import type { MapCalls } from './calls/map.ts';
import type { ModelCalls } from './calls/models.ts';
import type { OutputCalls } from './calls/outputs.ts';
import type { PlaylistCalls } from './calls/playlists.ts';
import type { PlaybackCalls } from './calls/playback.ts';
import type { SettingCalls, SettingEvents } from './calls/settings.ts';
import type { SoundCalls, SoundEvents } from './calls/sounds.ts';
import type { StudioCalls, StudioEvents } from './calls/studio.ts';
import type { TagCalls, TagEvents } from './calls/tags.ts';
import type { VocabularyCalls } from './calls/vocabularies.ts';
import type { WriteRequestCalls } from './calls/write-requests.ts';
import type { WriteCalls, WriteEvents } from './calls/write.ts';
import type { WireError } from './errors.ts';
import type { JobOutcome, JobProgress } from './jobs.ts';
import type { EvalRequest } from './eval-report.ts';
import type {
  DoctorLine,
  EmbedResult,
  FailureRow,
  FileMatches,
  JobId,
  ModelStatus,
  SearchQuery,
  SearchResult,
  Status,
  RefinedMatch,
  WindowRelevance,
} from './types.ts';

export interface Calls
  extends
    CutCalls,
    DawCalls,
    DuplicateCalls,
    FacetCalls,
    FactCalls,
    FileCalls,
    FolderCalls,
    HealthCalls,
    LibraryCalls,
    SettingCalls,
    ModelCalls,
    MapCalls,
    MarkerCalls,
    StudioCalls,
    OutputCalls,
    PlaybackCalls,
    PlaylistCalls,
    SoundCalls,
    VocabularyCalls,
    TagCalls,
    WriteRequestCalls,
    WriteCalls {
  /**
   * Starts the analysis of folders (absolute paths; empty: all roots that are not paused). The job continues after the reply.
   * `again` also reads the tags of files that look unchanged, makes sure that their sound is the same, and tries again
   * what failed.
   */
  'index.start': { input: { folders: string[]; again?: boolean }; output: JobId };
  /** Waits until a job has ended. @throws UserError not-found when it is none of this session's; what the job threw */
  'job.wait': { input: JobId; output: JobOutcome };
  /** Jobs that run or are paused: what a window that has just been opened missed of `job.progress`. */
  'job.list': { input: null; output: JobProgress[] };
  /** @throws UserError not-found, bad-input for a job that only goes through or is cancelled */
  'job.pause': { input: JobId; output: null };
  'job.resume': { input: JobId; output: null };
  'job.cancel': { input: JobId; output: null };
  'search.query': { input: SearchQuery; output: SearchResult };
  /**
   * Timeline of one file: how well each of its windows, in order of time, matches the words and the sound of a query;
   * filters are ignored. Empty when the query has neither. @throws UserError file-missing, bad-input
   */
  'search.windows': { input: { fileId: number; query: SearchQuery }; output: WindowRelevance[] };
  /**
   * All matches of files (200 at most): their parts that a search lists ("maybe" and better), in order of time; parts side by
   * side that go on for more than a minute are one. Files that are not there are left out; there are none when the query has
   * neither words nor a sound. @throws UserError bad-input
   */
  'search.matches': { input: { fileIds: number[]; query: SearchQuery }; output: FileMatches[] };
  /**
   * Where within the window of a result the match is: that window is embedded again, frame by frame. null when the
   * model has no frame embeddings, when no frame stands out, and for filters alone.
   * @throws UserError file-missing, bad-input, a FileErrorCode
   */
  'search.match': {
    input: { fileId: number; query: SearchQuery; startSeconds: number; endSeconds: number };
    output: RefinedMatch | null;
  };
  /** `raw`: as the encoder gives them, before L2 normalisation. */
  'embed.files': { input: { paths: string[]; raw: boolean }; output: EmbedResult };
  'embed.texts': { input: { texts: string[]; raw: boolean }; output: EmbedResult };
  'failure.list': { input: null; output: FailureRow[] };
  /** Forgets the failures, so that the next index job tries these files again. @returns how many. */
  'failure.retry': { input: null; output: number };
  /**
   * Zero-shot figures of the model on a data set. When it is cancelled its report says so; what was embedded is kept.
   * @throws UserError catalogue-busy while another evaluation runs
   */
  'eval.start': { input: EvalRequest; output: JobId };
  'status.get': { input: null; output: Status };
  'model.list': { input: null; output: ModelStatus[] };
  'doctor.run': { input: null; output: DoctorLine[] };
}

export interface Events
  extends FileEvents, LibraryEvents, SettingEvents, SoundEvents, StudioEvents, TagEvents, WriteEvents {
  'job.progress': JobProgress;
  /** Something a user should know now: the index was rebuilt, the encoder was restarted. One sentence. */
  'engine.notice': { message: string };
  'catalogue.changed': { fileIds: number[] };
}

export type CallName = keyof Calls;
export type EventName = keyof Events;
/** What each call answers with; docs/openapi.json has it as schemas. */
export type Answers = { [N in CallName]: Calls[N]['output'] };
export type Engine = { [N in CallName]: (input: Calls[N]['input']) => Promise<Calls[N]['output']> };
/** One parser per call: a call whose input nobody checks does not compile. */
export type Parsers = { [N in CallName]: Parser<Calls[N]['input']> };
/** @throws what the host turns into a sentence */
export interface Parser<T> {
  parse: (input: unknown) => T;
}
export type Reply<N extends CallName> = { ok: true; value: Calls[N]['output'] } | { ok: false; error: WireError };

/** All that a renderer or a command holds of the engine. */
export interface Client {
  call<N extends CallName>(name: N, input: Calls[N]['input']): Promise<Calls[N]['output']>;
  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
}

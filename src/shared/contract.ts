/** Everything a host can ask of the engine, and everything the engine pushes. Both ends are typed from these two maps. */
import type { FileCalls, FileEvents } from './calls/files.ts';
import type { LibraryCalls, LibraryEvents } from './calls/library.ts';
import type { MapCalls } from './calls/map.ts';
import type { ModelCalls, ModelEvents } from './calls/models.ts';
import type { SettingCalls, SettingEvents } from './calls/settings.ts';
import type { TagCalls, TagEvents } from './calls/tags.ts';
import type { VocabularyCalls } from './calls/vocabularies.ts';
import type { WriteCalls, WriteEvents } from './calls/write.ts';
import type { WireError } from './errors.ts';
import type { EvalProgress, EvalReport, EvalRequest } from './eval-report.ts';
import type {
  DoctorLine,
  EmbedResult,
  FailureRow,
  IndexSummary,
  JobId,
  JobProgress,
  ModelStatus,
  SearchQuery,
  SearchResult,
  Status,
  WindowRelevance,
} from './types.ts';

export interface Calls
  extends FileCalls, LibraryCalls, SettingCalls, ModelCalls, MapCalls, VocabularyCalls, TagCalls, WriteCalls {
  /**
   * Starts listening to folders (absolute paths; empty: all roots that are not paused). The job goes on after the reply.
   * `again` also reads the tags of files that look unchanged, makes sure that their sound is the same, and tries again
   * what failed.
   */
  'index.start': { input: { folders: string[]; again?: boolean }; output: JobId };
  /** Waits until a job has ended. @returns its summary. */
  'job.wait': { input: JobId; output: IndexSummary };
  /** Jobs that run or are paused: what a window that has just been opened missed of `job.progress`. */
  'job.list': { input: null; output: JobProgress[] };
  'job.pause': { input: JobId; output: null };
  'job.resume': { input: JobId; output: null };
  'job.cancel': { input: JobId; output: null };
  'search.query': { input: SearchQuery; output: SearchResult };
  /**
   * What is where in one file: each of its parts, in order of time, against the words and the sound of a query; filters
   * count for nothing here. Empty when the query has neither. @throws UserError file-missing, bad-input
   */
  'search.windows': { input: { fileId: number; query: SearchQuery }; output: WindowRelevance[] };
  /** `raw`: as the encoder gives them, before L2 normalisation. */
  'embed.files': { input: { paths: string[]; raw: boolean }; output: EmbedResult };
  'embed.texts': { input: { texts: string[]; raw: boolean }; output: EmbedResult };
  'failure.list': { input: null; output: FailureRow[] };
  /** Forgets the failures, so that the next index job tries these files again. @returns how many. */
  'failure.retry': { input: null; output: number };
  /** Zero-shot figures of the model on a data set. Answers when done or cancelled; what was embedded is kept. */
  'eval.run': { input: EvalRequest; output: EvalReport };
  'eval.cancel': { input: null; output: null };
  'status.get': { input: null; output: Status };
  'model.list': { input: null; output: ModelStatus[] };
  'doctor.run': { input: null; output: DoctorLine[] };
}

export interface Events extends FileEvents, LibraryEvents, ModelEvents, SettingEvents, TagEvents, WriteEvents {
  'job.progress': JobProgress;
  'eval.progress': EvalProgress;
  /** Something a user should know now: the index was rebuilt, the encoder was restarted. One sentence. */
  'engine.notice': { message: string };
  'catalogue.changed': { fileIds: number[] };
}

export type CallName = keyof Calls;
export type EventName = keyof Events;
export type Engine = { [N in CallName]: (input: Calls[N]['input']) => Promise<Calls[N]['output']> };
/** One parser per call: a call whose input nobody checks does not compile. */
export type Parsers = { [N in CallName]: (input: unknown) => Calls[N]['input'] };
export type Reply<N extends CallName> = { ok: true; value: Calls[N]['output'] } | { ok: false; error: WireError };

/** All that a renderer or a command holds of the engine. */
export interface Client {
  call<N extends CallName>(name: N, input: Calls[N]['input']): Promise<Calls[N]['output']>;
  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
}

/** The kinds of job there are: how far each is, and what it ends with, on the wire and in the engine. */
import { UserError } from './errors.ts';
import type { CutProgress, CutSummary } from './calls/cut.ts';
import type { CompareSummary } from './calls/duplicates.ts';
import type { MapSummary } from './calls/map.ts';
import type { DownloadProgress, ImportProgress } from './calls/models.ts';
import type { ScoreSummary } from './calls/tags.ts';
import type { SyncSummary, WorkSummary } from './calls/studio.ts';
import type { PlanSummary, WriteRun } from './calls/write.ts';
import type { Client } from './contract.ts';
import type { EvalProgress, EvalReport } from './eval-report.ts';
import type {
  IndexSummary,
  JobId,
  JobKind,
  JobStanding,
  LibraryJobFigures,
  LibraryJobKind,
  LibraryJobProgress,
  ModelStatus,
  SessionJobKind,
} from './types.ts';

/** A kind that is missing here does not compile. */
export interface JobSummaries extends Record<JobKind, unknown> {
  index: IndexSummary;
  map: MapSummary;
  tag: ScoreSummary;
  plan: PlanSummary;
  write: WriteRun;
  undo: WriteRun;
  rename: WriteRun;
  cut: CutSummary;
  sync: SyncSummary;
  work: WorkSummary;
  duplicates: CompareSummary;
  evaluation: EvalReport;
  /** The installed model; null when it was cancelled. */
  import: ModelStatus | null;
  /** The installed model; null when it was cancelled: what was fetched is kept. */
  download: ModelStatus | null;
}

/** The progress of a job, besides what every job reports. */
export interface JobFigures extends Record<LibraryJobKind, LibraryJobFigures> {
  cut: CutProgress;
  evaluation: EvalProgress;
  import: ImportProgress;
  download: DownloadProgress;
}

/** Told apart by its kind. */
export type JobProgress = LibraryJobProgress | JobProgressOf<SessionJobKind>;
export type JobProgressOf<K extends JobKind> = { [P in K]: JobStanding<P> & JobFigures[P] }[K];

/** Whether the catalogue keeps it. */
export function isLibraryJob(progress: JobProgress): progress is LibraryJobProgress {
  const others: Record<SessionJobKind, true> = { cut: true, evaluation: true, import: true, download: true };
  return !(progress.kind in others);
}

/** It runs, or is paused. */
export function isUnended({ state }: JobStanding<JobKind>): boolean {
  return state === 'running' || state === 'paused';
}

export interface JobOutcomeOf<K extends JobKind> {
  kind: K;
  summary: JobSummaries[K];
}
/** The end of a job, discriminated by its kind. */
export type JobOutcome = { [K in JobKind]: JobOutcomeOf<K> }[JobKind];

/** A kind with the summary that belongs to it, for code that does not know which kind it has. */
export function outcomeOf<K extends JobKind>(kind: K, summary: JobSummaries[K]): JobOutcome {
  return { kind, summary } as JobOutcome; // the pair is one of the union, which the compiler cannot infer for a K
}

/** @throws UserError not-found when the job was of none of these kinds */
export function summaryOf<K extends JobKind>(outcome: JobOutcome, ...kinds: [K, ...K[]]): JobSummaries[K] {
  if (isOf(outcome, kinds)) return outcome.summary;
  throw new UserError('not-found', `The job has the kind “${outcome.kind}”, not “${kinds.join('”, “')}”.`);
}

/**
 * Waits for the end of a job of one of these kinds.
 * @throws UserError not-found, and what the job threw
 */
export async function waitForJob<K extends JobKind>(
  client: Pick<Client, 'call'>,
  id: JobId,
  ...kinds: [K, ...K[]]
): Promise<JobSummaries[K]> {
  return summaryOf(await client.call('job.wait', id), ...kinds);
}

function isOf<K extends JobKind>(outcome: JobOutcome, kinds: readonly K[]): outcome is JobOutcome & JobOutcomeOf<K> {
  return kinds.some((kind) => kind === outcome.kind);
}

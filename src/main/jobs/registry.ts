/**
 * All jobs of a session, whatever they do. Each service has a lane, in which one job runs at a time; lanes run beside
 * each other. What needs the catalogue for itself takes the writer lock, and preempts what began by itself.
 */
import type { JobFigures, JobOutcome, JobProgress } from '../../shared/jobs.ts';
import type { JobId, JobKind, LibraryJobFigures, LibraryJobKind } from '../../shared/types.ts';
import { jobMissing } from '../../shared/refusals.ts';
import { endAll } from '../async/end-all.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import { acquireWriterLock, type LockedWork } from '../catalogue/writer-lock.ts';
import { JobRunner, type JobRecords, type JobRunnerOptions } from './runner.ts';

/** Jobs of these kinds, one at a time. */
export type Lane<K extends JobKind> = JobRunner<K, JobFigures[K]>;

/** Further hooks of the service that starts the jobs of a lane. */
export interface JobService {
  /** Somebody is to write: ends a job that began by itself, and lets none begin before the lock has been taken. */
  preempt?(): Promise<void>;
  /** Starts no more jobs, ends those of its lane and waits for that. Without it the lane alone is closed. */
  close?(): Promise<void>;
}

interface LaneOptions {
  /** The message for a call that wants to start a second job. */
  busy: string;
  service?: JobService;
}
interface SessionLaneOptions<K extends JobKind> extends LaneOptions {
  first: JobFigures[K];
  /** The message for a call that wants to pause a job. */
  unpausable: string;
}

const NOTHING_DONE: LibraryJobFigures = {
  ...{ stage: 'walking', done: 0, total: null, failed: 0, audioSeconds: 0 },
  ...{ realTimeFactor: null, etaSeconds: null, currentPath: null },
};

/** What can be done with a job whatever its kind. */
type AnyLane = Pick<JobRunner<never>, 'running' | 'has' | 'wait' | 'pause' | 'resume' | 'cancel' | 'close'>;

export type JobRegistryDeps = Pick<CatalogueAccess, 'dataFolder' | 'catalogue' | 'checkThere'>;

export class JobRegistry {
  readonly #deps: JobRegistryDeps;
  readonly #progress: (progress: JobProgress) => void;
  readonly #lanes: { service: JobService; runner: AnyLane }[] = [];
  #sessionJobs = 0;
  /** The catalogue gives out ids from 1 on. */
  readonly #sessionRecords: JobRecords = { start: () => -++this.#sessionJobs, setState: () => {} };

  /** @param progress called for all jobs, see {@link JobProgress} */
  constructor(deps: JobRegistryDeps, progress: (progress: JobProgress) => void) {
    this.#deps = deps;
    this.#progress = progress;
  }

  /** For jobs that the catalogue keeps. */
  lane<K extends LibraryJobKind>({ busy, service = {} }: LaneOptions): Lane<K> {
    const records = () => this.#deps.catalogue().jobs;
    return this.#add(service, { records, check: () => this.#deps.checkThere(), busy, first: NOTHING_DONE });
  }

  /** For jobs that nobody asks about after this session, and that run without a catalogue. */
  sessionLane<K extends Exclude<JobKind, LibraryJobKind>>(options: SessionLaneOptions<K>): Lane<K> {
    const { service = {}, ...rest } = options;
    return this.#add(service, { records: () => this.#sessionRecords, ...rest });
  }

  /** Jobs that run or are paused; asking makes no catalogue. */
  get running(): JobProgress[] {
    return this.#lanes.flatMap(({ runner }) => runner.running);
  }

  /** Waits for the end of a job. @throws UserError not-found, and what the job threw */
  async wait(id: JobId): Promise<JobOutcome> {
    return this.#laneOf(id).wait(id);
  }

  /** @throws UserError not-found, bad-input for a job that cannot be paused */
  pause(id: JobId): void {
    this.#laneOf(id).pause(id);
  }

  /** @throws UserError not-found */
  resume(id: JobId): void {
    this.#laneOf(id).resume(id);
  }

  /** Asks the job to stop; {@link wait} resolves when it has. @throws UserError not-found */
  cancel(id: JobId): void {
    this.#laneOf(id).cancel(id);
  }

  /** Resolves when nothing that began by itself holds the catalogue's lock, nor takes it up again at once. */
  async preempt(): Promise<void> {
    for (const { service } of this.#lanes) await service.preempt?.();
  }

  /**
   * Preempts, and takes the lock: what began by itself may hold it for hours.
   * @throws what preempting and {@link acquireWriterLock} throw
   */
  async preemptAndLock(options: { work?: LockedWork; patienceMs?: number } = {}): Promise<() => void> {
    await this.preempt();
    return acquireWriterLock(this.#deps.dataFolder, options);
  }

  /** Ends the services in the order of their lanes. */
  close(): Promise<void> {
    return endAll(
      this.#lanes.map(
        ({ service, runner }) =>
          () =>
            service.close ? service.close() : runner.close(),
      ),
    );
  }

  #add<K extends JobKind, F extends JobFigures[K]>(
    service: JobService,
    options: Omit<JobRunnerOptions<F>, 'send'>,
  ): JobRunner<K, F> {
    const runner = new JobRunner<K, F>({ ...options, send: this.#progress });
    this.#lanes.push({ service, runner });
    return runner;
  }

  #laneOf(id: JobId): AnyLane {
    const lane = this.#lanes.find(({ runner }) => runner.has(id));
    if (!lane) throw jobMissing(id);
    return lane.runner;
  }
}

/** Runs jobs one at a time: progress, pause, cancel. What a job does is a function; the runner knows nothing of audio. */
import {
  isUnended,
  outcomeOf,
  type JobFigures,
  type JobOutcome,
  type JobProgress,
  type JobSummaries,
} from '../../shared/jobs.ts';
import type { JobId, JobKind, JobState, LibraryJobFigures } from '../../shared/types.ts';
import { UserError } from '../../shared/errors.ts';
import { engineClosed, jobMissing } from '../../shared/refusals.ts';
import { classify } from '../catalogue/database-errors.ts';

/** Progress reaches listeners at most this often. */
const PROGRESS_INTERVAL_MS = 100;

/** A running job's access to its runner. `F`: the figures of its progress. */
export interface JobContext<F = LibraryJobFigures> {
  id: JobId;
  /** Aborted by cancel and by the engine's end. */
  signal: AbortSignal;
  /** Resolves at once, or when a paused job is resumed. Rejects when cancelled meanwhile, or when the job cannot continue. */
  whileNotPaused: () => Promise<void>;
  /** Merges into the job's progress; sent on at most 10 times a second, a new stage at once and the last state always. */
  report: (change: Partial<F>) => void;
  /** Time this run has worked, pauses left out, s. */
  elapsedSeconds: () => number;
}

/** Where job states are kept, so that the next start knows what was interrupted. */
export interface JobRecords {
  start(kind: JobKind, input: unknown): JobId;
  setState(id: JobId, state: JobState): void;
}

export interface JobRunnerOptions<F = LibraryJobFigures> {
  /** Asked for at each start: a catalogue is made when there is something to keep in it. */
  records: () => JobRecords;
  send: (progress: JobProgress) => void;
  /** Called before each step of a job; what it throws is what the job ends with. */
  check?: () => void;
  /** The message for a call that wants to start a second job. */
  busy: string;
  /** How far a job is before it has said so. */
  first: F;
  /** The message for a call that wants to pause a job that cannot be paused. */
  unpausable?: string;
}

export interface JobStartOptions<F> {
  /** Called when the job has ended, before anybody is told, and when it cannot begin. */
  release?: (() => void) | undefined;
  /** What is known of it from the start. */
  figures?: Partial<F>;
}

interface Running {
  records: JobRecords;
  controller: AbortController;
  progress: JobProgress;
  outcome: Promise<JobOutcome>;
  /** Reasons to wait; while there is one, the job is paused. */
  asked: boolean;
  heldBack: boolean;
  /** Somebody resumed it: it is held back no more. */
  insisted: boolean;
  resumed: PromiseWithResolvers<void> | null;
  workedMs: number;
  workingSinceMs: number | null;
  lastSentMs: number;
  timer: NodeJS.Timeout | null;
}

/** `K`: the kinds of job it runs; `F`: the figures of their progress. */
export class JobRunner<K extends JobKind, F extends JobFigures[JobKind] = LibraryJobFigures> {
  readonly #options: JobRunnerOptions<F>;
  readonly #jobs = new Map<JobId, Running>();
  #reserved = false;
  #closed = false;

  constructor(options: JobRunnerOptions<F>) {
    this.#options = options;
  }

  /** @throws UserError catalogue-busy while a job runs, or is about to; engine-closed */
  assertFree(): void {
    if (this.#closed) throw engineClosed();
    if (this.#reserved || this.active !== null) throw this.#busy();
  }

  /**
   * Nobody else can reserve while the work, which is to start a job, runs.
   * @throws UserError catalogue-busy, engine-closed, and what the work throws
   */
  async reserve<R>(work: () => Promise<R>): Promise<R> {
    this.assertFree();
    this.#reserved = true;
    try {
      return await work();
    } finally {
      this.#reserved = false;
    }
  }

  /** @throws UserError catalogue-busy while another job runs; engine-closed */
  start<P extends K>(
    kind: P,
    input: unknown,
    work: (context: JobContext<F>) => Promise<JobSummaries[P]>,
    { release = () => {}, figures = {} }: JobStartOptions<F> = {},
  ): JobId {
    try {
      if (this.#closed) throw engineClosed();
      if (this.active !== null) throw this.#busy();
      const releasing = async (context: JobContext<F>) => {
        try {
          return await work(context);
        } finally {
          release();
        }
      };
      return this.#start(kind, input, releasing, figures);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Whether it is a job of this runner. */
  has(id: JobId): boolean {
    return this.#jobs.has(id);
  }

  #start<P extends K>(
    kind: P,
    input: unknown,
    work: (context: JobContext<F>) => Promise<JobSummaries[P]>,
    figures: Partial<F>,
  ): JobId {
    const records = this.#options.records();
    const id = records.start(kind, input);
    const outcome = Promise.withResolvers<JobOutcome>();
    const job: Running = {
      records,
      controller: new AbortController(),
      // Kind and figures belong together, which the compiler cannot infer for a P.
      progress: { id, kind, state: 'running', elapsedSeconds: 0, ...this.#options.first, ...figures } as JobProgress,
      outcome: outcome.promise,
      asked: false,
      heldBack: false,
      insisted: false,
      resumed: null,
      workedMs: 0,
      workingSinceMs: performance.now(),
      lastSentMs: 0,
      timer: null,
    };
    this.#jobs.set(id, job);
    job.outcome.catch(() => {}); // callers that wait get it; nobody has to
    outcome.resolve(this.#run(job, work).then((summary) => outcomeOf(kind, summary)));
    return id;
  }

  /** Waits for the end of a job. @throws UserError not-found when there is none; what the job threw */
  async wait(id: JobId): Promise<JobOutcome> {
    return this.#job(id).outcome;
  }

  /** @throws UserError not-found, bad-input where its jobs cannot be paused */
  pause(id: JobId): void {
    const job = this.#job(id);
    if (this.#options.unpausable !== undefined) throw new UserError('bad-input', this.#options.unpausable);
    job.asked = true;
    this.#pauseOrGoOn(job);
  }

  /** Also ends what {@link holdBack} began, for good: an explicit resume has precedence. */
  resume(id: JobId): void {
    const job = this.#job(id);
    if (job.progress.state !== 'paused') return;
    job.insisted = true;
    job.asked = false;
    job.heldBack = false;
    this.#pauseOrGoOn(job);
  }

  /** Pauses a job while somebody uses the machine; a pause that was asked for stays when this one ends. */
  holdBack(id: JobId, held: boolean): void {
    const job = this.#job(id);
    job.heldBack = held && !job.insisted;
    this.#pauseOrGoOn(job);
  }

  /** The job that has begun and not ended; null when there is none. */
  get active(): JobId | null {
    for (const [id, { progress }] of this.#jobs) if (isUnended(progress)) return id;
    return null;
  }

  /** As they stand now; jobs that have ended are not among them. */
  get running(): JobProgress[] {
    return [...this.#jobs.values()]
      .filter(({ progress }) => isUnended(progress))
      .map((job) => ({ ...job.progress, elapsedSeconds: this.#elapsedMs(job) / 1000 }));
  }

  /** Asks the job to stop; {@link wait} resolves when it has. */
  cancel(id: JobId): void {
    const job = this.#job(id);
    job.controller.abort(new DOMException('cancelled by the user', 'AbortError'));
    job.resumed?.resolve();
    job.resumed = null;
  }

  /** Cancels everything, also what is about to start, and waits for it. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const id of this.#jobs.keys()) this.cancel(id);
    await Promise.allSettled([...this.#jobs.values()].map((job) => job.outcome));
  }

  #pauseOrGoOn(job: Running): void {
    const { state, pausedFor } = job.progress;
    if (!isUnended(job.progress)) return;
    const reason = job.asked ? 'user' : job.heldBack ? 'activity' : undefined;
    if (reason === pausedFor) return;
    if (reason === undefined) delete job.progress.pausedFor;
    else job.progress.pausedFor = reason;
    if (reason !== undefined && state === 'running') {
      job.resumed = Promise.withResolvers();
      job.workedMs += performance.now() - job.workingSinceMs!;
      job.workingSinceMs = null;
    }
    if (reason === undefined) job.workingSinceMs = performance.now();
    this.#setState(job, reason === undefined ? 'running' : 'paused');
    if (reason !== undefined) return;
    job.resumed?.resolve();
    job.resumed = null;
  }

  async #run<R>(job: Running, work: (context: JobContext<F>) => Promise<R>): Promise<R> {
    const { signal } = job.controller;
    const context: JobContext<F> = {
      id: job.progress.id,
      signal,
      whileNotPaused: async () => {
        while (job.resumed) await job.resumed.promise;
        signal.throwIfAborted();
        this.#options.check?.();
      },
      report: (change) => {
        const { stage } = job.progress;
        Object.assign(job.progress, change);
        if (job.progress.stage === stage) this.#sendSoon(job);
        else this.#sendNow(job);
      },
      elapsedSeconds: () => this.#elapsedMs(job) / 1000,
    };
    try {
      const result = await work(context);
      this.#setState(job, signal.aborted ? 'cancelled' : 'done');
      return result;
    } catch (error) {
      this.#setState(job, signal.aborted ? 'cancelled' : 'failed');
      throw error;
    }
  }

  #setState(job: Running, state: JobState): void {
    if (state !== 'paused') delete job.progress.pausedFor;
    job.progress.state = state;
    try {
      job.records.setState(job.progress.id, state);
    } catch (error) {
      // The disk is full, or gone. The record is for the next start, which takes the job for an interrupted one; that
      // this one is told how it ended does not hang on it.
      if (!classify(error)) throw error;
    }
    this.#sendNow(job);
  }

  #sendSoon(job: Running): void {
    if (job.timer) return;
    const wait = job.lastSentMs + PROGRESS_INTERVAL_MS - performance.now();
    if (wait <= 0) this.#sendNow(job);
    else {
      job.timer = setTimeout(() => this.#sendNow(job), wait);
      job.timer.unref();
    }
  }

  #sendNow(job: Running): void {
    if (job.timer) clearTimeout(job.timer);
    job.timer = null;
    job.lastSentMs = performance.now();
    job.progress.elapsedSeconds = this.#elapsedMs(job) / 1000;
    this.#options.send({ ...job.progress });
  }

  #elapsedMs(job: Running): number {
    return job.workedMs + (job.workingSinceMs === null ? 0 : performance.now() - job.workingSinceMs);
  }

  #job(id: JobId): Running {
    const job = this.#jobs.get(id);
    if (!job) throw jobMissing(id);
    return job;
  }

  #busy(): UserError {
    return new UserError('catalogue-busy', this.#options.busy);
  }
}

/** Runs jobs one at a time: progress, pause, cancel. What a job does is a function; the runner knows nothing of audio. */
import type { JobId, JobKind, JobProgress, JobState } from '../../shared/types.ts';
import { UserError } from '../../shared/errors.ts';
import { classify } from '../catalogue/database-errors.ts';

/** Progress reaches listeners at most this often. */
const PROGRESS_INTERVAL_MS = 100;

/** What a running job holds of its runner. */
export interface JobContext {
  id: JobId;
  /** Aborted by cancel and by the engine's end. */
  signal: AbortSignal;
  /** Resolves at once, or when a paused job is resumed. Rejects when cancelled meanwhile, or when there is no going on. */
  whileNotPaused: () => Promise<void>;
  /** Merges into the job's progress; sent on at most 10 times a second, the last state always. */
  report: (change: Partial<Omit<JobProgress, 'id' | 'kind' | 'state' | 'elapsedSeconds'>>) => void;
  /** Time this run has worked, pauses left out, s. */
  elapsedSeconds: () => number;
}

/** Where job states are kept, so that the next start knows what was interrupted. */
export interface JobRecords {
  start(kind: JobKind, input: unknown): JobId;
  setState(id: JobId, state: JobState): void;
}

export function alreadyIndexing(): UserError {
  return new UserError('catalogue-busy', 'Earmark is already indexing. Wait for it to finish, or cancel it first.');
}

interface Running<T> {
  controller: AbortController;
  progress: JobProgress;
  outcome: Promise<T>;
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

export class JobRunner<T> {
  readonly #records: JobRecords;
  readonly #send: (progress: JobProgress) => void;
  readonly #check: () => void;
  readonly #jobs = new Map<JobId, Running<T>>();

  /** @param check before each step of a job; what it throws is what the job ends with */
  constructor(records: JobRecords, send: (progress: JobProgress) => void, check: () => void = () => {}) {
    this.#records = records;
    this.#send = send;
    this.#check = check;
  }

  /** @throws UserError catalogue-busy while another job runs */
  start(kind: JobKind, input: unknown, work: (context: JobContext) => Promise<T>): JobId {
    if (this.active !== null) throw alreadyIndexing();
    const id = this.#records.start(kind, input);
    const job: Running<T> = {
      controller: new AbortController(),
      progress: {
        id, kind, state: 'running', stage: 'walking', done: 0, total: null, failed: 0,
        audioSeconds: 0, elapsedSeconds: 0, realTimeFactor: null, etaSeconds: null, currentPath: null,
      }, // prettier-ignore
      outcome: Promise.resolve() as never,
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
    job.outcome = this.#run(job, work);
    job.outcome.catch(() => {}); // whoever waits sees it; nobody has to
    return id;
  }

  /** @throws what the job threw */
  wait(id: JobId): Promise<T> {
    return this.#job(id).outcome;
  }

  pause(id: JobId): void {
    const job = this.#job(id);
    job.asked = true;
    this.#pauseOrGoOn(job);
  }

  /** Also ends what {@link holdBack} began, for good: who says "go on" means it. */
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
    for (const [id, { progress }] of this.#jobs) {
      if (progress.state === 'running' || progress.state === 'paused') return id;
    }
    return null;
  }

  /** As they stand now; jobs that have ended are not among them. */
  get running(): JobProgress[] {
    return [...this.#jobs.values()]
      .filter(({ progress: { state } }) => state === 'running' || state === 'paused')
      .map((job) => ({ ...job.progress, elapsedSeconds: this.#elapsedMs(job) / 1000 }));
  }

  /** Asks the job to stop; {@link wait} tells when it has. */
  cancel(id: JobId): void {
    const job = this.#job(id);
    job.controller.abort(new DOMException('cancelled by the user', 'AbortError'));
    job.resumed?.resolve();
    job.resumed = null;
  }

  /** Cancels everything and waits for it. */
  async close(): Promise<void> {
    for (const id of this.#jobs.keys()) this.cancel(id);
    await Promise.allSettled([...this.#jobs.values()].map((job) => job.outcome));
  }

  #pauseOrGoOn(job: Running<T>): void {
    const { state, pausedFor } = job.progress;
    if (state !== 'running' && state !== 'paused') return;
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

  async #run(job: Running<T>, work: (context: JobContext) => Promise<T>): Promise<T> {
    const { signal } = job.controller;
    const context: JobContext = {
      id: job.progress.id,
      signal,
      whileNotPaused: async () => {
        while (job.resumed) await job.resumed.promise;
        signal.throwIfAborted();
        this.#check();
      },
      report: (change) => {
        Object.assign(job.progress, change);
        this.#sendSoon(job);
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

  #setState(job: Running<T>, state: JobState): void {
    if (state !== 'paused') delete job.progress.pausedFor;
    job.progress.state = state;
    try {
      this.#records.setState(job.progress.id, state);
    } catch (error) {
      // The disk is full, or gone. The record is for the next start, which takes the job for an interrupted one; that
      // this one is told how it ended does not hang on it.
      if (!classify(error)) throw error;
    }
    this.#sendNow(job);
  }

  #sendSoon(job: Running<T>): void {
    if (job.timer) return;
    const wait = job.lastSentMs + PROGRESS_INTERVAL_MS - performance.now();
    if (wait <= 0) this.#sendNow(job);
    else {
      job.timer = setTimeout(() => this.#sendNow(job), wait);
      job.timer.unref();
    }
  }

  #sendNow(job: Running<T>): void {
    if (job.timer) clearTimeout(job.timer);
    job.timer = null;
    job.lastSentMs = performance.now();
    job.progress.elapsedSeconds = this.#elapsedMs(job) / 1000;
    this.#send({ ...job.progress });
  }

  #elapsedMs(job: Running<T>): number {
    return job.workedMs + (job.workingSinceMs === null ? 0 : performance.now() - job.workingSinceMs);
  }

  #job(id: JobId): Running<T> {
    const job = this.#jobs.get(id);
    if (!job) throw new UserError('not-found', `There is no job ${id} in this session.`);
    return job;
  }
}

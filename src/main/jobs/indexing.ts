/**
 * Index jobs: those that somebody starts, and those that begin by themselves because something changed, or because the
 * library moves to another model. One runs at a time; what begins by itself waits for what was asked for, and makes
 * room for it. The model in use hears what is new first, the next one after that.
 */
import { toWire, UserError } from '../../shared/errors.ts';
import type { IndexSummary, JobId, JobProgress } from '../../shared/types.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { acquireWriterLock } from '../catalogue/writer-lock.ts';
import type { Listening, Parts } from '../parts.ts';
import { RETRYABLE_CODES } from '../scan/retry.ts';
import { resolveScopes, type ScanScope } from '../scan/roots.ts';
import { readSettings } from '../settings.ts';
import { IdleGate } from './idle-gate.ts';
import { runIndexJob, type IndexJobParts } from './index-job.ts';
import { alreadyIndexing, JobRunner } from './runner.ts';

/** Roots whose changes settle at about the same time go into one job. */
const JOIN_MS = 200;
/** Another program is indexing: asked again after this long, ms. */
const BUSY_RETRY_MS = 10_000;
/** Whoever asked for room has taken the lock within this time. */
const ROOM_MS = 2000;

export interface IndexingListeners {
  progress: (progress: JobProgress) => void;
  /** Files that have been listened to. */
  changed: (fileIds: number[]) => void;
  /** A job over these roots has begun (roots may have come and gone by that), or has ended. */
  rootsTouched: (rootIds: number[]) => void;
  /**
   * A job that listened with the next model has ended: is there anything left for it?
   * @param hopeless sounds that it could not listen to and never will, as they are
   */
  moveEnded: (hopeless: number) => Promise<void>;
}

/** Which model listens. */
type Listener = 'model in use' | 'next model';

export class Indexing {
  readonly #parts: Parts;
  readonly #listeners: IndexingListeners;
  readonly #gate: IdleGate | null;
  #runner: JobRunner<IndexSummary> | null = null;
  /** Roots that wait for a job that begins by itself. */
  readonly #waiting = new Set<number>();
  /** The next model has something to listen to, as soon as no other job runs. */
  #moveWaits = false;
  #moveJob: JobId | null = null;
  /** The job that began by itself, and its roots; none of the move to another model. */
  #automatic: { id: JobId; rootIds: number[] } | null = null;
  #moveSettled: Promise<void> = Promise.resolve();
  #starting: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  /** Nothing begins by itself before; of performance.now(). */
  #roomUntilMs = -Infinity;

  constructor(parts: Parts, listeners: IndexingListeners) {
    this.#parts = parts;
    this.#listeners = listeners;
    const { idle, load } = parts.options;
    this.#gate =
      idle && load === 'background'
        ? new IdleGate({
            idle,
            wanted: () => readSettings(parts.existingCatalogue()).onlyWhenIdle,
            holdBack: (id, held) => this.jobs.holdBack(id, held),
            notice: (message) => parts.notice(message),
          })
        : null;
  }

  /** Wait, pause, resume, cancel. */
  get jobs(): JobRunner<IndexSummary> {
    this.#runner ??= new JobRunner(this.#parts.catalogue().jobs, this.#listeners.progress, () =>
      this.#parts.checkThere(),
    );
    return this.#runner;
  }

  /** Jobs that run or are paused; asking makes no catalogue. */
  get running(): JobProgress[] {
    return this.#runner?.running ?? [];
  }

  /**
   * Somebody asks for it. A job that began by itself is put off.
   * @param folders absolute; empty: all roots that are not paused
   * @param again also looks into files that seem unchanged, and tries again what failed
   * @throws UserError bad-input, not-found, no-permission, catalogue-busy, model-missing, model-damaged
   */
  start(folders: string[], again = false): Promise<JobId> {
    return this.#inTurn(async () => {
      await this.#putOff();
      if (this.#runner && this.#runner.active !== null) throw alreadyIndexing();
      const { id } = await this.#begin(
        'model in use',
        async ({ roots }) => {
          const scopes = await resolveScopes(folders, roots);
          if (scopes.length > 0) return scopes;
          throw new UserError(
            'bad-input',
            roots.list().length > 0
              ? 'All folders are paused. Take the pause off one of them, or name a folder to listen to.'
              : 'No folders are known yet. Name a folder to listen to.',
          );
        },
        again,
      );
      return id;
    });
  }

  /** These roots are to be looked through in the background, as soon as no other job runs. */
  request(rootIds: Iterable<number>): void {
    for (const rootId of rootIds) this.#waiting.add(rootId);
    this.#nextAfter(JOIN_MS);
  }

  /** The next model is to listen in the background, as soon as no other job runs. */
  requestMove(): void {
    this.#moveWaits = true;
    this.#nextAfter(JOIN_MS);
  }

  /**
   * Somebody asks for it now.
   * @returns null when the library does not move to another model, or no folder is in use
   * @throws UserError catalogue-busy, model-missing, model-damaged
   */
  startMove(): Promise<JobId | null> {
    return this.#inTurn(async () => {
      await this.#putOff();
      if (this.#runner && this.#runner.active !== null) throw alreadyIndexing();
      const id = await this.#beginMove();
      // It may take hours: in the app it makes room like one that began by itself, and goes on like one.
      if (id !== null && this.#parts.options.load === 'background') this.#automatic = { id, rootIds: [] };
      return id;
    });
  }

  /** Ends the job that listens with the next model; none begins by itself. */
  async stopMove(): Promise<void> {
    await this.#inTurn(async () => {
      this.#moveWaits = false;
      if (this.#moveJob !== null) await this.#end(this.#moveJob);
    });
  }

  /** Somebody wants to write: a job that began by itself ends, and begins again after that. */
  async makeRoom(): Promise<void> {
    await this.#inTurn(async () => {
      this.#roomUntilMs = performance.now() + ROOM_MS;
      await this.#putOff();
    });
  }

  /** Whether a job that listens with the next model runs or waits for its turn. */
  get moving(): boolean {
    return this.#moveWaits || this.#moveJob !== null;
  }

  /** The job in which the next model is listening, and how many sounds it has dealt with; null when none does. */
  get moveProgress(): { id: JobId; done: number } | null {
    const job = this.running.find(({ id }) => id === this.#moveJob);
    return job?.stage === 'listening' ? { id: job.id, done: job.done } : null;
  }

  /** Resolves when it is clear whether the last job with the next model was the last there had to be. */
  get moveSettled(): Promise<void> {
    return this.#moveSettled;
  }

  /** Ends the job that runs, whoever started it, and waits for its end. */
  async stop(): Promise<void> {
    await this.#inTurn(async () => {
      this.#waiting.clear();
      this.#moveWaits = false;
      const active = this.#runner?.active ?? null;
      if (active !== null) await this.#end(active);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#waiting.clear();
    this.#moveWaits = false;
    await this.#starting;
    await this.#runner?.close();
    await this.#moveSettled;
  }

  #next(): void {
    this.#inTurn(async () => {
      const free = () => !this.#closed && this.#runner?.active == null;
      const roomMs = this.#roomUntilMs - performance.now();
      if (roomMs > 0) {
        this.#nextAfter(roomMs);
        return;
      }
      if (this.#waiting.size > 0 && free()) await this.#beginWaiting();
      if (this.#moveWaits && this.#waiting.size === 0 && free()) await this.#beginWaitingMove();
    }).catch((error: unknown) => this.#tell(error));
  }

  async #beginWaiting(): Promise<void> {
    const rootIds = [...this.#waiting];
    this.#waiting.clear();
    try {
      const { id, scopes } = await this.#begin('model in use', ({ roots }) =>
        Promise.resolve(scopesOf(rootIds, roots)),
      );
      if (id === 0) return;
      this.#automatic = { id, rootIds: scopes.map(({ root }) => root.id) };
      this.jobs.wait(id).catch((error: unknown) => this.#tell(error));
    } catch (error) {
      if (isBusy(error)) {
        for (const rootId of rootIds) this.#waiting.add(rootId);
        this.#nextAfter(BUSY_RETRY_MS);
      } else this.#tell(error);
    }
  }

  async #beginWaitingMove(): Promise<void> {
    try {
      const id = await this.#beginMove();
      if (id === null) return;
      this.#automatic = { id, rootIds: [] };
      this.jobs.wait(id).catch((error: unknown) => this.#tell(error));
    } catch (error) {
      if (isBusy(error)) {
        this.#moveWaits = true;
        this.#nextAfter(BUSY_RETRY_MS);
      } else this.#tell(error);
    }
  }

  async #beginMove(): Promise<JobId | null> {
    this.#moveWaits = false;
    if (this.#parts.nextModel === null) return null;
    const { id } = await this.#begin('next model', ({ roots }) => {
      const walked = roots.list().filter(({ scannedMs, paused }) => scannedMs !== null && !paused);
      return Promise.resolve(walked.map((root) => ({ root, below: '' })));
    });
    if (id === 0) return null;
    this.#moveJob = id;
    return id;
  }

  /** @returns id 0 when there is nothing to walk */
  async #begin(
    listener: Listener,
    findScopes: (catalogue: Catalogue) => Promise<ScanScope[]>,
    again = false,
  ): Promise<{ id: JobId; scopes: ScanScope[] }> {
    const parts = this.#parts;
    const release = await acquireWriterLock(parts.options.dataFolder);
    try {
      const catalogue = parts.catalogue();
      catalogue.jobs.markInterrupted();
      const scopes = await findScopes(catalogue);
      if (scopes.length === 0) {
        release();
        return { id: 0, scopes };
      }
      await parts.takeUpLoad();
      if (listener === 'model in use') {
        for (const { root, below } of scopes) if (below === '') this.#waiting.delete(root.id);
      }
      const id = await this.#startJob(listener, catalogue, scopes, release, again);
      const rootIds = [...new Set(scopes.map(({ root }) => root.id))];
      const endGate = this.#gate?.begin(id);
      const ended = (summary: IndexSummary | null) => {
        endGate?.();
        if (this.#automatic?.id === id) this.#automatic = null;
        this.#listeners.rootsTouched(rootIds);
        const whole = summary !== null && !summary.cancelled;
        if (listener === 'next model') this.#moveHasEnded(whole ? summary : null);
        else if (whole && parts.nextModel !== null && parts.options.load === 'background') this.#moveWaits = true;
        this.#next();
      };
      this.jobs
        .wait(id)
        .then(ended, () => ended(null))
        .catch((error: unknown) => this.#tell(error));
      this.#listeners.rootsTouched(rootIds);
      return { id, scopes };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Answers when the job runs; what it listens with is held until it has ended. */
  #startJob(
    listener: Listener,
    catalogue: Catalogue,
    scopes: ScanScope[],
    release: () => void,
    again: boolean,
  ): Promise<JobId> {
    const parts = this.#parts;
    const isNext = listener === 'next model';
    return new Promise((resolve, reject) => {
      const listen = async ({ model, pool, supervisor, target }: Listening) => {
        const { id: packId } = await model.pack();
        const jobParts: IndexJobParts = {
          ...{ catalogue, pool, supervisor, target, spaceId: await model.spaceId(), openIndex: () => model.index() },
          // What searching answers with does not change while the next model listens.
          onChanged: isNext ? () => {} : this.#listeners.changed,
          nextModel: isNext ? packId : null,
          again,
        };
        const folders = scopes.map(({ root }) => root.path);
        const id = this.jobs.start('index', { folders }, async (context) => {
          try {
            return await runIndexJob(context, scopes, jobParts);
          } finally {
            release();
          }
        });
        resolve(id);
        await this.jobs.wait(id).catch(() => {}); // told by the job itself
      };
      (isNext ? parts.listeningWithNext(listen) : parts.listening(listen)).catch(reject);
    });
  }

  /** @param summary null when it did not get to its end */
  #moveHasEnded(summary: IndexSummary | null): void {
    this.#moveJob = null;
    if (summary === null) return;
    const hopeless = summary.failed.filter(({ code }) => RETRYABLE_CODES.get(code) !== Infinity).length;
    const settled = this.#inTurn(() => this.#listeners.moveEnded(hopeless));
    this.#moveSettled = settled.catch((error: unknown) => this.#tell(error));
  }

  async #end(id: JobId): Promise<void> {
    this.jobs.cancel(id);
    await this.jobs.wait(id).catch(() => {}); // whoever waits for the job hears how it ended
  }

  /** A job that began by itself ends; its roots wait again. */
  async #putOff(): Promise<void> {
    if (!this.#automatic) return;
    const { id, rootIds } = this.#automatic;
    for (const rootId of rootIds) this.#waiting.add(rootId);
    if (id === this.#moveJob) this.#moveWaits = true;
    await this.#end(id);
  }

  #nextAfter(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#next();
    }, ms);
    this.#timer.unref();
  }

  #tell(error: unknown): void {
    if (!this.#closed) this.#parts.notice(toWire(error).userMessage);
  }

  /** Starts follow one another: each sees what the one before it left. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#starting.then(work);
    this.#starting = mine.catch(() => {}); // its caller hears of it
    return mine;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof UserError && error.code === 'catalogue-busy';
}

/** Those that are in use and not paused now. */
function scopesOf(rootIds: readonly number[], roots: Catalogue['roots']): ScanScope[] {
  return rootIds.flatMap((rootId) => {
    const root = roots.byId(rootId);
    return root && root.removedMs === null && !root.paused ? [{ root, below: '' }] : [];
  });
}

/**
 * Index jobs: those that somebody starts, and those that begin by themselves because something changed, or because the
 * library moves to another model. One runs at a time; what begins by itself waits for what was asked for, and is
 * preempted by it. The model in use analyses new files first, the next one after that.
 */
import { Turns } from '../async/turns.ts';
import type { CatalogueAccess, LoadKind } from '../catalogue/access.ts';
import type { EncodersInUse } from '../embed/encoders-in-use.ts';
import type { VectorIndex } from '../index/vector-index.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import { toWire, UserError } from '../../shared/errors.ts';
import type { IndexSummary, JobId } from '../../shared/types.ts';
import { summaryOf } from '../../shared/jobs.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { acquireWriterLock } from '../catalogue/writer-lock.ts';
import { RETRYABLE_CODES } from '../scan/retry.ts';
import { resolveScopes, type ScanScope } from '../scan/roots.ts';
import { readSettings } from '../catalogue/setting-values.ts';
import { IdleGate } from './idle-gate.ts';
import { runIndexJob, type IndexJobDeps } from './index-job.ts';
import type { JobRegistry, Lane } from '../jobs/registry.ts';

/** Roots whose changes settle at about the same time go into one job. */
const JOIN_MS = 200;
/** Another program is indexing: asked again after this long, ms. */
const BUSY_RETRY_MS = 10_000;
/** A call that preempted a job has taken the lock within this time. */
const PREEMPTED_MS = 2000;

export interface IndexingListeners {
  /** Files that have been analysed. */
  changed: (fileIds: number[]) => void;
  /** A job over these roots has begun (roots may have come and gone by that), or has ended. */
  rootsTouched: (rootIds: number[]) => void;
  /** See {@link IndexJobDeps.takeOver}. */
  takeOver: IndexJobDeps['takeOver'];
  /**
   * A job that analysed with the next model has ended: is there anything left for it?
   * @param unprocessable files that could not be analysed and never will be, as they are
   */
  moveEnded: (unprocessable: number) => Promise<void>;
}

/** Which model analyses. */
type Listener = 'model in use' | 'next model';

/** The model's part of what a job works with. */
interface IndexingModel extends Pick<ModelAccess, 'pack' | 'spaceId'> {
  index(): Promise<VectorIndex>;
}
type IndexingEncoders = EncodersInUse<IndexingModel>;

export interface IndexingDeps extends CatalogueAccess, Pick<ModelAccess, 'nextModel'> {
  readonly load: LoadKind;
  readonly idle?: (() => Promise<number>) | undefined;
  withEncoders<T>(work: (encoders: IndexingEncoders) => Promise<T>): Promise<T>;
  withNextEncoders<T>(work: (encoders: IndexingEncoders) => Promise<T>): Promise<T>;
  /** What the settings say of cores and priority holds for what begins now. */
  takeUpLoad(): Promise<void>;
}

export class Indexing {
  readonly #deps: IndexingDeps;
  readonly #listeners: IndexingListeners;
  readonly #gate: IdleGate | null;
  readonly #lane: Lane<'index'>;
  /** Roots that wait for a job that begins by itself. */
  readonly #waiting = new Set<number>();
  /** The next model has files to analyse, as soon as no other job runs. */
  #moveWaits = false;
  #moveJob: JobId | null = null;
  /** The job that began by itself, and its roots; none of the move to another model. */
  #automatic: { id: JobId; rootIds: number[] } | null = null;
  #moveSettled: Promise<void> = Promise.resolve();
  readonly #starts = new Turns();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  /** Nothing begins by itself before; of performance.now(). */
  #preemptedUntilMs = -Infinity;

  constructor(deps: IndexingDeps, jobs: JobRegistry, listeners: IndexingListeners) {
    this.#deps = deps;
    this.#listeners = listeners;
    this.#lane = jobs.lane({
      busy: 'Earmark is already indexing. Wait for it to finish, or cancel it first.',
      service: this,
    });
    const { idle, load } = deps;
    this.#gate =
      idle && load === 'background'
        ? new IdleGate({
            idle,
            wanted: () => readSettings(deps.existingCatalogue()).onlyWhenIdle,
            holdBack: (id, held) => this.#lane.holdBack(id, held),
            notice: (message) => deps.notice(message),
          })
        : null;
  }

  /**
   * Somebody asks for it. A job that began by itself is put off.
   * @param folders absolute; empty: all roots that are not paused
   * @param again also looks into files that seem unchanged, and tries again what failed
   * @throws UserError bad-input, not-found, no-permission, catalogue-busy, model-missing, model-damaged
   */
  start(folders: string[], again = false): Promise<JobId> {
    return this.#starts.take(async () => {
      await this.#putOff();
      this.#lane.assertFree();
      const { id } = await this.#begin(
        'model in use',
        async ({ roots }) => {
          const scopes = await resolveScopes(folders, roots);
          if (scopes.length > 0) return scopes;
          throw new UserError(
            'bad-input',
            roots.list().length > 0
              ? 'All folders are paused. Resume one of them, or specify a folder to index.'
              : 'The library has no folders yet. Specify a folder to index.',
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

  /** The next model is to analyse in the background, as soon as no other job runs. */
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
    return this.#starts.take(async () => {
      await this.#putOff();
      this.#lane.assertFree();
      const id = await this.#beginMove();
      // It may take hours: in the app it is preempted like one that began by itself, and continues like one.
      if (id !== null && this.#deps.load === 'background') this.#automatic = { id, rootIds: [] };
      return id;
    });
  }

  /** Ends the job that analyses with the next model; none begins by itself. */
  async stopMove(): Promise<void> {
    await this.#starts.take(async () => {
      this.#moveWaits = false;
      if (this.#moveJob !== null) await this.#end(this.#moveJob);
    });
  }

  /** Somebody wants to write: a job that began by itself ends, and begins again after that. */
  async preempt(): Promise<void> {
    await this.#starts.take(async () => {
      this.#preemptedUntilMs = performance.now() + PREEMPTED_MS;
      await this.#putOff();
    });
  }

  /** Whether a job that analyses with the next model runs or waits for its turn. */
  get moving(): boolean {
    return this.#moveWaits || this.#moveJob !== null;
  }

  /** The job in which the next model analyses files, and how many it has dealt with; null when none does. */
  get moveProgress(): { id: JobId; done: number } | null {
    const job = this.#lane.running.find(({ id }) => id === this.#moveJob);
    return job?.stage === 'analysing' ? { id: job.id, done: job.done } : null;
  }

  /** Resolves when it is clear whether the last job with the next model was the last there had to be. */
  get moveSettled(): Promise<void> {
    return this.#moveSettled;
  }

  /** Ends the job that runs, whoever started it, and waits for its end. */
  async stop(): Promise<void> {
    await this.#starts.take(async () => {
      this.#waiting.clear();
      this.#moveWaits = false;
      const { active } = this.#lane;
      if (active !== null) await this.#end(active);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#waiting.clear();
    this.#moveWaits = false;
    await this.#starts.ended();
    await this.#lane.close();
    await this.#moveSettled;
  }

  #next(): void {
    this.#starts
      .take(async () => {
        const free = () => !this.#closed && this.#lane.active === null;
        const waitMs = this.#preemptedUntilMs - performance.now();
        if (waitMs > 0) {
          this.#nextAfter(waitMs);
          return;
        }
        if (this.#waiting.size > 0 && free()) await this.#beginWaiting();
        if (this.#moveWaits && this.#waiting.size === 0 && free()) await this.#beginWaitingMove();
      })
      .catch((error: unknown) => this.#tell(error));
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
      this.#lane.wait(id).catch((error: unknown) => this.#tell(error));
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
      this.#lane.wait(id).catch((error: unknown) => this.#tell(error));
    } catch (error) {
      if (isBusy(error)) {
        this.#moveWaits = true;
        this.#nextAfter(BUSY_RETRY_MS);
      } else this.#tell(error);
    }
  }

  async #beginMove(): Promise<JobId | null> {
    this.#moveWaits = false;
    if (this.#deps.nextModel === null) return null;
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
    const deps = this.#deps;
    const release = await acquireWriterLock(deps.dataFolder);
    try {
      const catalogue = deps.catalogue();
      catalogue.jobs.markInterrupted();
      const scopes = await findScopes(catalogue);
      if (scopes.length === 0) {
        release();
        return { id: 0, scopes };
      }
      await deps.takeUpLoad();
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
        else if (whole && deps.nextModel !== null && deps.load === 'background') this.#moveWaits = true;
        this.#next();
      };
      this.#lane
        .wait(id)
        .then(
          (outcome) => ended(summaryOf(outcome, 'index')),
          () => ended(null),
        )
        .catch((error: unknown) => this.#tell(error));
      this.#listeners.rootsTouched(rootIds);
      return { id, scopes };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Answers when the job runs; the model it uses is held until it has ended. */
  #startJob(
    listener: Listener,
    catalogue: Catalogue,
    scopes: ScanScope[],
    release: () => void,
    again: boolean,
  ): Promise<JobId> {
    const deps = this.#deps;
    const isNext = listener === 'next model';
    return new Promise((resolve, reject) => {
      const analyse = async ({ model, pool, supervisor, target }: IndexingEncoders) => {
        const { id: packId } = await model.pack();
        const jobDeps: IndexJobDeps = {
          ...{ catalogue, pool, supervisor, target, spaceId: await model.spaceId(), openIndex: () => model.index() },
          // The model that answers searches does not change while the next one analyses.
          onChanged: isNext ? () => {} : this.#listeners.changed,
          nextModel: isNext ? packId : null,
          again,
          takeOver: this.#listeners.takeOver,
        };
        const folders = scopes.map(({ root }) => root.path);
        const id = this.#lane.start('index', { folders }, (job) => runIndexJob(job, scopes, jobDeps), { release });
        resolve(id);
        await this.#lane.wait(id).catch(() => {}); // reported by the job itself
      };
      (isNext ? deps.withNextEncoders(analyse) : deps.withEncoders(analyse)).catch(reject);
    });
  }

  /** @param summary null when it did not get to its end */
  #moveHasEnded(summary: IndexSummary | null): void {
    this.#moveJob = null;
    if (summary === null) return;
    const unprocessable = summary.failed.filter(({ code }) => RETRYABLE_CODES.get(code) !== Infinity).length;
    const settled = this.#starts.take(() => this.#listeners.moveEnded(unprocessable));
    this.#moveSettled = settled.catch((error: unknown) => this.#tell(error));
  }

  async #end(id: JobId): Promise<void> {
    this.#lane.cancel(id);
    await this.#lane.wait(id).catch(() => {}); // callers that wait for the job learn how it ended
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
    if (!this.#closed) this.#deps.notice(toWire(error).userMessage);
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

/**
 * Index jobs: those that somebody starts, and those that begin by themselves because something changed. One runs at
 * a time; what begins by itself waits for what was asked for, and makes room for it.
 */
import { toWire, UserError } from '../../shared/errors.ts';
import type { IndexSummary, JobId, JobProgress } from '../../shared/types.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { acquireWriterLock } from '../catalogue/writer-lock.ts';
import type { Parts } from '../parts.ts';
import { resolveScopes, type ScanScope } from '../scan/roots.ts';
import { readSettings } from '../settings.ts';
import { IdleGate } from './idle-gate.ts';
import { runIndexJob } from './index-job.ts';
import { alreadyIndexing, JobRunner } from './runner.ts';

/** Roots whose changes settle at about the same time go into one job. */
const JOIN_MS = 200;
/** Another program is indexing: asked again after this long, ms. */
const BUSY_RETRY_MS = 10_000;

export interface IndexingListeners {
  progress: (progress: JobProgress) => void;
  /** Files that have been listened to. */
  changed: (fileIds: number[]) => void;
  /** A job over these roots has begun (roots may have come and gone by that), or has ended. */
  rootsTouched: (rootIds: number[]) => void;
}

export class Indexing {
  readonly #parts: Parts;
  readonly #listeners: IndexingListeners;
  readonly #gate: IdleGate | null;
  #runner: JobRunner<IndexSummary> | null = null;
  /** Roots that wait for a job that begins by itself. */
  readonly #waiting = new Set<number>();
  /** The job that began by itself, and its roots. */
  #automatic: { id: JobId; rootIds: number[] } | null = null;
  #starting: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

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
    this.#runner ??= new JobRunner(this.#parts.catalogue().jobs, this.#listeners.progress);
    return this.#runner;
  }

  /** Jobs that run or are paused; asking makes no catalogue. */
  get running(): JobProgress[] {
    return this.#runner?.running ?? [];
  }

  /**
   * Somebody asks for it. A job that began by itself is put off.
   * @param folders absolute; empty: all roots that are not paused
   * @throws UserError bad-input, not-found, no-permission, catalogue-busy, model-missing, model-damaged
   */
  start(folders: string[]): Promise<JobId> {
    return this.#inTurn(async () => {
      await this.#putOff();
      if (this.#runner && this.#runner.active !== null) throw alreadyIndexing();
      const { id } = await this.#begin(async ({ roots }) => {
        const scopes = await resolveScopes(folders, roots);
        if (scopes.length > 0) return scopes;
        throw new UserError(
          'bad-input',
          roots.list().length > 0
            ? 'All folders are paused. Take the pause off one of them, or name a folder to listen to.'
            : 'No folders are known yet. Name a folder to listen to.',
        );
      });
      return id;
    });
  }

  /** These roots are to be looked through in the background, as soon as no other job runs. */
  request(rootIds: Iterable<number>): void {
    for (const rootId of rootIds) this.#waiting.add(rootId);
    this.#nextAfter(JOIN_MS);
  }

  /** Ends the job that runs, whoever started it, and waits for its end. */
  async stop(): Promise<void> {
    await this.#inTurn(async () => {
      this.#waiting.clear();
      const active = this.#runner?.active ?? null;
      if (active === null) return;
      this.jobs.cancel(active);
      await this.jobs.wait(active).catch(() => {}); // whoever waits for the job hears how it ended
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#waiting.clear();
    await this.#starting;
    await this.#runner?.close();
  }

  #next(): void {
    void this.#inTurn(async () => {
      if (this.#closed || this.#waiting.size === 0 || this.#runner?.active != null) return;
      const rootIds = [...this.#waiting];
      this.#waiting.clear();
      try {
        const { id, scopes } = await this.#begin(({ roots }) => Promise.resolve(scopesOf(rootIds, roots)));
        if (id === 0) return;
        this.#automatic = { id, rootIds: scopes.map(({ root }) => root.id) };
        this.jobs.wait(id).catch((error: unknown) => this.#tell(error));
      } catch (error) {
        if (error instanceof UserError && error.code === 'catalogue-busy') {
          for (const rootId of rootIds) this.#waiting.add(rootId);
          this.#nextAfter(BUSY_RETRY_MS);
        } else this.#tell(error);
      }
    });
  }

  /** @returns id 0 when there is nothing to walk */
  async #begin(
    findScopes: (catalogue: Catalogue) => Promise<ScanScope[]>,
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
      for (const { root, below } of scopes) if (below === '') this.#waiting.delete(root.id);
      const id = await this.#startJob(catalogue, scopes, release);
      const rootIds = [...new Set(scopes.map(({ root }) => root.id))];
      const endGate = this.#gate?.begin(id);
      const ended = () => {
        endGate?.();
        if (this.#automatic?.id === id) this.#automatic = null;
        this.#listeners.rootsTouched(rootIds);
        this.#next();
      };
      this.jobs.wait(id).then(ended, ended);
      this.#listeners.rootsTouched(rootIds);
      return { id, scopes };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Answers when the job runs; what it listens with is held until it has ended. */
  #startJob(catalogue: Catalogue, scopes: ScanScope[], release: () => void): Promise<JobId> {
    return new Promise((resolve, reject) => {
      this.#parts
        .listening(async ({ model, pool, supervisor, target }) => {
          const spaceId = await model.spaceId();
          const openIndex = () => model.index();
          const onChanged = this.#listeners.changed;
          const jobParts = { catalogue, pool, supervisor, target, spaceId, openIndex, onChanged };
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
        })
        .catch(reject);
    });
  }

  /** A job that began by itself ends; its roots wait again. */
  async #putOff(): Promise<void> {
    if (!this.#automatic) return;
    const { id, rootIds } = this.#automatic;
    for (const rootId of rootIds) this.#waiting.add(rootId);
    this.jobs.cancel(id);
    await this.jobs.wait(id).catch(() => {}); // it has been told of already
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

/** Those that are in use and not paused now. */
function scopesOf(rootIds: readonly number[], roots: Catalogue['roots']): ScanScope[] {
  return rootIds.flatMap((rootId) => {
    const root = roots.byId(rootId);
    return root && root.removedMs === null && !root.paused ? [{ root, below: '' }] : [];
  });
}

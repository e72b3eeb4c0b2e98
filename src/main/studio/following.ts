/**
 * The app follows its studio: what is changed here is sent within a moment, what others change is received within a moment.
 * The server's notices only wake it up, and without them it asks now and then. A server that is away is tried again and again,
 * and costs nothing but news. Files are neither walked nor analysed by this: that is for syncs and index jobs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { toWire, UserError } from '../../shared/errors.ts';
import type { CatalogueAccess } from '../catalogue/access.ts';
import { acquireWriterLock } from '../catalogue/writer-lock.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import type { VectorIndex } from '../index/vector-index.ts';
import type { JobRegistry } from '../jobs/registry.ts';
import type { JobContext } from '../jobs/runner.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import { Backoff } from './backoff.ts';
import { connected, type StudioConnection } from './connection.ts';
import { readMembership, type Membership } from './membership.ts';
import { beginFeeds, receive } from './sync/receive.ts';
import { nothingChanged, type ChangedHere, type SyncSession } from './sync/session.ts';
import { beginSession, emptySyncSummary } from './sync/sync-job.ts';
import { takeOver } from './sync/take-over.ts';
import { send } from './sync/send.ts';
import { WakeUp } from './wake-up.ts';

/** Changes made here are looked for this often. */
const LOOK_EVERY_MS = 500;
/** What belongs together comes within this time. */
const GATHER_MS = 100;
/** Asked without a notice after so long. */
const POLL_MS = 60_000;
/** An exchange that took t is followed by a pause of so many t: a studio at work must not keep every machine busy. */
const PAUSE_FACTOR = 3;
/** But by no longer one: who has received a night's analyses does not wait as long again for the next tag. */
const LONGEST_PAUSE_MS = 30_000;
/** So is taking over analyses, which asks about every file that is not analysed here. */
const TAKE_OVER_PAUSE_FACTOR = 20;
/** Who shows how far workers are is told this often. */
const PROGRESS_EVERY_MS = 2000;
/** How long closing waits for what is under way. */
const CLOSING_PATIENCE_MS = 1000;
/** While somebody goes on deciding here there is always something to tell. */
const MOST_ROUNDS = 5;

export interface FollowingDeps extends CatalogueAccess {
  pool(): DecoderPool;
  /** Holds the model in use while the work runs. */
  withModel<T>(
    work: (model: Pick<ModelAccess, 'spaceId'> & { index(): Promise<VectorIndex> }) => Promise<T>,
  ): Promise<T>;
}

export interface FollowingListeners {
  /** Told what the studio changed here. */
  changed: (changed: ChangedHere) => void;
  /** Others have analysed something. */
  progress: () => void;
}

export class Following {
  readonly #deps: FollowingDeps;
  readonly #jobs: Pick<JobRegistry, 'running'>;
  readonly #listeners: FollowingListeners;
  readonly #stop = new AbortController();
  readonly #wake = new WakeUp();
  readonly #said = new Set<string>();
  #running: Promise<void> | null = null;
  #analysesAreNew = true;
  #progressMs = -Infinity;
  #takeOverFromMs = -Infinity;

  constructor(deps: FollowingDeps, jobs: Pick<JobRegistry, 'running'>, listeners: FollowingListeners) {
    this.#deps = deps;
    this.#jobs = jobs;
    this.#listeners = listeners;
  }

  /** Follows from now on, until {@link close}; as long as this library belongs to no studio, it costs nothing. */
  start(): void {
    this.#running = this.#follow().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#deps.notice(toWire(error).userMessage);
    });
  }

  /** This library has joined a studio, left it, or was synced. */
  membershipChanged(): void {
    this.#analysesAreNew = true;
    this.#wake.wake();
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the engine closes'));
    // A server that does not answer must not hold up who leaves: what is under way ends at its next step.
    await Promise.race([this.#running, sleep(CLOSING_PATIENCE_MS, undefined, { ref: false })]);
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    const backoff = new Backoff();
    while (!signal.aborted) {
      const membership = this.#membership();
      if (!membership) {
        await this.#wake.next(POLL_MS, signal);
        continue;
      }
      try {
        await connected(membership.address, (connection) => this.#stay(connection, membership, () => backoff.reset()));
        continue; // another membership, or none
      } catch (error) {
        signal.throwIfAborted();
        this.#sayUnlessAway(error);
      }
      await sleep(backoff.nextMs(), undefined, { signal });
    }
  }

  /** @returns null as well before the first sync, which is asked for: it sends all that was ever said here */
  #membership(): Membership | null {
    try {
      const membership = readMembership(this.#deps.dataFolder);
      return membership && this.#deps.existingCatalogue()?.studio.syncedMs() != null ? membership : null;
    } catch (error) {
      this.#say(error);
      return null;
    }
  }

  /** @returns when this library does not belong to this studio any more, as this member */
  async #stay(connection: StudioConnection, membership: Membership, answered: () => void): Promise<void> {
    const { signal } = this.#stop;
    signal.throwIfAborted();
    connection.onNotice((payload) => {
      if (payload === 'analyses') this.#analysesAreNew = true;
      if (payload !== 'words') this.#tellProgress();
      if (payload !== 'files') this.#wake.wake();
    });
    void connection.ended.then(() => this.#wake.wake());
    await connection.rows('LISTEN earmark');
    let polledMs = -Infinity;
    let pauseMs = GATHER_MS;
    for (;;) {
      if (JSON.stringify(this.#membership()) !== JSON.stringify(membership)) return;
      if (!this.#isBusy()) {
        const beganMs = performance.now();
        await this.#exchange(connection, membership);
        answered();
        polledMs = performance.now();
        pauseMs = pauseAfter(polledMs - beganMs);
      }
      await sleep(pauseMs, undefined, { signal });
      // Until somebody wakes it, there is something to send, or it has not asked for long.
      while (!(await this.#wake.next(LOOK_EVERY_MS, signal))) {
        if (performance.now() - polledMs > POLL_MS || this.#hasNews()) break;
      }
    }
  }

  async #exchange(connection: StudioConnection, membership: Membership): Promise<void> {
    const catalogue = this.#deps.catalogue();
    const changed = nothingChanged();
    try {
      const context = unseen(this.#stop.signal);
      const session = await beginSession(context, connection, { catalogue, membership }, emptySyncSummary(), changed);
      await beginFeeds(session);
      for (let round = 1; round <= MOST_ROUNDS; round++) {
        const told = await send(session);
        await receive(session);
        if (!told && catalogue.studio.sentRevision(session.role !== 'viewer') === catalogue.changes.revision()) break;
      }
      this.#show(changed);
      for (const sentence of session.said) this.#deps.notice(sentence);
      if (this.#analysesAreNew && performance.now() >= this.#takeOverFromMs) await this.#takeOver(session);
      catalogue.studio.setSynced(Date.now());
    } finally {
      this.#show(changed);
    }
  }

  #show(changed: ChangedHere): void {
    const sets: Set<unknown>[] = [changed.files, changed.marks, changed.tags, changed.lists, changed.runs];
    if (sets.every(({ size }) => size === 0)) return;
    this.#listeners.changed(changed);
    for (const set of sets) set.clear();
  }

  /** Where nobody else writes what is known of files, and only then: it is tried again later. */
  async #takeOver(session: SyncSession): Promise<void> {
    const release = await this.#lockIfFree();
    if (!release) return;
    try {
      const beganMs = performance.now();
      await this.#deps.withModel(async (model) => {
        this.#analysesAreNew = false;
        await takeOver(session, await model.spaceId(), () => this.#deps.pool());
        if (session.summary.takenOver > 0) await (await model.index()).sync(this.#stop.signal);
      });
      await send(session); // what was said of these sounds, and where they lie here
      this.#takeOverFromMs = performance.now() + TAKE_OVER_PAUSE_FACTOR * (performance.now() - beganMs);
    } finally {
      release();
    }
  }

  async #lockIfFree(): Promise<(() => void) | null> {
    try {
      return await acquireWriterLock(this.#deps.dataFolder, { work: 'sync' });
    } catch (error) {
      if (error instanceof UserError && error.code === 'catalogue-busy') return null;
      throw error;
    }
  }

  /** Whether something was changed here that the studio was not told of. */
  #hasNews(): boolean {
    const catalogue = this.#deps.existingCatalogue();
    return catalogue !== null && catalogue.studio.sentRevision(false) !== catalogue.changes.revision();
  }

  /** A job of this library exchanges all of it by itself. */
  #isBusy(): boolean {
    return this.#jobs.running.some(({ kind }) => kind === 'sync' || kind === 'work');
  }

  #tellProgress(): void {
    const now = performance.now();
    if (now - this.#progressMs < PROGRESS_EVERY_MS) return;
    this.#progressMs = now;
    this.#listeners.progress();
  }

  #sayUnlessAway(error: unknown): void {
    if (!(error instanceof UserError && error.code === 'studio-unreachable')) this.#say(error);
  }

  /** Each sentence once. */
  #say(error: unknown): void {
    if (!(error instanceof UserError)) throw error;
    if (this.#said.has(error.userMessage)) return;
    this.#said.add(error.userMessage);
    this.#deps.notice(error.userMessage);
  }
}

/** @param exchangeMs how long the last exchange took @returns ms until the next one may begin */
export function pauseAfter(exchangeMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(GATHER_MS, PAUSE_FACTOR * exchangeMs));
}

/** Of work that nobody watches. */
function unseen(signal: AbortSignal): JobContext {
  return {
    id: 0,
    signal,
    whileNotPaused: () => {
      signal.throwIfAborted();
      return Promise.resolve();
    },
    report: () => {},
    elapsedSeconds: () => 0,
  };
}

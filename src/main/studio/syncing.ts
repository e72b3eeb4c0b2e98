/** Sync jobs: one at a time. Whoever analyses by himself is preempted by it, since both write what is known of files. */
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import type { VectorIndex } from '../index/vector-index.ts';
import { emptySummary, walkAndRecognise } from '../indexing/index-job.ts';
import type { JobRegistry, Lane } from '../jobs/registry.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import { UserError } from '../../shared/errors.ts';
import type { JobId } from '../../shared/types.ts';
import type { JobContext } from '../jobs/runner.ts';
import { readMembership, requireMembership, type Membership } from './membership.ts';
import type { ChangedHere } from './sync/session.ts';
import { runSync, takeOverKnown } from './sync/sync-job.ts';

/** A job that began by itself has ended within this time. */
const LOCK_PATIENCE_MS = 10_000;

interface SyncModel extends Pick<ModelAccess, 'spaceId'> {
  index(): Promise<VectorIndex>;
}

export interface SyncingDeps extends CatalogueAccess {
  pool(): DecoderPool;
  /** Holds the model in use while the work runs. */
  withModel<T>(work: (model: SyncModel) => Promise<T>): Promise<T>;
}

export class Syncing {
  readonly #deps: SyncingDeps;
  readonly #jobs: JobRegistry;
  readonly #lane: Lane<'sync'>;
  readonly #changed: (changed: ChangedHere) => void;

  /** @param changed called with what the studio changed here */
  constructor(deps: SyncingDeps, jobs: JobRegistry, changed: (changed: ChangedHere) => void) {
    this.#deps = deps;
    this.#jobs = jobs;
    this.#changed = changed;
    this.#lane = jobs.lane({ busy: 'A sync is already running. Wait for it to finish, or cancel it first.' });
  }

  /** @throws UserError no-studio, catalogue-busy, model-missing, model-damaged */
  start(): Promise<JobId> {
    return this.#lane.reserve(async () => {
      requireMembership(this.#deps.dataFolder);
      const release = await this.#jobs.preemptAndLock({ work: 'sync', patienceMs: LOCK_PATIENCE_MS });
      return this.#begin(release);
    });
  }

  /** Of a job that is about to analyse. @returns files that are ready without that; none where this library belongs to no studio */
  async takeOver(context: JobContext, spaceId: number, pool: DecoderPool): Promise<number[]> {
    const notice = (message: string) => this.#deps.notice(message);
    const membership = this.#membershipOrNotice();
    if (!membership) return [];
    return takeOverKnown(context, { catalogue: this.#deps.catalogue(), membership, spaceId, pool: () => pool, notice });
  }

  /** What cannot be made sense of stops nothing that is local. */
  #membershipOrNotice(): Membership | null {
    try {
      return readMembership(this.#deps.dataFolder);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#deps.notice(error.userMessage);
      return null;
    }
  }

  /** Answers when the job runs; the model it takes over for is held until it has ended. */
  #begin(release: () => void): Promise<JobId> {
    const deps = this.#deps;
    const { promise, resolve, reject } = Promise.withResolvers<JobId>();
    deps
      .withModel(async (model) => {
        const catalogue = deps.catalogue();
        const spaceId = await model.spaceId();
        const id = this.#lane.start(
          'sync',
          {},
          (context) =>
            runSync(context, {
              ...{ catalogue, spaceId, membership: requireMembership(deps.dataFolder), pool: () => deps.pool() },
              walk: (scopes) =>
                walkAndRecognise(
                  context,
                  scopes,
                  { catalogue, spaceId, pool: deps.pool(), again: false },
                  emptySummary(),
                ),
              syncIndex: async () => {
                context.report({ stage: 'indexing' });
                await (await model.index()).sync(context.signal);
              },
              changed: this.#changed,
              notice: (message) => deps.notice(message),
            }),
          { release },
        );
        resolve(id);
        await this.#lane.wait(id).catch(() => {}); // reported by the job itself
      })
      .catch((error: unknown) => {
        release();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    return promise;
  }
}

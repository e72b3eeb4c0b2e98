/** Work jobs: this machine analyses files of the studio that nobody has analysed. One at a time; see work/work-job.ts. */
import type { CatalogueAccess } from '../catalogue/access.ts';
import type { EncodersInUse } from '../embed/encoders-in-use.ts';
import { emptySummary, walkAndRecognise } from '../indexing/index-job.ts';
import type { JobRegistry, Lane } from '../jobs/registry.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import type { JobId } from '../../shared/types.ts';
import { requireMembership } from './membership.ts';
import { runWork, type WorkOptions } from './work/work-job.ts';

/** A job that began by itself has ended within this time. */
const LOCK_PATIENCE_MS = 10_000;

type WorkModel = Pick<ModelAccess, 'pack' | 'spaceId'>;

export interface WorkingDeps extends CatalogueAccess {
  /** Holds model, decoders and encoders while the work runs. */
  withEncoders<T>(work: (encoders: EncodersInUse<WorkModel>) => Promise<T>): Promise<T>;
  /** What the settings say of cores and priority holds for what begins now. */
  takeUpLoad(): Promise<void>;
}

export class Working {
  readonly #deps: WorkingDeps;
  readonly #jobs: JobRegistry;
  readonly #lane: Lane<'work'>;
  readonly #changed: (fileIds: number[]) => void;

  /** @param changed told which files have been analysed */
  constructor(deps: WorkingDeps, jobs: JobRegistry, changed: (fileIds: number[]) => void) {
    this.#deps = deps;
    this.#jobs = jobs;
    this.#changed = changed;
    this.#lane = jobs.lane({ busy: 'This library is already working for the studio. Stop that first.' });
  }

  /** @throws UserError no-studio, catalogue-busy, model-missing, model-damaged */
  start(options: WorkOptions): Promise<JobId> {
    return this.#lane.reserve(async () => {
      const membership = requireMembership(this.#deps.dataFolder);
      const release = await this.#jobs.preemptAndLock({ work: 'work', patienceMs: LOCK_PATIENCE_MS });
      const deps = this.#deps;
      const { promise, resolve, reject } = Promise.withResolvers<JobId>();
      deps
        .takeUpLoad()
        .then(() =>
          deps.withEncoders(async ({ model, ...encoders }) => {
            const catalogue = deps.catalogue();
            const [spaceId, { id: modelId }] = [await model.spaceId(), await model.pack()];
            const id = this.#lane.start(
              'work',
              {},
              (context) => {
                const walked = { catalogue, spaceId, pool: encoders.pool, again: false };
                return runWork(
                  context,
                  {
                    ...{ catalogue, membership, encoders, spaceId, modelId, changed: this.#changed },
                    walk: (scopes) => walkAndRecognise(context, scopes, walked, emptySummary()),
                    notice: (message) => deps.notice(message),
                  },
                  options,
                );
              },
              { release },
            );
            resolve(id);
            await this.#lane.wait(id).catch(() => {}); // told by the job itself
          }),
        )
        .catch((error: unknown) => {
          release();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      return promise;
    });
  }
}

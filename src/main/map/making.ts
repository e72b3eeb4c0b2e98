/** Map jobs: one at a time, beside index jobs, which they do not disturb: they only read analyses. */
import type { CatalogueAccess, LoadKind } from '../catalogue/access.ts';
import type { VectorIndex } from '../index/vector-index.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import { toWire, UserError } from '../../shared/errors.ts';
import type { JobId } from '../../shared/types.ts';
import type { JobRegistry, Lane } from '../jobs/registry.ts';
import { readSettings } from '../catalogue/setting-values.ts';
import { runMapJob } from './map-job.ts';

/** Of the model in use, whatever becomes of the setting meanwhile. */
export interface MapModel extends Pick<ModelAccess, 'pack' | 'spaceId'> {
  index(): Promise<VectorIndex>;
}

export interface MapMakingDeps extends CatalogueAccess {
  readonly load: LoadKind;
  /** Holds the model in use while the work runs. */
  withModel<T>(work: (model: MapModel) => Promise<T>): Promise<T>;
}

export class MapMaking {
  readonly #deps: MapMakingDeps;
  readonly #lane: Lane<'map'>;

  constructor(deps: MapMakingDeps, jobs: JobRegistry) {
    this.#deps = deps;
    this.#lane = jobs.lane({ busy: 'The map is already being drawn. Wait for it to finish, or cancel it first.' });
  }

  /**
   * Why it failed is sent as a notice, since nobody has to wait for it.
   * @throws UserError nothing-indexed, catalogue-busy while one is being drawn, model-missing, model-damaged
   */
  start(anew: boolean): Promise<JobId> {
    return this.#lane.reserve(() => this.#start(anew));
  }

  /** Answers when the job runs; the model it draws is held until it has ended. */
  #start(anew: boolean): Promise<JobId> {
    return new Promise((resolve, reject) => {
      this.#deps
        .withModel(async (model) => {
          const id = await this.#begin(anew, model);
          resolve(id);
          await this.#lane.wait(id).catch((error: unknown) => this.#tell(error));
        })
        .catch(reject);
    });
  }

  async #begin(anew: boolean, model: MapModel): Promise<JobId> {
    const { dim } = await model.pack();
    const catalogue = this.#deps.existingCatalogue();
    const spaceId = catalogue ? await model.spaceId() : 0;
    if (!catalogue || !catalogue.windows.anyIn(spaceId)) {
      throw new UserError(
        'nothing-indexed',
        'No files analysed yet. The map is drawn from the analysis: index a folder first.',
      );
    }
    const { dataFolder, load } = this.#deps;
    return this.#lane.start('map', { anew }, (context) =>
      runMapJob(context, anew, {
        dataFolder,
        catalogue,
        spaceId,
        dim,
        lowPriority: load === 'background' && readSettings(catalogue).lowPriority,
        openIndex: () => model.index(),
      }),
    );
  }

  #tell(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    this.#deps.notice(toWire(error).userMessage);
  }
}

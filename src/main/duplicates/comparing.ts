/** Jobs that look for near-duplicates: one at a time, beside all other jobs; they read files and what analyses found. */
import { toWire, UserError } from '../../shared/errors.ts';
import type { JobId } from '../../shared/types.ts';
import type { CatalogueAccess, LoadKind } from '../catalogue/access.ts';
import type { Catalogue } from '../catalogue/open.ts';
import type { DecoderPool } from '../decode/decoder-pool.ts';
import type { JobRegistry, Lane } from '../jobs/registry.ts';
import { countWaiting } from './near-groups.ts';
import { runCompareJob } from './compare-job.ts';

export interface ComparingDeps extends Pick<CatalogueAccess, 'catalogue' | 'existingCatalogue' | 'notice'> {
  readonly load: LoadKind;
  withDecoders<T>(work: (pool: DecoderPool) => Promise<T>): Promise<T>;
}

export class Comparing {
  readonly #deps: ComparingDeps;
  readonly #lane: Lane<'duplicates'>;
  readonly #changed: (fileIds: number[]) => void;

  /** @param changed called at the end of a job that has found something, with no files: lists may be others */
  constructor(deps: ComparingDeps, jobs: JobRegistry, changed: (fileIds: number[]) => void) {
    this.#deps = deps;
    this.#changed = changed;
    this.#lane = jobs.lane({
      busy: 'Near-duplicates are already being looked for. Wait for this to finish, or cancel it first.',
    });
  }

  /** @param folders absolute; none: all @throws UserError nothing-indexed, catalogue-busy while one runs */
  start(folders: readonly string[]): JobId {
    const catalogue = this.#deps.existingCatalogue();
    if (!catalogue) throw new UserError('nothing-indexed', 'No files analysed yet. Index a folder first.');
    return this.#start(this.#deps.catalogue(), folders);
  }

  /** New files are compared, too, where somebody has asked for near-duplicates before. Only in the app. */
  afterIndexing(): void {
    if (this.#deps.load !== 'background') return;
    const catalogue = this.#deps.existingCatalogue();
    if (!catalogue || catalogue.readonly || this.#lane.active !== null) return;
    this.#compareNew(catalogue).catch((error: unknown) => {
      if (catalogue.isOpen) this.#deps.notice(toWire(error).userMessage); // closed while it was counted: the engine ends
    });
  }

  async #compareNew(catalogue: Catalogue): Promise<void> {
    if (!catalogue.nearDuplicates.anyCompared() || (await countWaiting(catalogue.nearDuplicates, [])) === 0) return;
    if (this.#lane.active !== null || !catalogue.isOpen) return; // meanwhile
    const id = this.#start(catalogue, []);
    this.#lane.wait(id).catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === 'AbortError')) this.#deps.notice(toWire(error).userMessage);
    });
  }

  #start(catalogue: Catalogue, folders: readonly string[]): JobId {
    return this.#lane.start('duplicates', { folders }, async (context) => {
      const summary = await this.#deps.withDecoders((pool) => runCompareJob(context, { catalogue, pool, folders }));
      if (summary.found > 0) this.#changed([]);
      return summary;
    });
  }
}

/**
 * The library on its way to another model. The old one answers until the new one has analysed every file that the old
 * one has; then the new one takes its place. Embeddings of two spaces are never compared: where a search has a second model
 * (search/combine.ts), each searches its own.
 */
import type { ModelAccess } from '../packs/model-access.ts';
import type { CatalogueAccess, LoadKind } from '../catalogue/access.ts';
import type { ModelMove } from '../../shared/calls/models.ts';
import { UserError } from '../../shared/errors.ts';
import type { JobId } from '../../shared/types.ts';
import { findPack } from '../packs/installed.ts';
import { spaceOf, type ModelPack } from '../packs/pack.ts';
import type { LeftToAnalyse } from '../catalogue/stores/spaces.ts';
import type { Indexing } from './indexing.ts';

/**
 * Windows ask all the time how far it is. To count takes a tenth of a second for 100,000 files: between two counts the
 * job's own figure is taken off, for as long as this, ms.
 */
const COUNTED_FOR_MS = 60_000;

interface Counted {
  left: LeftToAnalyse;
  /** The job that analysed files, and how many it had dealt with. */
  job: JobId;
  done: number;
  atMs: number;
}

export interface MoveListeners {
  /** The model in use is another one now, or the library moves no more. */
  changed: () => Promise<unknown>;
  /** The new model is in use. */
  arrived: () => void;
}

export interface ModelMovingDeps extends CatalogueAccess, ModelAccess {
  readonly load: LoadKind;
  moveTo(wanted: string | null): void;
  useModel(wanted: string): void;
  /** Resolves when no process of the next model runs. */
  nextAtRest(): Promise<unknown>;
}

export class ModelMoving {
  readonly #deps: ModelMovingDeps;
  readonly #indexing: Indexing;
  readonly #listeners: MoveListeners;
  #counted: Counted | null = null;

  constructor(deps: ModelMovingDeps, indexing: Indexing, listeners: MoveListeners) {
    this.#deps = deps;
    this.#indexing = indexing;
    this.#listeners = listeners;
  }

  /** @returns null when the library does not move, or either model is gone or broken: that is said where they are listed */
  async status(): Promise<ModelMove | null> {
    await this.#indexing.moveSettled; // not what has just ceased to be true
    const { nextModel } = this.#deps;
    try {
      if (nextModel === null) return null;
      const { id: from } = await this.#deps.pack();
      const left = await this.#leftByNow();
      if (left === null) return null;
      const { files, remaining, outOfReach } = left;
      return { from, to: nextModel, sounds: files, remaining, outOfReach, working: this.#indexing.moving };
    } catch (error) {
      if (error instanceof UserError && ['model-missing', 'model-damaged'].includes(error.code)) return null;
      throw error;
    }
  }

  /**
   * Begins a move, or continues it; ends another one in progress.
   * @param pack that is there
   */
  async begin(pack: ModelPack): Promise<void> {
    await this.end();
    this.#deps.catalogue().settings.set({ nextModel: pack.id });
    this.#deps.moveTo(pack.id);
    if ((await this.#leftToAnalyse())?.remaining === 0) await this.#arrive(pack.id);
    else if (this.#deps.load === 'background') this.#indexing.requestMove();
  }

  /** The analysis of the next model stays. */
  async end(): Promise<void> {
    if (this.#deps.nextModel === null) return;
    await this.#indexing.stopMove();
    await this.#indexing.moveSettled;
    this.#deps.catalogue().settings.set({ nextModel: null });
    this.#deps.moveTo(null);
  }

  /**
   * A job with the next model has ended.
   * @param unprocessable files that could not be analysed and never will be, as they are: nobody waits for them
   */
  async afterJob(unprocessable: number): Promise<void> {
    const { nextModel } = this.#deps;
    const left = await this.#leftToAnalyse();
    if (nextModel === null || left === null || left.remaining > unprocessable) return;
    await this.#arrive(nextModel);
    const { name } = await this.#deps.pack();
    this.#deps.notice(`“${name}” has analysed all files and is now in use.`);
    await this.#listeners.changed();
  }

  async #arrive(id: string): Promise<void> {
    await this.#deps.nextAtRest(); // two processes over one index would save it twice
    this.#deps.catalogue().settings.set({ model: id, nextModel: null });
    this.#deps.useModel(id);
    this.#listeners.arrived();
  }

  async #leftByNow(): Promise<LeftToAnalyse | null> {
    const progress = this.#indexing.moveProgress;
    if (progress === null) return this.#leftToAnalyse();
    const { id: job, done } = progress;
    const known = this.#counted;
    if (known?.job === job && performance.now() - known.atMs < COUNTED_FOR_MS) {
      return { ...known.left, remaining: Math.max(0, known.left.remaining - (done - known.done)) };
    }
    const left = await this.#leftToAnalyse();
    this.#counted = left && { left, job, done, atMs: performance.now() };
    return left;
  }

  /** null when the library does not move. */
  async #leftToAnalyse(): Promise<LeftToAnalyse | null> {
    const { nextModel, dataFolder } = this.#deps;
    if (nextModel === null) return null;
    const catalogue = this.#deps.catalogue();
    const to = spaceOf(await findPack({ dataFolder: dataFolder }, nextModel));
    return catalogue.spaces.leftToAnalyse(await this.#deps.spaceId(), catalogue.windows.ensureSpace(to));
  }
}

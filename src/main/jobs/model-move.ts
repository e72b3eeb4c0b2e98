/**
 * The library on its way to another model. The old one answers until the new one has heard every sound that the old one
 * has; then the new one takes its place. Spaces are never mixed: a search has one model, and one only.
 */
import type { ModelMove } from '../../shared/calls/models.ts';
import { UserError } from '../../shared/errors.ts';
import type { JobId } from '../../shared/types.ts';
import { findPack } from '../models/installed.ts';
import { spaceOf, type ModelPack } from '../models/pack.ts';
import type { Parts } from '../parts.ts';
import type { LeftToHear } from '../catalogue/spaces.ts';
import type { Indexing } from './indexing.ts';

/**
 * Windows ask all the time how far it is. To count takes a tenth of a second for 100,000 sounds: between two counts the
 * job's own figure is taken off, for as long as this, ms.
 */
const COUNTED_FOR_MS = 60_000;

interface Counted {
  left: LeftToHear;
  /** The job that was listening, and how many sounds it had dealt with. */
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

export class ModelMoving {
  readonly #parts: Parts;
  readonly #indexing: Indexing;
  readonly #listeners: MoveListeners;
  #counted: Counted | null = null;

  constructor(parts: Parts, indexing: Indexing, listeners: MoveListeners) {
    this.#parts = parts;
    this.#indexing = indexing;
    this.#listeners = listeners;
  }

  /** @returns null when the library does not move, or either model is gone or broken: that is said where they are listed */
  async status(): Promise<ModelMove | null> {
    await this.#indexing.moveSettled; // not what has just ceased to be true
    const { nextModel } = this.#parts;
    try {
      if (nextModel === null) return null;
      const { id: from } = await this.#parts.pack();
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
   * Begins a move, or goes on with it; ends another one that was under way.
   * @param pack that is there
   */
  async begin(pack: ModelPack): Promise<void> {
    await this.end();
    this.#parts.catalogue().settings.set({ nextModel: pack.id });
    this.#parts.moveTo(pack.id);
    if ((await this.#leftToHear())?.remaining === 0) await this.#arrive(pack.id);
    else if (this.#parts.options.load === 'background') this.#indexing.requestMove();
  }

  /** What the next model has heard stays. */
  async end(): Promise<void> {
    if (this.#parts.nextModel === null) return;
    await this.#indexing.stopMove();
    await this.#indexing.moveSettled;
    this.#parts.catalogue().settings.set({ nextModel: null });
    this.#parts.moveTo(null);
  }

  /**
   * A job with the next model has ended.
   * @param hopeless sounds that it could not listen to and never will, as they are: nobody waits for them
   */
  async afterJob(hopeless: number): Promise<void> {
    const { nextModel } = this.#parts;
    const left = await this.#leftToHear();
    if (nextModel === null || left === null || left.remaining > hopeless) return;
    await this.#arrive(nextModel);
    const { name } = await this.#parts.pack();
    this.#parts.notice(`“${name}” has listened to everything and is in use now.`);
    await this.#listeners.changed();
  }

  async #arrive(id: string): Promise<void> {
    await this.#parts.nextAtRest(); // two processes over one index would save it twice
    this.#parts.catalogue().settings.set({ model: id, nextModel: null });
    this.#parts.useModel(id);
    this.#listeners.arrived();
  }

  async #leftByNow(): Promise<LeftToHear | null> {
    const listening = this.#indexing.moveProgress;
    if (listening === null) return this.#leftToHear();
    const { id: job, done } = listening;
    const known = this.#counted;
    if (known?.job === job && performance.now() - known.atMs < COUNTED_FOR_MS) {
      return { ...known.left, remaining: Math.max(0, known.left.remaining - (done - known.done)) };
    }
    const left = await this.#leftToHear();
    this.#counted = left && { left, job, done, atMs: performance.now() };
    return left;
  }

  /** null when the library does not move. */
  async #leftToHear(): Promise<LeftToHear | null> {
    const { nextModel, options } = this.#parts;
    if (nextModel === null) return null;
    const catalogue = this.#parts.catalogue();
    const to = spaceOf(await findPack({ dataFolder: options.dataFolder }, nextModel));
    return catalogue.spaces.leftToHear(await this.#parts.spaceId(), catalogue.windows.ensureSpace(to));
  }
}

/** Imports of models: one at a time, beside all other jobs. */
import { summaryOf } from '../../shared/jobs.ts';
import type { JobId, ModelStatus } from '../../shared/types.ts';
import type { JobContext } from '../jobs/runner.ts';
import type { JobRegistry, Lane } from '../jobs/registry.ts';
import type { ImportProgress } from '../../shared/calls/models.ts';
import { importModel } from './import.ts';

export interface ImportsDeps {
  dataFolder: string;
  /** Asked whenever an import begins. */
  readonly lowPriority: boolean;
  notice(message: string): void;
}

/** @param folder of an installed pack */
export type StatusOfPack = (folder: string) => Promise<ModelStatus>;

export class Imports {
  readonly #deps: ImportsDeps;
  readonly #statusOf: StatusOfPack;
  readonly #lane: Lane<'import'>;

  constructor(deps: ImportsDeps, jobs: JobRegistry, statusOf: StatusOfPack) {
    this.#deps = deps;
    this.#statusOf = statusOf;
    this.#lane = jobs.sessionLane({
      busy: 'A model is already being imported. Wait for it to finish, or cancel it first.',
      unpausable: 'A model import cannot be paused. Cancel it and start again later.',
      first: { path: '', stage: 'reading', share: 0 },
    });
  }

  /**
   * @param path absolute
   * @throws UserError catalogue-busy while another import runs; its job throws what {@link importModel} throws
   */
  start(path: string): JobId {
    return this.#lane.start('import', { path }, (context) => this.#import(path, context), { figures: { path } });
  }

  /**
   * A job of its own that ends with another one.
   * @param signal of that one
   * @returns null when it was cancelled
   * @throws what {@link start} and its job throw
   */
  async within(path: string, signal: AbortSignal): Promise<ModelStatus | null> {
    const id = this.start(path);
    const cancel = () => this.#lane.cancel(id);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return summaryOf(await this.#lane.wait(id), 'import');
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** @throws UserError catalogue-busy while an import runs */
  assertNone(): void {
    this.#lane.assertFree();
  }

  async #import(path: string, { signal, report }: JobContext<ImportProgress>): Promise<ModelStatus | null> {
    const { dataFolder, lowPriority } = this.#deps;
    const onNotice = (message: string) => this.#deps.notice(message);
    const options = { signal, onProgress: report, onNotice, lowPriority };
    try {
      return await this.#statusOf(await importModel(path, dataFolder, options));
    } catch (error) {
      if (signal.aborted && error === signal.reason) return null;
      throw error;
    }
  }
}

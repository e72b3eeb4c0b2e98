/** Map jobs: one at a time, beside index jobs, which they do not disturb: they only read what has been heard. */
import { toWire, UserError } from '../../shared/errors.ts';
import type { IndexSummary, JobId, JobProgress } from '../../shared/types.ts';
import { JobRunner } from '../jobs/runner.ts';
import type { ModelParts } from '../model-parts.ts';
import type { Parts } from '../parts.ts';
import { readSettings } from '../settings.ts';
import { heardFiles } from './heard-files.ts';
import { runMapJob } from './map-job.ts';

export class MapMaking {
  readonly #parts: Parts;
  readonly #progress: (progress: JobProgress) => void;
  readonly #ids = new Set<JobId>();
  #runner: JobRunner<IndexSummary> | null = null;
  /** From the moment a map is asked for until its job runs, no other can be. */
  #starting = false;

  constructor(parts: Parts, progress: (progress: JobProgress) => void) {
    this.#parts = parts;
    this.#progress = progress;
  }

  /**
   * Wait, pause, resume, cancel. In a map job's summary `files` are the points on the map, `indexed` those placed by
   * this job and `unchanged` those that stayed where they were.
   */
  get jobs(): JobRunner<IndexSummary> {
    this.#runner ??= new JobRunner(this.#parts.catalogue().jobs, this.#progress, () => this.#parts.checkThere());
    return this.#runner;
  }

  /** Jobs that run or are paused; asking makes no catalogue. */
  get running(): JobProgress[] {
    return this.#runner?.running ?? [];
  }

  /** Whether it is a map job of this session. */
  has(id: JobId): boolean {
    return this.#ids.has(id);
  }

  /**
   * Why it failed is told as a notice, since nobody has to wait for it.
   * @throws UserError nothing-indexed, catalogue-busy while one is being drawn, model-missing, model-damaged
   */
  async start(anew: boolean): Promise<JobId> {
    if (this.#starting || this.#runner?.active != null) {
      throw new UserError('catalogue-busy', 'The map is being drawn already. Wait for it, or cancel it first.');
    }
    this.#starting = true;
    try {
      return await this.#start(anew);
    } finally {
      this.#starting = false;
    }
  }

  /** Cancels what runs and waits for its end. */
  async close(): Promise<void> {
    await this.#runner?.close();
  }

  /** Answers when the job runs; the model it draws is held until it has ended. */
  #start(anew: boolean): Promise<JobId> {
    return new Promise((resolve, reject) => {
      this.#parts
        .withModel(async (model) => {
          const id = await this.#begin(anew, model);
          resolve(id);
          await this.jobs.wait(id).catch((error: unknown) => this.#tell(error));
        })
        .catch(reject);
    });
  }

  async #begin(anew: boolean, model: ModelParts): Promise<JobId> {
    const { dim } = await model.pack();
    const catalogue = this.#parts.existingCatalogue();
    const spaceId = catalogue ? await model.spaceId() : 0;
    if (!catalogue || !heardFiles(catalogue.db, spaceId, dim).any()) {
      throw new UserError(
        'nothing-indexed',
        'No sound has been listened to yet. The map is drawn from what was heard.',
      );
    }
    const { dataFolder, load } = this.#parts.options;
    const id = this.jobs.start('map', { anew }, async (context) => {
      const { files, placed } = await runMapJob(context, anew, {
        dataFolder,
        catalogue,
        spaceId,
        dim,
        lowPriority: load === 'background' && readSettings(catalogue).lowPriority,
        openIndex: () => model.index(),
      });
      return summaryOf(files, placed, context.elapsedSeconds());
    });
    this.#ids.add(id);
    return id;
  }

  #tell(error: unknown): void {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    this.#parts.notice(toWire(error).userMessage);
  }
}

function summaryOf(files: number, placed: number, seconds: number): IndexSummary {
  return {
    files, indexed: placed, unchanged: files - placed, moved: 0, retagged: 0, offline: 0, returned: 0, skipped: 0,
    failed: [], warnings: [], seconds, audioSeconds: 0, cancelled: false,
  }; // prettier-ignore
}

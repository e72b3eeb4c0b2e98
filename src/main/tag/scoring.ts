/**
 * Tag jobs: those that somebody starts, and those that begin by themselves when an index job has heard new files. One
 * at a time; beside index jobs, which they do not disturb.
 */
import { availableParallelism } from 'node:os';
import type { ScoreSummary } from '../../shared/calls/tags.ts';
import { toWire, UserError } from '../../shared/errors.ts';
import type { JobId, JobProgress } from '../../shared/types.ts';
import { JobRunner } from '../jobs/runner.ts';
import type { ModelParts } from '../model-parts.ts';
import type { Parts } from '../parts.ts';
import { readSettings } from '../settings.ts';
import type { ScoringGround } from './prepare.ts';
import { runScoreJob } from './score-job.ts';
import type { Vocabularies } from './vocabularies.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Deciding has come to rest after this long without a decision. */
const REST_MS = 10_000;

export interface ScoreRequest {
  /** None: those that files were scored with before. */
  vocabularyIds: string[];
  folders: string[];
  again: boolean;
}

export interface ScoringListeners {
  progress: (progress: JobProgress) => void;
  /** Suggestions of these tags may be others now. */
  changed: (tagIds: number[]) => void;
}

export class TagScoring {
  readonly #parts: Parts;
  readonly #vocabularies: Vocabularies;
  readonly #listeners: ScoringListeners;
  readonly #ids = new Set<JobId>();
  #runner: JobRunner<ScoreSummary> | null = null;
  /** The job that began by itself. */
  #automatic: JobId | null = null;
  #starting: Promise<unknown> = Promise.resolve();
  /** Tags that were decided on and have not learnt from it yet. */
  readonly #toLearn = new Set<number>();
  #restTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(parts: Parts, vocabularies: Vocabularies, listeners: ScoringListeners) {
    this.#parts = parts;
    this.#vocabularies = vocabularies;
    this.#listeners = listeners;
  }

  /** Wait, pause, resume, cancel. */
  get jobs(): JobRunner<ScoreSummary> {
    this.#runner ??= new JobRunner(this.#parts.catalogue().jobs, this.#listeners.progress, () =>
      this.#parts.checkThere(),
    );
    return this.#runner;
  }

  /** Jobs that run or are paused; asking makes no catalogue. */
  get running(): JobProgress[] {
    return this.#runner?.running ?? [];
  }

  /** Whether it is a tag job of this session. */
  has(id: JobId): boolean {
    return this.#ids.has(id);
  }

  /**
   * Somebody asks for it. A job that began by itself is put off: this one scores what it would have, or the next does.
   * @throws UserError nothing-indexed, not-found for a vocabulary, catalogue-busy while one runs, model-missing, model-damaged
   */
  start(request: ScoreRequest): Promise<JobId> {
    return this.#inTurn(async () => {
      if (this.#automatic !== null && this.#runner?.active === this.#automatic) {
        this.#runner.cancel(this.#automatic);
        await this.#runner.wait(this.#automatic).catch(() => {}); // it was told of as any other
      }
      if (this.#runner?.active != null) {
        throw new UserError('catalogue-busy', 'Tags are being scored already. Wait for that, or cancel it first.');
      }
      return this.#start(request);
    });
  }

  /** As {@link start}; null while another one runs that somebody asked for. */
  async startIfFree(request: ScoreRequest): Promise<JobId | null> {
    try {
      return await this.start(request);
    } catch (error) {
      if (error instanceof UserError && error.code === 'catalogue-busy') return null;
      throw error;
    }
  }

  /**
   * Tags learn from decisions when these have come to rest for a while; then their vocabularies are scored again, where
   * they were used before. Only in the app: a command learns when tags are scored next.
   */
  afterDeciding(tagIds: readonly number[]): void {
    if (this.#parts.options.load !== 'background' || this.#closed) return;
    for (const tagId of tagIds) this.#toLearn.add(tagId);
    if (this.#toLearn.size === 0) return;
    clearTimeout(this.#restTimer);
    this.#restTimer = setTimeout(() => {
      try {
        this.#learn();
      } catch (error) {
        this.#tell(error);
      }
    }, REST_MS);
    this.#restTimer.unref();
  }

  #learn(): void {
    const catalogue = this.#parts.existingCatalogue();
    if (this.#closed || !catalogue) return;
    if (this.#runner?.active != null) {
      this.afterDeciding([...this.#toLearn]); // what was decided meanwhile is learnt after this job
      return;
    }
    const decidedOn = new Set([...this.#toLearn].map((tagId) => catalogue.tagRows.byId(tagId)?.vocabularyId));
    this.#toLearn.clear();
    void this.#startUsed((id) => decidedOn.has(id));
  }

  /**
   * Files that were heard since are scored with the vocabularies that files were scored with before; nothing happens
   * where none was, or while a job runs. Only in the app: a command does what it is asked to.
   */
  afterIndexing(): void {
    if (this.#parts.options.load !== 'background') return;
    void this.#startUsed(() => true);
  }

  /** By itself: with those of the vocabularies that were used before and are still there. */
  async #startUsed(wanted: (vocabularyId: string) => boolean): Promise<void> {
    try {
      await this.#inTurn(async () => {
        const catalogue = this.#parts.existingCatalogue();
        if (this.#closed || !catalogue || this.#runner?.active != null) return;
        const { found } = await this.#vocabularies.all();
        const used = catalogue.suggestions.vocabulariesUsed().filter(wanted);
        const vocabularyIds = used.filter((id) => found.some(({ vocabulary }) => vocabulary.id === id));
        if (vocabularyIds.length === 0) return;
        this.#automatic = await this.#start({ vocabularyIds, folders: [], again: false });
      });
    } catch (error) {
      this.#tell(error);
    }
  }

  /** Cancels what runs and waits for its end. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restTimer);
    await this.#starting;
    await this.#runner?.close();
  }

  /** Answers when the job runs; the model it scores with is held until it has ended. */
  #start(request: ScoreRequest): Promise<JobId> {
    return new Promise((resolve, reject) => {
      this.#parts
        .withModel(async (model) => {
          const id = await this.#begin(request, model);
          resolve(id);
          await this.jobs.wait(id).catch((error: unknown) => this.#tell(error));
        })
        .catch(reject);
    });
  }

  async #begin({ vocabularyIds, folders, again }: ScoreRequest, model: ModelParts): Promise<JobId> {
    const { load } = this.#parts.options;
    const ground = await scoringGround(this.#parts, model, this.#vocabularies);
    const { catalogue } = ground;
    const wanted = vocabularyIds.length > 0 ? vocabularyIds : catalogue.suggestions.vocabulariesUsed();
    if (wanted.length === 0)
      throw new UserError('bad-input', 'Name a vocabulary, such as “sfx”: none has been used yet.');
    const vocabularies: Vocabulary[] = [];
    for (const id of new Set(wanted)) vocabularies.push((await this.#vocabularies.get(id)).vocabulary);
    const settings = readSettings(catalogue);
    const id = this.jobs.start('tag', { vocabularyIds: wanted, folders, again }, async (context) => {
      try {
        return await runScoreJob(context, {
          ...ground,
          threads: load === 'foreground' ? availableParallelism() : settings.backgroundCores,
          lowPriority: load === 'background' && settings.lowPriority,
          vocabularies,
          folders,
          again,
        });
      } finally {
        const tagIds = vocabularies.flatMap(({ id }) => catalogue.tagRows.ofVocabulary(id).map((row) => row.id));
        this.#listeners.changed(tagIds);
      }
    });
    this.#ids.add(id);
    return id;
  }

  #tell(error: unknown): void {
    if (this.#closed || (error instanceof DOMException && error.name === 'AbortError')) return;
    this.#parts.notice(toWire(error).userMessage);
  }

  /** Starts follow one another: each sees what the one before it left. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#starting.then(work);
    this.#starting = mine.catch(() => {}); // its caller hears of it
    return mine;
  }
}

/** What scoring stands on, of the model in use. @throws UserError nothing-indexed where there is no catalogue */
export async function scoringGround(
  parts: Parts,
  model: ModelParts,
  vocabularies: Vocabularies,
): Promise<ScoringGround> {
  const catalogue = parts.existingCatalogue();
  if (!catalogue) {
    throw new UserError('nothing-indexed', 'No sound has been listened to yet. Index a folder first.');
  }
  const pack = await model.pack();
  return {
    dataFolder: parts.options.dataFolder,
    catalogue,
    spaceId: await model.spaceId(),
    pack,
    reference: await vocabularies.reference(),
    embedTexts: async (texts) => {
      const supervisors = await model.supervisors();
      return supervisors.use((supervisor) => supervisor.asking((encoder) => encoder.embedTexts(texts)));
    },
  };
}

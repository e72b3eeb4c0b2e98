/**
 * Tag jobs: those that somebody starts, and those that begin by themselves when an index job has analysed new files. One
 * at a time; beside index jobs, which they do not disturb.
 */
import type { Replaceable } from '../async/replaceable.ts';
import type { Timers } from '../async/timers.ts';
import { Turns } from '../async/turns.ts';
import type { CatalogueAccess, LoadKind } from '../catalogue/access.ts';
import type { EncoderSupervisor } from '../embed/supervisor.ts';
import type { ModelAccess } from '../packs/model-access.ts';
import { availableParallelism } from 'node:os';
import { toWire, UserError } from '../../shared/errors.ts';
import type { JobId } from '../../shared/types.ts';
import type { JobRegistry, Lane } from '../jobs/registry.ts';
import { readSettings } from '../catalogue/setting-values.ts';
import type { ScoringDeps } from './prepare.ts';
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
  /** Suggestions of these tags may be others now. */
  changed: (tagIds: number[]) => void;
}

/** Of the model in use, whatever becomes of the setting meanwhile. */
export interface ScoringModel extends Pick<ModelAccess, 'pack' | 'spaceId'> {
  supervisors(): Promise<Replaceable<EncoderSupervisor>>;
}

export interface TagScoringDeps extends CatalogueAccess {
  readonly load: LoadKind;
  readonly timers: Timers;
  /** Holds the model in use while the work runs. */
  withModel<T>(work: (model: ScoringModel) => Promise<T>): Promise<T>;
}

export class TagScoring {
  readonly #deps: TagScoringDeps;
  readonly #vocabularies: Vocabularies;
  readonly #listeners: ScoringListeners;
  readonly #lane: Lane<'tag'>;
  /** The job that began by itself. */
  #automatic: JobId | null = null;
  readonly #starts = new Turns();
  /** Tags that were decided on and have not learnt from it yet. */
  readonly #toLearn = new Set<number>();
  /** Takes back the wait for rest. */
  #stopWaiting: () => void = () => {};
  #closed = false;

  constructor(deps: TagScoringDeps, jobs: JobRegistry, vocabularies: Vocabularies, listeners: ScoringListeners) {
    this.#deps = deps;
    this.#vocabularies = vocabularies;
    this.#listeners = listeners;
    this.#lane = jobs.lane({
      busy: 'Tags are already being scored. Wait for this to finish, or cancel it first.',
      service: this,
    });
  }

  /**
   * Somebody asks for it. A job that began by itself is put off: this one scores what it would have, or the next does.
   * @throws UserError nothing-indexed, not-found for a vocabulary, catalogue-busy while one runs, model-missing, model-damaged
   */
  start(request: ScoreRequest): Promise<JobId> {
    return this.#starts.take(async () => {
      if (this.#automatic !== null && this.#lane.active === this.#automatic) {
        this.#lane.cancel(this.#automatic);
        await this.#lane.wait(this.#automatic).catch(() => {}); // it was told of as any other
      }
      this.#lane.assertFree();
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
    if (this.#deps.load !== 'background' || this.#closed) return;
    for (const tagId of tagIds) this.#toLearn.add(tagId);
    if (this.#toLearn.size === 0) return;
    this.#stopWaiting();
    this.#stopWaiting = this.#deps.timers.after(REST_MS, () => {
      try {
        this.#learn();
      } catch (error) {
        this.#tell(error);
      }
    });
  }

  #learn(): void {
    const catalogue = this.#deps.existingCatalogue();
    if (this.#closed || !catalogue) return;
    if (this.#lane.active !== null) {
      this.afterDeciding([...this.#toLearn]); // what was decided meanwhile is learnt after this job
      return;
    }
    const decidedOn = new Set([...this.#toLearn].map((tagId) => catalogue.tagRows.byId(tagId)?.vocabularyId));
    this.#toLearn.clear();
    void this.#startUsed((id) => decidedOn.has(id));
  }

  /**
   * Files analysed since then are scored with the vocabularies used before; nothing happens if none was used, or while
   * a job runs. Only in the app: a command does what it is asked to.
   */
  afterIndexing(): void {
    if (this.#deps.load !== 'background') return;
    void this.#startUsed(() => true);
  }

  /** By itself: with those of the vocabularies that were used before and are still there. */
  async #startUsed(wanted: (vocabularyId: string) => boolean): Promise<void> {
    try {
      await this.#starts.take(async () => {
        const catalogue = this.#deps.existingCatalogue();
        if (this.#closed || !catalogue || this.#lane.active !== null) return;
        const { found } = await this.#vocabularies.all();
        const used = catalogue.scored.vocabularies().filter(wanted);
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
    this.#stopWaiting();
    await this.#starts.ended();
    await this.#lane.close();
  }

  /** Answers when the job runs; the model it scores with is held until it has ended. */
  #start(request: ScoreRequest): Promise<JobId> {
    return new Promise((resolve, reject) => {
      this.#deps
        .withModel(async (model) => {
          const id = await this.#begin(request, model);
          resolve(id);
          await this.#lane.wait(id).catch((error: unknown) => this.#tell(error));
        })
        .catch(reject);
    });
  }

  async #begin({ vocabularyIds, folders, again }: ScoreRequest, model: ScoringModel): Promise<JobId> {
    const { load } = this.#deps;
    const scoring = await scoringDeps(this.#deps, model, this.#vocabularies);
    const { catalogue } = scoring;
    const wanted = vocabularyIds.length > 0 ? vocabularyIds : catalogue.scored.vocabularies();
    if (wanted.length === 0)
      throw new UserError('bad-input', 'Specify a vocabulary, such as “sfx”. None has been used yet.');
    const vocabularies: Vocabulary[] = [];
    for (const id of new Set(wanted)) vocabularies.push((await this.#vocabularies.get(id)).vocabulary);
    const settings = readSettings(catalogue);
    return this.#lane.start('tag', { vocabularyIds: wanted, folders, again }, async (context) => {
      try {
        return await runScoreJob(context, {
          ...scoring,
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
  }

  #tell(error: unknown): void {
    if (this.#closed || (error instanceof DOMException && error.name === 'AbortError')) return;
    this.#deps.notice(toWire(error).userMessage);
  }
}

/** What scoring stands on, of the model in use. @throws UserError nothing-indexed where there is no catalogue */
export async function scoringDeps(
  deps: Pick<CatalogueAccess, 'dataFolder' | 'existingCatalogue'>,
  model: ScoringModel,
  vocabularies: Vocabularies,
): Promise<ScoringDeps> {
  const catalogue = deps.existingCatalogue();
  if (!catalogue) {
    throw new UserError('nothing-indexed', 'No files analysed yet. Index a folder first.');
  }
  const pack = await model.pack();
  return {
    dataFolder: deps.dataFolder,
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

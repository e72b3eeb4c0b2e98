/** Models that others publish, and the one that is being fetched. */
import type { DownloadProgress, ImportProgress, KnownModel } from '../../../shared/calls/models.ts';
import type { Client } from '../../../shared/contract.ts';
import { isUnended, waitForJob, type JobProgressOf } from '../../../shared/jobs.ts';
import type { JobId } from '../../../shared/types.ts';
import { sentenceOf, type Notices } from '../../stores/notices.svelte.ts';
import { perApp } from '../../stores/per-app.ts';
import { modelsOf, type Models } from './models.svelte.ts';

export const downloadsOf = perApp((app) => new Downloads(app.client, app.notices, modelsOf(app)));

export class Downloads {
  readonly #client: Client;
  readonly #notices: Notices;
  readonly #models: Models;
  #known = $state.raw<readonly KnownModel[] | null>(null);
  #problem = $state<string | null>(null);
  #progress = $state.raw<DownloadProgress | null>(null);
  #importing = $state.raw<ImportProgress | null>(null);
  #failures = $state.raw<ReadonlyMap<string, string>>(new Map());
  /** Ids of those whose licence was accepted in this window: it is not asked about twice. */
  #accepted = $state.raw<ReadonlySet<string>>(new Set());
  #job: JobId | null = null;
  #lastEnded: JobId | null = null;
  #latest = 0;

  constructor(client: Client, notices: Notices, models: Models) {
    this.#client = client;
    this.#notices = notices;
    this.#models = models;
    client.on('job.progress', (progress) => {
      if (progress.kind === 'download') this.#take(progress);
      // One import at a time: while a download imports, it is its own.
      if (progress.kind === 'import' && this.#progress?.stage === 'importing') this.#importing = progress;
    });
  }

  /** null before the first answer. */
  get known(): readonly KnownModel[] | null {
    return this.#known;
  }
  get problem(): string | null {
    return this.#problem;
  }
  /** What is being fetched, here or in another window; null when nothing is. */
  get progress(): DownloadProgress | null {
    return this.#progress;
  }
  /** How far the import of what was fetched is; null before it has said so. */
  get importing(): ImportProgress | null {
    return this.#importing;
  }
  /** Why the last try ended early, a sentence; null when it did not. */
  failureOf({ id }: KnownModel): string | null {
    return this.#failures.get(id) ?? null;
  }
  hasAccepted({ id }: KnownModel): boolean {
    return this.#accepted.has(id);
  }

  async refresh(): Promise<void> {
    const mine = ++this.#latest;
    try {
      const known = await this.#client.call('model.known', null);
      if (mine !== this.#latest) return;
      this.#known = known;
      this.#problem = null;
    } catch (error) {
      if (mine === this.#latest) this.#problem = sentenceOf(error);
    }
  }

  /** The user has seen the licence and accepts it. What is there of an earlier try is not fetched again. */
  async fetch({ id, bytes, partialBytes }: KnownModel): Promise<void> {
    if (this.#progress !== null) return;
    this.#accepted = new Set([...this.#accepted, id]);
    this.#fail(id, null);
    this.#importing = null;
    this.#progress = { modelId: id, stage: 'connecting', bytes: partialBytes, total: bytes, bytesPerSecond: null };
    try {
      this.#job = await this.#client.call('model.download', { id, acceptLicense: true });
      const model = await waitForJob(this.#client, this.#job, 'download');
      if (model !== null) this.#notices.say(`${model.name} installed. Check it, then use it.`);
    } catch (error) {
      this.#fail(id, sentenceOf(error));
    }
    await this.#ended(this.#job);
  }

  async cancel(): Promise<void> {
    const id = this.#job;
    if (id !== null) await this.#notices.attempt(() => this.#client.call('job.cancel', id));
  }

  /** @returns whether what was fetched is gone */
  async discard({ id }: KnownModel): Promise<boolean> {
    const done = await this.#notices.attempt(async () => {
      await this.#client.call('model.discardDownload', { id });
      return true;
    });
    if (done !== null) this.#fail(id, null);
    await this.refresh();
    return done !== null;
  }

  /** Also of a download that another window asked for. */
  #take(progress: JobProgressOf<'download'>): void {
    if (progress.id === this.#lastEnded) return;
    if (!isUnended(progress)) {
      void this.#ended(progress.id);
      return;
    }
    if (progress.stage !== 'importing') this.#importing = null;
    this.#job = progress.id;
    this.#progress = progress;
  }

  /** Its last progress and its answer come on ways of their own, and either may be first. */
  async #ended(job: JobId | null): Promise<void> {
    await Promise.all([this.refresh(), this.#models.refresh()]);
    this.#lastEnded = job;
    if (job !== this.#job) return;
    this.#job = null;
    this.#progress = null;
    this.#importing = null;
  }

  #fail(id: string, sentence: string | null): void {
    const failures = new Map(this.#failures);
    if (sentence === null) failures.delete(id);
    else failures.set(id, sentence);
    this.#failures = failures;
  }
}

/** Models that others publish, and the one that is being fetched. */
import type { DownloadProgress, ImportProgress, KnownModel } from '../../../shared/calls/models.ts';
import type { Client } from '../../../shared/contract.ts';
import { sentenceOf, type Notices } from '../../stores/notices.svelte.ts';
import { perApp } from '../../stores/per-app.ts';
import { modelsOf, type Models } from './models.svelte.ts';

/** A download that somebody else asked for tells of its steps, not of its end: silence for so long is its end. */
const SILENCE_MS = 20_000;
/** Progress may come after the answer, on a way of its own; so much later it is of another download. */
const LATE_MS = 2_000;

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
  #isOurs = false;
  #endedMs = -Infinity;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #latest = 0;

  constructor(client: Client, notices: Notices, models: Models) {
    this.#client = client;
    this.#notices = notices;
    this.#models = models;
    client.on('model.download', (progress) => this.#take(progress));
    client.on('model.progress', (importing) => {
      if (this.#progress?.stage !== 'importing') return;
      this.#importing = importing;
      this.#waitForSilence();
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
    this.#isOurs = true;
    this.#importing = null;
    this.#progress = { id, stage: 'connecting', bytes: partialBytes, total: bytes, bytesPerSecond: null };
    try {
      const model = await this.#client.call('model.download', { id, acceptLicense: true });
      if (model !== null) this.#notices.say(`${model.name} is installed. Check it, then take it into use.`);
    } catch (error) {
      this.#fail(id, sentenceOf(error));
    }
    await this.#ended();
  }

  async cancel(): Promise<void> {
    await this.#notices.attempt(() => this.#client.call('model.cancelDownload', null));
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

  #take(progress: DownloadProgress): void {
    if (this.#isOurs ? progress.id !== this.#progress?.id : performance.now() - this.#endedMs < LATE_MS) return;
    if (progress.stage !== 'importing') this.#importing = null;
    this.#progress = progress;
    this.#waitForSilence();
  }

  #waitForSilence(): void {
    if (this.#isOurs) return; // its answer says when it has ended
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => void this.#ended(), SILENCE_MS);
  }

  async #ended(): Promise<void> {
    await Promise.all([this.refresh(), this.#models.refresh()]);
    clearTimeout(this.#silence);
    this.#endedMs = performance.now();
    this.#isOurs = false;
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

/** The folders, failed files and duplicates, as the engine has them. Not updated while nobody looks. */
import type { NearDuplicates } from '../../../shared/calls/duplicates.ts';
import type { Health } from '../../../shared/calls/health.ts';
import type { DuplicateGroup, LibraryRoot, RootSettings } from '../../../shared/calls/library.ts';
import type { Client } from '../../../shared/contract.ts';
import { UserError } from '../../../shared/errors.ts';
import { isLibraryJob, isUnended } from '../../../shared/jobs.ts';
import type { FailureRow, LibraryJobProgress } from '../../../shared/types.ts';
import type { Jobs } from '../../stores/jobs.svelte.ts';
import { sentenceOf, type Notices } from '../../stores/notices.svelte.ts';
import { perApp } from '../../stores/per-app.ts';
import type { Undo, Undoable } from '../../stores/undo.svelte.ts';
import { rootName } from './root-words.ts';

/** While a job runs every file changes the figures; they are asked for again this often at most, ms. */
const REFRESH_MS = 2_000;
export const GROUPS_AT_ONCE = 20;

export interface Duplicates {
  groups: readonly DuplicateGroup[];
  /** All groups there are. */
  total: number;
  spareBytes: number;
}

interface LibraryDeps {
  client: Client;
  notices: Notices;
  undo: Undo;
  jobs: Jobs;
}

export const libraryOf = perApp((app) => new Library(app));

export class Library {
  readonly #client: Client;
  readonly #notices: Notices;
  readonly #undo: Undo;
  readonly #jobs: Jobs;
  #roots = $state.raw<readonly LibraryRoot[] | null>(null);
  #failures = $state.raw<readonly FailureRow[]>([]);
  #duplicates = $state.raw<Duplicates | null>(null);
  #near = $state.raw<NearDuplicates | null>(null);
  #health = $state.raw<Health | null>(null);
  #problem = $state<string | null>(null);
  #groupsWanted = GROUPS_AT_ONCE;
  #nearGroupsWanted = GROUPS_AT_ONCE;
  #watched = false;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counting duplicates reads the whole catalogue, so it is not done for every analysed file. */
  #duplicatesStale = true;
  /** Added while a job ran; analysed when it has ended. */
  #waiting: string[] = [];

  constructor({ client, notices, undo, jobs }: LibraryDeps) {
    this.#client = client;
    this.#notices = notices;
    this.#undo = undo;
    this.#jobs = jobs;
    client.on('root.changed', () => this.#soon(true));
    client.on('catalogue.changed', () => this.#soon(false));
    client.on('job.progress', (progress) => {
      if (isLibraryJob(progress)) this.#jobMoved(progress);
    });
    document.addEventListener('visibilitychange', () => this.#soon(true));
  }

  /** null before the first answer. */
  get roots(): readonly LibraryRoot[] | null {
    return this.#roots;
  }
  get failures(): readonly FailureRow[] {
    return this.#failures;
  }
  /** null before the first answer. */
  get duplicates(): Duplicates | null {
    return this.#duplicates;
  }
  /** null before the first answer. */
  get near(): NearDuplicates | null {
    return this.#near;
  }
  /** null before the first answer. */
  get health(): Health | null {
    return this.#health;
  }
  /** Why the list could not be brought, a sentence; null when it is as the engine has it. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Somebody looks at it from now on. @returns to say that nobody does any more */
  show(): () => void {
    this.#watched = true;
    this.#duplicatesStale = true;
    void this.refresh();
    return () => {
      this.#watched = false;
    };
  }

  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const mine = ++this.#asked;
    const anew = this.#duplicatesStale;
    this.#duplicatesStale = false;
    try {
      const [roots, failures, duplicates, near, health] = await Promise.all([
        this.#client.call('root.list', null),
        this.#client.call('failure.list', null),
        anew ? this.#client.call('duplicate.list', { limit: this.#groupsWanted }) : null,
        anew ? this.#client.call('duplicate.near', { folders: [], limit: this.#nearGroupsWanted }) : null,
        anew ? this.#client.call('health.get', { folders: [] }) : null,
      ]);
      if (duplicates !== null) this.#duplicates = duplicates;
      if (near !== null) this.#near = near;
      if (health !== null) this.#health = health;
      if (mine !== this.#asked) return; // a later answer is there, or on its way
      this.#roots = roots;
      this.#failures = failures;
      this.#problem = null;
    } catch (error) {
      this.#duplicatesStale ||= anew;
      this.#problem = sentenceOf(error);
    }
  }

  async showMoreDuplicates(): Promise<void> {
    this.#groupsWanted += GROUPS_AT_ONCE;
    this.#duplicatesStale = true;
    await this.refresh();
  }

  async showMoreNear(): Promise<void> {
    this.#nearGroupsWanted += GROUPS_AT_ONCE;
    this.#duplicatesStale = true;
    await this.refresh();
  }

  /**
   * Adds a folder to the library and analyses it, now or when the running job has ended.
   * @param path absolute @returns why not, a sentence; null when it is in the library
   */
  async add(path: string): Promise<string | null> {
    let root: LibraryRoot;
    try {
      root = await this.#client.call('root.add', { path });
    } catch (error) {
      return sentenceOf(error);
    }
    await this.refresh();
    await this.scan(root.path);
    return null;
  }

  /** @param path of a root: looks for changes in it and analyses new files, now or after the running job */
  async scan(path: string): Promise<void> {
    try {
      await this.#client.call('index.start', { folders: [path] });
    } catch (error) {
      const busy = error instanceof UserError && error.code === 'catalogue-busy' && this.#jobs.active !== null;
      if (!busy) {
        this.#notices.fail(error, { name: 'Try again', run: () => void this.scan(path) });
        return;
      }
      if (!this.#waiting.includes(path)) this.#waiting.push(path);
      this.#notices.say(`${rootName(path)} is queued. Analysis starts when the current run ends.`);
    }
    void this.#jobs.refresh();
  }

  async remove(root: LibraryRoot): Promise<void> {
    const step = this.#remove(root);
    this.#undo.did(step);
    if ((await step) !== null) await this.#changed();
  }

  async #remove({ id, path }: LibraryRoot): Promise<Undoable | null> {
    const name = rootName(path);
    const removed = await this.#notices.attempt(async () => (await this.#client.call('root.remove', id), true));
    if (removed === null) return null;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== path);
    let back = false;
    const undo = async () => {
      if (back) return; // by the notice, and then by the key
      await this.#client.call('root.add', { path });
      back = true;
      await this.#changed();
    };
    this.#notices.say(`${name} removed from the library. Its files and analysis results are kept.`, {
      name: 'Undo',
      run: () => void this.#notices.attempt(undo),
    });
    return { name: `remove ${name}`, undo };
  }

  async set(root: LibraryRoot, settings: Partial<RootSettings>): Promise<void> {
    const now = await this.#notices.attempt(() => this.#client.call('root.set', { id: root.id, ...settings }));
    if (now !== null) this.#roots = this.#roots?.map((one) => (one.id === now.id ? now : one)) ?? null;
  }

  /** Forgets why files could not be read and tries all of them again. */
  async retryFailures(): Promise<void> {
    const forgotten = await this.#notices.attempt(() => this.#client.call('failure.retry', null));
    if (forgotten === null) return;
    await this.#jobs.startIndex([]);
    await this.refresh();
  }

  async #changed(): Promise<void> {
    this.#duplicatesStale = true;
    await Promise.all([this.refresh(), this.#jobs.refresh()]);
  }

  #jobMoved(progress: LibraryJobProgress): void {
    if (isUnended(progress)) return;
    this.#soon(true);
    const waiting = this.#waiting;
    this.#waiting = [];
    // Who stops a job does not want the next one to begin.
    if (progress.state === 'done' && waiting.length > 0) void this.#jobs.startIndex(waiting);
  }

  /** While changes keep coming the first timer still fires: a refresh is late, never starved. */
  #soon(duplicates: boolean): void {
    this.#duplicatesStale ||= duplicates;
    if (!this.#watched || document.hidden) return;
    this.#timer ??= setTimeout(() => void this.refresh(), REFRESH_MS);
  }
}

/** The index as the engine sees it: a process that is started again when it crashes. */
import { UserError } from '../../shared/errors.ts';
import { Child, ChildExitedError } from '../process/child.ts';
import { CrashCount } from '../process/crash-count.ts';
import { PROCESS_ENTRIES } from '../process/entries.ts';
import { indexFolder } from './index-folder.ts';
import type { Background, FileLevels, IndexMethods, IndexPushes, Opened, Synced, WindowMatches } from './protocol.ts';

export type { Background, Synced, WindowMatches } from './protocol.ts';

/** As many crashes within {@link FORGET_CRASHES_MS} are no accident. */
const CRASH_LIMIT = 4;
const FORGET_CRASHES_MS = 10 * 60_000;
/** Windows behind which it is worth catching up without being asked: comparing fewer one by one takes no time. */
const CATCH_UP_FROM = 2000;
/** Not at once: a single search from the command line ends before that, and needs the CPU itself. */
const CATCH_UP_AFTER_MS = 3000;
/** Windows of the library that a query is measured against. */
const BACKGROUND_SAMPLE = 2000;

export interface VectorIndexOptions {
  dataFolder: string;
  spaceId: number;
  dim: number;
  /** Told what a user should know, one sentence at a time. */
  notice?: (message: string) => void;
  /** Run below normal priority (background work in the app). */
  lowPriority?: boolean;
}

type IndexChild = Child<IndexMethods, IndexPushes>;

export class VectorIndex {
  readonly #options: VectorIndexOptions;
  readonly #closing = new AbortController();
  #pid: number | null = null;
  #child: Promise<IndexChild> | null = null;
  /** Of the process that was started last: resolves when it has ended. */
  #ended: Promise<void> = Promise.resolve();
  #opened: Opened = { count: 0, indexed: 0, state: 'new', reason: null };
  readonly #crashes = new CrashCount({ limit: CRASH_LIMIT, forgetAfterMs: FORGET_CRASHES_MS });
  #crashedOpening = false;
  #nextTicket = 1;
  #catchUp: { timer: NodeJS.Timeout; stop: AbortController } | null = null;

  private constructor(options: VectorIndexOptions) {
    this.#options = options;
  }

  /**
   * Starts the index process over the catalogue in the data folder. A saved index that is missing, damaged or made
   * for something else is no error: `notice` is told, answers are complete at once (windows are compared one by
   * one), and the index is built again meanwhile, or by the next {@link sync}.
   * @throws UserError not-found when there is no catalogue, catalogue-damaged, engine-broken
   */
  static async open(options: VectorIndexOptions): Promise<VectorIndex> {
    const index = new VectorIndex(options);
    try {
      await index.#restarting(() => index.#running());
    } catch (error) {
      await index.close();
      throw error;
    }
    return index;
  }

  /** How the index was found when its process (last) started. */
  get state(): Opened['state'] {
    return this.#opened.state;
  }
  /** The process that is running, or was last. */
  get pid(): number | null {
    return this.#pid;
  }
  /** Windows that can be found, as of the last start or sync. */
  get count(): number {
    return this.#opened.count;
  }
  /** Of these, not in the saved graph yet: {@link sync} puts them in. */
  get behind(): number {
    return this.#opened.count - this.#opened.indexed;
  }

  /**
   * The k windows nearest to a query, best first; fewer when there are no more. Windows that came into the catalogue
   * since the last {@link sync} are not seen.
   * @param embedding Float32Array[dim], L2 norm 1
   * @param fileIds only windows of these files
   * @throws Error when the embedding has another length or a value that is not finite; UserError engine-broken
   */
  search(embedding: Float32Array, k: number, fileIds?: Float64Array): Promise<WindowMatches> {
    return this.#call('search', { embedding, k, fileIds: fileIds ?? null });
  }

  /** The best window of each of these files, best first; files without windows are missing. Always exact. */
  scoreFiles(embedding: Float32Array, fileIds: Float64Array): Promise<WindowMatches> {
    return this.#call('scoreFiles', { embedding, fileIds });
  }

  /** How high the windows of each of these files lie for a query, its best one left out; short files are missing. */
  levels(embedding: Float32Array, fileIds: Float64Array): Promise<FileLevels[]> {
    return this.#call('levels', { embedding, fileIds });
  }

  /** Mean and standard deviation of a query's cosines to a fixed sample of the library. */
  background(embedding: Float32Array): Promise<Background> {
    return this.#call('background', { embedding, sample: BACKGROUND_SAMPLE });
  }

  /**
   * Synchronises the index with the catalogue and saves it. Searching continues meanwhile.
   * @param onProgress windows put in and to be put in, at most ten times a second
   * @throws signal.reason when cancelled: what was put in until then stays and is saved
   */
  sync(signal?: AbortSignal, onProgress?: (done: number, total: number) => void): Promise<Synced> {
    this.#stopCatchingUp();
    return this.#sync(signal, onProgress);
  }

  #sync(signal?: AbortSignal, onProgress?: (done: number, total: number) => void): Promise<Synced> {
    return this.#restarting(async () => {
      const child = await this.#running();
      const ticket = this.#nextTicket++;
      const unsubscribe = child.on('progress', (progress) => {
        if (progress.ticket === ticket) onProgress?.(progress.done, progress.total);
      });
      // A child that exited is noticed by the call itself.
      const cancel = () => void child.call('cancelSync', { ticket }).catch(() => {});
      signal?.addEventListener('abort', cancel, { once: true });
      try {
        signal?.throwIfAborted();
        const synced = await child.call('sync', { ticket });
        this.#opened = { ...this.#opened, count: synced.count, indexed: synced.count };
        if (synced.notSaved) this.#options.notice?.(synced.notSaved);
        if (synced.cancelled) signal?.throwIfAborted();
        return synced;
      } finally {
        unsubscribe();
        signal?.removeEventListener('abort', cancel);
      }
    });
  }

  /** Resident memory of the index process, bytes; 0 while it does not run. */
  async memory(): Promise<number> {
    const child = await this.#child?.catch(() => null);
    return child?.alive ? (await child.call('memory', null)).residentBytes : 0;
  }

  /** Ends the process. Calls under way are rejected; what was not saved is put in again at the next start. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the index was closed'));
    this.#stopCatchingUp();
    const child = await this.#child?.catch(() => null);
    await child?.kill();
  }

  #call<N extends 'search' | 'scoreFiles' | 'levels' | 'background'>(
    name: N,
    input: IndexMethods[N]['input'],
  ): Promise<IndexMethods[N]['output']> {
    return this.#restarting(async () => (await this.#running()).call(name, input));
  }

  /** Does something that needs the process; should the process crash, once more with a new one. */
  async #restarting<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      this.#closing.signal.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof ChildExitedError) || this.#closing.signal.aborted) throw error;
        await this.#ended; // after this its crash has been counted
        // The next question is worth an attempt all the same: what was wrong may be over by then.
        if (this.#crashes.restMs > 0) {
          throw new UserError(
            'engine-broken',
            'The search index keeps crashing. Try again in a minute. If the problem persists, delete the folder “index” in the data folder.',
            error,
          );
        }
      }
    }
  }

  async #running(): Promise<IndexChild> {
    const child = await this.#child?.catch(() => null);
    if (child?.alive) return child;
    // The first caller starts it; the others wait for the same start.
    if (this.#child === null) this.#child = this.#start();
    return this.#child;
  }

  async #start(): Promise<IndexChild> {
    const { dataFolder, spaceId, dim, lowPriority = false } = this.#options;
    const child: IndexChild = new Child({ processName: 'index', entry: PROCESS_ENTRIES.index, lowPriority });
    this.#pid = child.pid;
    let ended = false;
    this.#ended = child.exited.then(() => {
      this.#child = null;
      if (!ended && !this.#closing.signal.aborted) this.#noteCrash();
    });
    // Native code that crashes on a saved index, or keeps crashing with it, is not shown that index again.
    const skipFile = this.#crashedOpening || this.#crashes.count >= 2;
    this.#crashedOpening = true;
    try {
      this.#opened = await child.call('open', {
        dataFolder,
        indexFolder: indexFolder(dataFolder),
        spaceId,
        dim,
        skipFile,
      });
      this.#crashedOpening = false;
    } catch (error) {
      if (!(error instanceof ChildExitedError)) {
        ended = true; // it answered; it is of no use without a catalogue, but it did not crash
        this.#crashedOpening = false;
      }
      await child.kill();
      throw error;
    }
    if (this.#opened.reason) this.#options.notice?.(this.#opened.reason);
    if (this.#opened.count - this.#opened.indexed > CATCH_UP_FROM) this.#catchUpLater();
    return child;
  }

  #noteCrash(): void {
    this.#crashes.note();
    this.#options.notice?.('The search index crashed and is being restarted.');
  }

  #catchUpLater(): void {
    this.#stopCatchingUp();
    const stop = new AbortController();
    const timer = setTimeout(() => {
      this.#sync(AbortSignal.any([stop.signal, this.#closing.signal])).catch((error: unknown) => {
        if (stop.signal.aborted || this.#closing.signal.aborted) return;
        this.#options.notice?.(
          error instanceof UserError ? error.userMessage : 'The search index could not be updated.',
        );
      });
    }, CATCH_UP_AFTER_MS);
    timer.unref();
    this.#catchUp = { timer, stop };
  }

  #stopCatchingUp(): void {
    if (!this.#catchUp) return;
    clearTimeout(this.#catchUp.timer);
    this.#catchUp.stop.abort(new Error('another sync takes over'));
    this.#catchUp = null;
  }
}

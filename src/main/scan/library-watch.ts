/** Which roots are watched, by what the user has set and by their drives; what changed in them, when it has settled. */
import type { RootRow, RootStore } from '../catalogue/stores/roots.ts';
import { ChangeGatherer, SETTLING, type Settling } from './change-gatherer.ts';
import { driveKind, type DriveKind } from './drive-kind.ts';
import { Watcher, type WatchState } from './watch.ts';
import { toWire } from '../../shared/errors.ts';

/** Drives are asked for anew after this long, ms. */
const DRIVES_KEPT_MS = 10_000;

export interface LibraryWatchOptions {
  /** null: there is no catalogue yet, so no roots. */
  roots: () => RootStore | null;
  dataFolder: string;
  /** Whether roots are watched at all, or only questions about them are answered. */
  active: boolean;
  /** Changes in these roots have settled. */
  onSettled: (rootId: number) => void;
  /** The answer of {@link LibraryWatch.stateOf} for this root is another one. */
  onState: (rootId: number) => void;
  /** Told in one sentence when the roots could not be read. */
  notice: (message: string) => void;
  settling?: Settling;
  /** See {@link Watcher}. */
  lookEveryMs?: number;
}

export class LibraryWatch {
  readonly #options: LibraryWatchOptions;
  readonly #gatherer: ChangeGatherer;
  readonly #watcher: Watcher | null;
  readonly #drives = new Map<string, { kind: DriveKind; atMs: number }>();
  #watched: ReadonlyMap<number, string> = new Map();
  #refreshing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: LibraryWatchOptions) {
    this.#options = options;
    this.#gatherer = new ChangeGatherer(options.onSettled, options.settling ?? SETTLING);
    this.#watcher = options.active
      ? new Watcher({
          ignore: [options.dataFolder],
          onChange: (rootId) => this.#gatherer.note(rootId),
          onState: options.onState,
          onFault: (error) => options.notice(toWire(error).userMessage),
          ...(options.lookEveryMs === undefined ? {} : { lookEveryMs: options.lookEveryMs }),
        })
      : null;
  }

  /** For tests and the doctor: the watching process; null when there is none. */
  get pid(): number | null {
    return this.#watcher?.pid ?? null;
  }

  /**
   * Roots, or what is set for them, may have changed: watches those that are to be watched from now on. A root that
   * was not watched before is looked through once, watched or not: nobody saw what happened in it. Calls follow one
   * another; never rejects.
   */
  refresh(): Promise<void> {
    this.#refreshing = this.#refreshing
      .then(() => this.#refresh())
      .catch((error: unknown) => {
        if (!this.#closed) this.#options.notice(toWire(error).userMessage);
      });
    return this.#refreshing;
  }

  /** What the user has set; on every other drive than one of the network where nothing was set. */
  async isWanted(root: Pick<RootRow, 'watch' | 'path'>): Promise<boolean> {
    return root.watch ?? (await this.driveOf(root.path)) !== 'network';
  }

  stateOf(rootId: number): WatchState {
    return this.#watcher?.stateOf(rootId) ?? { watching: false, problem: null };
  }

  async driveOf(path: string): Promise<DriveKind> {
    const known = this.#drives.get(path);
    if (known && performance.now() - known.atMs < DRIVES_KEPT_MS) return known.kind;
    const kind = await driveKind(path);
    this.#drives.set(path, { kind, atMs: performance.now() });
    return kind;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#watcher?.close();
    await this.#refreshing;
    this.#gatherer.close();
  }

  async #refresh(): Promise<void> {
    if (!this.#watcher || this.#closed) return;
    const roots = await this.#toWatch();
    const before = this.#watched;
    this.#watched = new Map(roots.map(({ id, path }) => [id, path]));
    for (const rootId of before.keys()) if (!this.#watched.has(rootId)) this.#gatherer.forget(rootId);
    // Watched first, so that nothing falls between the look and the watch.
    await this.#watcher.watchOnly(this.#watched);
    for (const rootId of this.#watched.keys()) if (!before.has(rootId)) this.#gatherer.note(rootId);
  }

  /** A root that was never walked has not been analysed yet: its first change must not start that by itself. */
  async #toWatch(): Promise<RootRow[]> {
    const wanted: RootRow[] = [];
    for (const root of this.#options.roots()?.list() ?? []) {
      if (!root.paused && root.scannedMs !== null && (await this.isWanted(root))) wanted.push(root);
    }
    return wanted;
  }
}

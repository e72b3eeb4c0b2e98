/**
 * Looks out for changes below folders. The watcher is native code with threads of its own, so it lives in a process
 * of ours: should it crash or be missing, that costs notice of changes until it is up again, never the engine. The
 * process exists only while there is something to watch.
 */
import { stat } from 'node:fs/promises';
import { Child, ChildExitedError } from '../process/child.ts';
import { CrashCount } from '../process/crash-count.ts';
import { PROCESS_ENTRIES } from '../process/entries.ts';
import type { WatchMethods, WatchProblem, WatchPushes } from './watch-protocol.ts';

/** As many crashes within {@link FORGET_CRASHES_MS} are no accident. */
const CRASH_LIMIT = 4;
const FORGET_CRASHES_MS = 10 * 60_000;
/** How often roots are looked at: an unplugged drive takes its watch away without a word. */
const LOOK_EVERY_MS = 60_000;

type WatchChild = Child<WatchMethods, WatchPushes>;

export interface WatcherOptions {
  /** Absolute folders whose changes are nobody's business. */
  ignore: string[];
  /** Something changed in a root, or may have changed while nobody looked. */
  onChange: (rootId: number) => void;
  /** A root is watched, or is watched no more: see {@link Watcher.stateOf}. */
  onState: (rootId: number) => void;
  /** An error that no call waits for; watching continues. */
  onFault?: (error: unknown) => void;
  /** @default 60 000 */
  lookEveryMs?: number;
  /** Of the watching process. */
  crashes?: CrashCount;
}

export interface WatchState {
  watching: boolean;
  /** A sentence; null when all is well, or nothing is known yet. */
  problem: string | null;
}

interface Wanted {
  path: string;
  watching: boolean;
  problem: WatchProblem | null;
  /** Device and inode: another drive at the same place is another folder. null: not there at the last look. */
  identity: string | null;
}

export class Watcher {
  readonly #options: WatcherOptions;
  readonly #wanted = new Map<number, Wanted>();
  readonly #look: NodeJS.Timeout;
  #child: WatchChild | null = null;
  readonly #crashes: CrashCount;
  #looking = false;
  /** Calls during a check are answered by one more check: results so far may be out of date. */
  #looksAsked = 0;
  /** The process crashed too often; it is started again when it has rested. */
  #resting = false;
  #closed = false;

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#crashes = options.crashes ?? new CrashCount({ limit: CRASH_LIMIT, forgetAfterMs: FORGET_CRASHES_MS });
    this.#look = setInterval(() => this.#unattended(this.#lookAtRoots()), options.lookEveryMs ?? LOOK_EVERY_MS);
    this.#look.unref();
  }

  /** The watching process; null when there is none. */
  get pid(): number | null {
    return this.#child?.alive ? this.#child.pid : null;
  }

  stateOf(rootId: number): WatchState {
    const wanted = this.#wanted.get(rootId);
    return { watching: wanted?.watching ?? false, problem: wanted?.problem?.message ?? null };
  }

  /**
   * Watches these roots and no others from now on.
   * @param roots id → absolute path
   */
  async watchOnly(roots: ReadonlyMap<number, string>): Promise<void> {
    for (const [rootId, { path }] of [...this.#wanted]) {
      if (roots.get(rootId) !== path) await this.#unwatch(rootId);
    }
    const fresh = [...roots].filter(([rootId]) => !this.#wanted.has(rootId));
    for (const [rootId, path] of fresh) {
      this.#wanted.set(rootId, { path, watching: false, problem: null, identity: null });
    }
    await Promise.all(fresh.map(([rootId]) => this.#watch(rootId)));
    if (this.#wanted.size === 0) await this.#endChild();
    // Not waited for, since a drive may hang: a folder that was looked through may have come back by that.
    else this.#unattended(this.#lookAtRoots());
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#look);
    this.#wanted.clear();
    await this.#endChild();
  }

  async #watch(rootId: number): Promise<void> {
    const wanted = this.#wanted.get(rootId);
    if (!wanted || this.#closed) return;
    wanted.identity = await identityOf(wanted.path);
    let problem: WatchProblem | null;
    try {
      problem = await this.#running().call('watch', { rootId, path: wanted.path, ignore: this.#options.ignore });
    } catch (error) {
      if (error instanceof ChildExitedError) return; // #restart sees to all roots
      problem = { kind: 'unable', message: `“${wanted.path}” cannot be watched at the moment.` };
    }
    if (this.#wanted.get(rootId) !== wanted) return;
    this.#setState(rootId, wanted, problem);
  }

  async #unwatch(rootId: number): Promise<void> {
    this.#wanted.delete(rootId);
    if (this.#child?.alive) {
      await this.#child.call('unwatch', { rootId }).catch(() => {}); // it has exited: nothing is watched any more
    }
  }

  #running(): WatchChild {
    if (this.#child?.alive) return this.#child;
    const child: WatchChild = new Child({ processName: 'watch', entry: PROCESS_ENTRIES.watch });
    this.#child = child;
    child.on('changed', ({ rootId }) => {
      if (this.#wanted.has(rootId)) this.#options.onChange(rootId);
    });
    child.on('stopped', ({ rootId, problem }) => {
      const wanted = this.#wanted.get(rootId);
      if (!wanted) return;
      wanted.identity = null;
      this.#setState(rootId, wanted, problem);
      this.#options.onChange(rootId);
    });
    void child.exited.then((how) => {
      if (this.#child === child) this.#unattended(this.#restart(how));
    });
    return child;
  }

  async #restart(how: string): Promise<void> {
    this.#child = null;
    if (this.#closed) return;
    this.#crashes.note();
    this.#resting = this.#crashes.restMs > 0;
    for (const [rootId, wanted] of this.#wanted) {
      const message = `“${wanted.path}” is not watched at the moment, because the file watcher keeps crashing (${how}). Earmark retries automatically.`;
      this.#setState(rootId, wanted, this.#resting ? { kind: 'unable', message } : null, false);
    }
    if (!this.#resting) await this.#watchAgain();
  }

  /** What happened while nobody watched nobody saw: every root counts as changed. */
  async #watchAgain(): Promise<void> {
    const rootIds = [...this.#wanted.keys()];
    await Promise.all(rootIds.map((rootId) => this.#watch(rootId)));
    for (const rootId of rootIds) if (this.#wanted.has(rootId)) this.#options.onChange(rootId);
  }

  /** Folders that came back are watched again; those that left, or are another folder now, are looked at again. */
  async #lookAtRoots(): Promise<void> {
    this.#looksAsked++;
    if (this.#looking) return; // a drive that hangs holds this up, and nothing else
    this.#looking = true;
    try {
      let answered: number;
      do {
        answered = this.#looksAsked;
        await this.#lookOnce();
      } while (this.#looksAsked !== answered);
    } finally {
      this.#looking = false; // the next look may find it better
    }
  }

  async #lookOnce(): Promise<void> {
    if (this.#resting && this.#crashes.restMs === 0) {
      this.#resting = false;
      await this.#watchAgain();
    }
    for (const [rootId, wanted] of [...this.#wanted]) {
      if (wanted.problem !== null && wanted.problem.kind !== 'gone') continue;
      const identity = await identityOf(wanted.path);
      if (this.#wanted.get(rootId) !== wanted || identity === wanted.identity) continue;
      await this.#watch(rootId);
      if (this.#wanted.has(rootId)) this.#options.onChange(rootId);
    }
  }

  /** Work that nobody waits for, from a timer or the end of a process: its error is reported, and ends nothing. */
  #unattended(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!this.#closed) this.#options.onFault?.(error);
    });
  }

  #setState(rootId: number, wanted: Wanted, problem: WatchProblem | null, watching = problem === null): void {
    if (wanted.watching === watching && wanted.problem?.message === problem?.message) return;
    wanted.watching = watching;
    wanted.problem = problem;
    this.#options.onState(rootId);
  }

  async #endChild(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    await child?.kill();
  }
}

async function identityOf(path: string): Promise<string | null> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null; // not there, or not to be reached: the same for a watch
  }
}

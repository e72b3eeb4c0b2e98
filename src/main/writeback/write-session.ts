/** The write process as the engine sees it: started when needed, restarted when it crashes, ended with the job. */
import { Child, ChildExitedError } from '../process/child.ts';
import { PROCESS_ENTRIES } from '../process/entries.ts';
import type { Done, WriteMethods, WritePushes } from './protocol.ts';

export interface SessionOptions {
  dataFolder: string;
  lowPriority: boolean;
  /** Each file that became another, or did not, as soon as it is known. */
  done: (done: Done) => void;
  /** What is under way is to end: the file in work stays as it was. */
  signal: AbortSignal;
}

/** How often the process may die over one file before that is left alone. */
const MAX_CRASHES = 2;

export class WriteSession {
  readonly #options: SessionOptions;
  readonly #stop = () => void this.#child?.call('stop', null).catch(() => {}); // it has exited: stopped as well
  #child: Child<WriteMethods, WritePushes> | null = null;
  /** What was done and could not be noted: nothing more is to be done then. */
  #notNoted: { error: unknown } | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', this.#stop);
  }

  /** @throws ChildExitedError, and what the process throws */
  async call<N extends keyof WriteMethods>(
    name: N,
    input: WriteMethods[N]['input'],
  ): Promise<WriteMethods[N]['output']> {
    const child = await this.#running();
    return child.call(name, input);
  }

  /**
   * Has the process work on items until all are done. Should it die of one, a new one settles what it left, and the
   * items that are not done are tried again.
   * @param work sends items to the process
   * @param giveUp what to do with an item on which it crashed too often
   */
  async all<T extends { fileId: number }>(
    items: readonly T[],
    work: (items: T[]) => Promise<unknown>,
    giveUp: (item: T, how: string) => Promise<void>,
  ): Promise<void> {
    let left = [...items];
    const crashed = new Map<number, number>();
    while (left.length > 0) {
      const done = new Set<number>();
      const child = await this.#running();
      const unsubscribe = child.on('done', ({ fileId }) => done.add(fileId));
      try {
        await work(left);
        if (this.#notNoted) throw this.#notNoted.error;
        return;
      } catch (error) {
        if (!(error instanceof ChildExitedError) || this.#options.signal.aborted) throw error;
        for (const settled of await this.call('recover', { again: true })) {
          done.add(settled.fileId);
          this.#options.done(settled);
        }
        left = left.filter(({ fileId }) => !done.has(fileId));
        const victim = left[0];
        if (!victim) return;
        const crashes = (crashed.get(victim.fileId) ?? 0) + 1;
        crashed.set(victim.fileId, crashes);
        if (crashes < MAX_CRASHES) continue;
        await giveUp(victim, error.how);
        left = left.slice(1);
      } finally {
        unsubscribe();
      }
    }
  }

  async close(): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#stop);
    await this.#child?.kill();
  }

  async #running(): Promise<Child<WriteMethods, WritePushes>> {
    if (this.#child?.alive) return this.#child;
    const { dataFolder, lowPriority, done } = this.#options;
    const child = new Child<WriteMethods, WritePushes>({
      processName: 'write',
      entry: PROCESS_ENTRIES.write,
      lowPriority,
    });
    this.#child = child;
    child.on('done', (file) => {
      try {
        done(file);
      } catch (error) {
        this.#notNoted ??= { error };
        this.#stop(); // the file in work stays as it was, and the journal is in order
      }
    });
    await child.call('open', { dataFolder });
    return child;
  }
}

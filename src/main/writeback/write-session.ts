/** The write process as the engine sees it: started when needed, started again when it dies, ended with the job. */
import { Child, ChildDiedError } from '../process/child.ts';
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
const DEATHS = 2;

export class WriteSession {
  readonly #options: SessionOptions;
  readonly #stop = () => void this.#child?.call('stop', null).catch(() => {}); // it died: stopped as well
  #child: Child<WriteMethods, WritePushes> | null = null;
  /** What was done and could not be noted: nothing more is to be done then. */
  #notNoted: { error: unknown } | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', this.#stop);
  }

  /** @throws ChildDiedError, and what the process throws */
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
   * @param giveUp what to do with an item that it died of too often
   */
  async all<T extends { fileId: number }>(
    items: readonly T[],
    work: (items: T[]) => Promise<unknown>,
    giveUp: (item: T, how: string) => Promise<void>,
  ): Promise<void> {
    let left = [...items];
    const deaths = new Map<number, number>();
    while (left.length > 0) {
      const done = new Set<number>();
      const child = await this.#running();
      const listening = child.on('done', ({ fileId }) => done.add(fileId));
      try {
        await work(left);
        if (this.#notNoted) throw this.#notNoted.error;
        return;
      } catch (error) {
        if (!(error instanceof ChildDiedError) || this.#options.signal.aborted) throw error;
        for (const settled of await this.call('recover', { again: true })) {
          done.add(settled.fileId);
          this.#options.done(settled);
        }
        left = left.filter(({ fileId }) => !done.has(fileId));
        const victim = left[0];
        if (!victim) return;
        const died = (deaths.get(victim.fileId) ?? 0) + 1;
        deaths.set(victim.fileId, died);
        if (died < DEATHS) continue;
        await giveUp(victim, error.how);
        left = left.slice(1);
      } finally {
        listening();
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

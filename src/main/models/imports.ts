/** The engine's handle on imports of models: one at a time, stopped with the engine. */
import type { ImportProgress } from '../../shared/calls/models.ts';
import { UserError } from '../../shared/errors.ts';
import { importModel } from './import.ts';

export class Imports {
  readonly #dataFolder: string;
  readonly #send: (progress: ImportProgress) => void;
  readonly #lowPriority: () => boolean;
  readonly #notice: (message: string) => void;
  #running: { controller: AbortController; work: Promise<string> } | null = null;

  /** @param lowPriority asked whenever an import begins */
  constructor(
    dataFolder: string,
    lowPriority: () => boolean,
    send: (progress: ImportProgress) => void,
    notice: (message: string) => void,
  ) {
    this.#dataFolder = dataFolder;
    this.#lowPriority = lowPriority;
    this.#send = send;
    this.#notice = notice;
  }

  /**
   * @param path absolute
   * @returns the pack's folder; null when it was cancelled
   * @throws UserError catalogue-busy while another import runs; what {@link importModel} throws
   */
  async run(path: string): Promise<string | null> {
    if (this.#running) {
      throw new UserError('catalogue-busy', 'A model is being imported already. Wait for it, or cancel it first.');
    }
    const controller = new AbortController();
    const { signal } = controller;
    const options = { signal, onProgress: this.#send, onNotice: this.#notice, lowPriority: this.#lowPriority() };
    const work = importModel(path, this.#dataFolder, options);
    this.#running = { controller, work };
    try {
      return await work;
    } catch (error) {
      if (signal.aborted && error === signal.reason) return null;
      throw error;
    } finally {
      this.#running = null;
    }
  }

  /** Whether an import runs. */
  get busy(): boolean {
    return this.#running !== null;
  }

  cancel(): void {
    this.#running?.controller.abort(new DOMException('cancelled by the user', 'AbortError'));
  }

  /** Cancels and waits for the end. */
  async close(): Promise<void> {
    this.cancel();
    await Promise.allSettled([this.#running?.work]);
  }
}

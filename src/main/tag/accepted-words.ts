/** Search finds files by their accepted tags: the words follow what was decided, some at a time. */
import type { CatalogueAccess } from '../catalogue/access.ts';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { toWire } from '../../shared/errors.ts';

export type AcceptedWordsDeps = Pick<CatalogueAccess, 'existingCatalogue' | 'notice'>;

export class AcceptedWords {
  readonly #deps: AcceptedWordsDeps;
  #writing: Promise<void> | null = null;
  #closed = false;

  constructor(deps: AcceptedWordsDeps) {
    this.#deps = deps;
  }

  /** Resolves when the words of all that was decided until now are written. */
  written(): Promise<void> {
    const mine = (this.#writing ?? Promise.resolve()).catch(() => {}).then(() => this.#write());
    this.#writing = mine;
    return mine;
  }

  /** Nobody waits: after moves, after tags were renamed, and for what a program left that ended midway. */
  soon(): void {
    this.written().catch((error: unknown) => {
      if (!this.#closed) this.#deps.notice(toWire(error).userMessage);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing?.catch(() => {}); // callers that waited got the error
  }

  async #write(): Promise<void> {
    const catalogue = this.#closed ? null : this.#deps.existingCatalogue();
    while (!this.#closed && (catalogue?.decisions.writeSomeWords() ?? false)) await yieldToEventLoop();
  }
}

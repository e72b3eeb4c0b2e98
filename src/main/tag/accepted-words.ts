/** Search finds files by their accepted tags: the words follow what was decided, some at a time. */
import { setImmediate as breather } from 'node:timers/promises';
import { toWire } from '../../shared/errors.ts';
import type { Parts } from '../parts.ts';

export class AcceptedWords {
  readonly #parts: Parts;
  #writing: Promise<void> | null = null;
  #closed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
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
      if (!this.#closed) this.#parts.notice(toWire(error).userMessage);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing?.catch(() => {}); // whoever waited was told
  }

  async #write(): Promise<void> {
    const catalogue = this.#closed ? null : this.#parts.existingCatalogue();
    while (!this.#closed && (catalogue?.decisions.writeSomeWords() ?? false)) await breather();
  }
}

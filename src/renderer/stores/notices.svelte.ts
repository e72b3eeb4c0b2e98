/** All notifications to the user pass through here: a finished job, a call that failed, an undo. */
import { UserError } from '../../shared/errors.ts';

export interface Notice {
  id: number;
  kind: 'info' | 'error';
  text: string;
  /** A way on: "Undo", "Show", "Try again". */
  action: { name: string; run: () => void } | null;
}

const INFO_MS = 6_000;
const ERROR_MS = 15_000;
const SHOWN_AT_ONCE = 3;

export class Notices {
  #shown = $state.raw<readonly Notice[]>([]);
  #nextId = 1;

  get shown(): readonly Notice[] {
    return this.#shown;
  }

  /** Says something quietly and takes it away again by itself. The same text is not said twice at once. */
  say(text: string, action: Notice['action'] = null): void {
    this.#add({ id: this.#nextId++, kind: 'info', text, action }, INFO_MS);
  }

  /**
   * A `UserError` shows its own sentence, anything else the general one; a cancel is silent.
   * @param action a way on, such as trying again
   */
  fail(error: unknown, action: Notice['action'] = null): void {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    this.#add({ id: this.#nextId++, kind: 'error', text: sentenceOf(error), action }, ERROR_MS);
  }

  /** Runs something, and shows why it failed if it does. @returns null then */
  async attempt<T>(work: () => Promise<T>, retry?: () => void): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      this.fail(error, retry ? { name: 'Try again', run: retry } : null);
      return null;
    }
  }

  dismiss(id: number): void {
    this.#shown = this.#shown.filter((notice) => notice.id !== id);
  }

  #add(notice: Notice, forMs: number): void {
    const others = this.#shown.filter(({ text }) => text !== notice.text);
    this.#shown = [...others, notice].slice(-SHOWN_AT_ONCE);
    setTimeout(() => this.dismiss(notice.id), forMs);
  }
}

export function sentenceOf(error: unknown): string {
  if (error instanceof UserError) return error.userMessage;
  console.error(error); // in full, for debugging
  return 'Internal error. See the log for details.';
}

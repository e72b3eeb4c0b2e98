/** Leaving: the question while work is under way, the order in which everything ends, and that it ends. */
import type { LibraryJobProgress } from '../../../shared/types.ts';
import { workSentence } from './work-sign.ts';

/** A child that hangs must not hold up someone who wants to leave: it ends by itself when its parent is gone. */
const CLOSING_PATIENCE_MS = 5000;

export type Leave = 'quit' | 'finish-first' | 'stay';

/** What to ask, and what each button means. */
export function questionBeforeQuitting(
  job: LibraryJobProgress,
  canHide: boolean,
): {
  message: string;
  detail: string;
  buttons: string[];
  answers: Leave[];
} {
  const answers: Leave[] = canHide ? ['finish-first', 'quit', 'stay'] : ['quit', 'stay'];
  const names: Record<Leave, string> = { 'finish-first': 'Finish in the background', quit: 'Quit', stay: 'Cancel' };
  return {
    message: 'Earmark is still analysing files.',
    detail: `${workSentence(job)}. Results so far are kept; the next run continues from here.`,
    buttons: answers.map((answer) => names[answer]),
    answers,
  };
}

export interface QuittingDeps {
  /** Work that has not ended. */
  job: () => LibraryJobProgress | null;
  /** @returns the index of the button */
  ask: (question: ReturnType<typeof questionBeforeQuitting>) => Promise<number>;
  /** Takes the windows off the screen; they stay. Absent where closing them does the same (macOS). */
  hide?: () => void;
  /** Ends the engine and whatever else must not be cut off. */
  close: () => Promise<void>;
  /** Ends the program at once. */
  exit: () => void;
  patienceMs?: number;
}

export class Quitting {
  readonly #deps: QuittingDeps;
  #state: 'open' | 'asking' | 'hidden' | 'closing' | 'closed' = 'open';

  constructor(deps: QuittingDeps) {
    this.#deps = deps;
  }

  /** The user has closed the window and work continues without one. */
  get finishing(): boolean {
    return this.#state === 'hidden';
  }

  get closing(): boolean {
    return this.#state === 'closing' || this.#state === 'closed';
  }

  /**
   * The user wants to leave, by quitting or by closing the last window.
   * @returns true when that may happen at once; false when it is held up: for an answer, or until all has ended
   */
  request(): boolean {
    if (this.#state === 'closed') return true;
    if (this.#state === 'asking' || this.#state === 'closing') return false;
    const job = this.#deps.job();
    if (job === null) void this.quitNow();
    else void this.#ask(job);
    return false;
  }

  /** The last work has ended. */
  workEnded(): void {
    if (this.#state === 'hidden') void this.quitNow();
  }

  /** The window is wanted again. */
  comeBack(): void {
    if (this.#state === 'hidden') this.#state = 'open';
  }

  /** Without a question: the machine is being shut down, or the answer is known. */
  async quitNow(): Promise<void> {
    if (this.closing) return;
    this.#state = 'closing';
    const { close, exit, patienceMs = CLOSING_PATIENCE_MS } = this.#deps;
    let patience: NodeJS.Timeout | undefined;
    const impatient = new Promise<void>((resolve) => (patience = setTimeout(resolve, patienceMs)));
    try {
      await Promise.race([close(), impatient]);
    } catch (error) {
      // Nobody is there any more to read a sentence; the catalogue keeps what was finished.
      process.stderr.write(`earmark: error while quitting: ${String(error)}\n`);
    }
    clearTimeout(patience);
    this.#state = 'closed';
    exit();
  }

  async #ask(job: LibraryJobProgress): Promise<void> {
    this.#state = 'asking';
    const { ask, hide } = this.#deps;
    const question = questionBeforeQuitting(job, hide !== undefined);
    // A question that cannot be shown is not answered with yes: work continues.
    const answer = question.answers[await ask(question).catch(() => -1)] ?? 'stay';
    // Shut down while the question was open.
    if (this.closing) return;
    this.#state = 'open';
    if (answer === 'quit' || (answer === 'finish-first' && this.#deps.job() === null)) await this.quitNow();
    else if (answer === 'finish-first') {
      this.#state = 'hidden';
      hide?.();
    }
  }
}

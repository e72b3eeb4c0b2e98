/** The engine's handle on evaluations: one at a time, progress in measure, stopped with the engine. */
import type { EvalProgress, EvalReport, EvalRequest } from '../../shared/eval-report.ts';
import { UserError } from '../../shared/errors.ts';
import { evaluate, type EvalParts } from './evaluate.ts';

/** Progress reaches listeners at most this often; the last of a stage always does. */
const PROGRESS_INTERVAL_MS = 100;

export class Evaluations {
  readonly #parts: () => Promise<EvalParts>;
  readonly #send: (progress: EvalProgress) => void;
  #running: { controller: AbortController; report: Promise<EvalReport> } | null = null;

  /** @param parts asked for when an evaluation begins */
  constructor(parts: () => Promise<EvalParts>, send: (progress: EvalProgress) => void) {
    this.#parts = parts;
    this.#send = send;
  }

  /** @throws UserError catalogue-busy while one runs; what {@link evaluate} throws */
  async run(request: EvalRequest): Promise<EvalReport> {
    if (this.#running) {
      throw new UserError('catalogue-busy', 'An evaluation is running already. Wait for it, or cancel it first.');
    }
    const controller = new AbortController();
    const report = this.#evaluate(request, controller.signal);
    this.#running = { controller, report };
    try {
      return await report;
    } finally {
      this.#running = null;
    }
  }

  /** Asks the one that runs to stop; its report then says so. */
  cancel(): void {
    this.#running?.controller.abort(new DOMException('cancelled by the user', 'AbortError'));
  }

  /** Cancels and waits for the end. */
  async close(): Promise<void> {
    this.cancel();
    await Promise.allSettled([this.#running?.report]);
  }

  async #evaluate(request: EvalRequest, signal: AbortSignal): Promise<EvalReport> {
    let lastSentMs = -Infinity;
    const tell = (progress: EvalProgress) => {
      const now = performance.now();
      if (progress.done < progress.total && now - lastSentMs < PROGRESS_INTERVAL_MS) return;
      lastSentMs = now;
      this.#send(progress);
    };
    return evaluate(request, await this.#parts(), signal, tell);
  }
}

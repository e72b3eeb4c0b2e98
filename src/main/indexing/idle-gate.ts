/** Background work that waits while somebody uses the machine. */
import { toWire } from '../../shared/errors.ts';
import type { JobId } from '../../shared/types.ts';

/** Input within so many seconds means that somebody is there. */
const IN_USE_BELOW_SECONDS = 60;
const LOOK_EVERY_MS = 3000;

export interface IdleGateOptions {
  /** Seconds since the last input of a person, as the host can tell. */
  idle: () => Promise<number>;
  /** The user wants it so; asked at each look. */
  wanted: () => boolean;
  /** Pauses the job or resumes it. */
  holdBack: (id: JobId, held: boolean) => void;
  /** Called once when the host cannot tell; the job continues then. */
  notice: (message: string) => void;
  /** @default 3000 */
  lookEveryMs?: number;
}

export class IdleGate {
  readonly #options: IdleGateOptions;
  #told = false;

  constructor(options: IdleGateOptions) {
    this.#options = options;
  }

  /** Holds this job back now and then. @returns stops; call it when the job has ended */
  begin(id: JobId): () => void {
    let ended = false;
    const look = () => {
      this.#isInUse()
        .then((held) => {
          if (!ended) this.#options.holdBack(id, held);
        })
        .catch((error: unknown) => this.#options.notice(toWire(error).userMessage));
    };
    look();
    const timer = setInterval(look, this.#options.lookEveryMs ?? LOOK_EVERY_MS);
    timer.unref();
    return () => {
      ended = true;
      clearInterval(timer);
    };
  }

  async #isInUse(): Promise<boolean> {
    try {
      if (!this.#options.wanted()) return false;
      return (await this.#options.idle()) < IN_USE_BELOW_SECONDS;
    } catch {
      if (!this.#told) {
        this.#told = true;
        this.#options.notice('Earmark cannot detect whether this machine is in use, so analysis does not pause.');
      }
      return false;
    }
  }
}

/** How far a download is, told at most ten times a second, with its speed over the last seconds. */
import type { DownloadProgress } from '../../../shared/calls/models.ts';

const INTERVAL_MS = 100;
/** Over so long the speed is a mean. */
const SPEED_OVER_MS = 3000;
/** Before that it would be a guess. */
const SPEED_FROM_MS = 500;

export class DownloadReport {
  /** Bytes that there will be. */
  total: number;
  readonly #id: string;
  readonly #send: (progress: DownloadProgress) => void;
  #stage: DownloadProgress['stage'] = 'connecting';
  #bytes: number;
  #toldMs = -Infinity;
  #later: NodeJS.Timeout | undefined;
  /** When how many bytes had come over the network. */
  #samples: { ms: number; received: number }[] = [];
  #received = 0;

  /** @param bytes that are there already */
  constructor(id: string, bytes: number, total: number, send: (progress: DownloadProgress) => void) {
    this.#id = id;
    this.#bytes = bytes;
    this.total = total;
    this.#send = send;
  }

  /** Is told at once. */
  enter(stage: DownloadProgress['stage']): void {
    if (stage === this.#stage && this.#toldMs > -Infinity) return;
    this.#stage = stage;
    this.#samples = [];
    this.#tell();
  }

  /** @param count that have come */
  received(count: number): void {
    const now = performance.now();
    this.#bytes += count;
    this.#received += count;
    this.#samples.push({ ms: now, received: this.#received });
    while (this.#samples.length > 2 && now - this.#samples[1]!.ms >= SPEED_OVER_MS) this.#samples.shift();
    const waitMs = this.#toldMs + INTERVAL_MS - now;
    if (waitMs <= 0) this.#tell();
    else this.#later ??= setTimeout(() => this.#tell(), waitMs); // the server may be silent from now on
  }

  /** Nothing is told from here on. */
  end(): void {
    clearTimeout(this.#later);
  }

  /** @param count that were there and are no longer */
  lost(count: number): void {
    this.#bytes -= count;
  }

  #tell(): void {
    this.end();
    this.#later = undefined;
    this.#toldMs = performance.now();
    const { id, bytes } = { id: this.#id, bytes: this.#bytes };
    const total = Math.max(this.total, bytes); // a size that is only about right shall not be exceeded
    this.#send({ id, stage: this.#stage, bytes, total, bytesPerSecond: this.#speed() });
  }

  #speed(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (this.#stage !== 'fetching' || !first || !last || last.ms - first.ms < SPEED_FROM_MS) return null;
    return (1000 * (last.received - first.received)) / (last.ms - first.ms);
  }
}

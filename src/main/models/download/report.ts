/** How far a download is, with its speed over the last seconds. */
import type { DownloadProgress } from '../../../shared/calls/models.ts';

/** Over so long the speed is a mean. */
const SPEED_OVER_MS = 3000;
/** Before that it would be a guess. */
const SPEED_FROM_MS = 500;

export class DownloadReport {
  /** Bytes that there will be. */
  total: number;
  readonly #send: (progress: DownloadProgress) => void;
  readonly #modelId: string;
  #stage: DownloadProgress['stage'] = 'connecting';
  #bytes: number;
  /** When how many bytes had come over the network. */
  #samples: { ms: number; received: number }[] = [];
  #received = 0;

  /**
   * @param bytes that are there already
   * @param send called on every change
   */
  constructor(modelId: string, bytes: number, total: number, send: (progress: DownloadProgress) => void) {
    this.#modelId = modelId;
    this.#bytes = bytes;
    this.total = total;
    this.#send = send;
    this.#tell();
  }

  enter(stage: DownloadProgress['stage']): void {
    if (stage === this.#stage) return;
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
    this.#tell();
  }

  /** @param count that were there and are no longer */
  lost(count: number): void {
    this.#bytes -= count;
  }

  #tell(): void {
    const total = Math.max(this.total, this.#bytes); // an approximate size must not be exceeded
    const figures = { bytes: this.#bytes, total, bytesPerSecond: this.#speed() };
    this.#send({ modelId: this.#modelId, stage: this.#stage, ...figures });
  }

  #speed(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (this.#stage !== 'fetching' || !first || !last || last.ms - first.ms < SPEED_FROM_MS) return null;
    return (1000 * (last.received - first.received)) / (last.ms - first.ms);
  }
}

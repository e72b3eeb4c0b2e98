/** Speed over the last while, and from it the time left. */

/** Speed is taken over this span: long enough to be steady, short enough to follow a change from loops to songs. */
const SPAN_SECONDS = 20;

interface Sample {
  atSeconds: number;
  audioSeconds: number;
  bytes: number;
}

export class SpeedMeter {
  /** Audio seconds per second of work; null before there is a figure. */
  realTimeFactor: number | null = null;
  /** By bytes, which are known before a file is opened, unlike its length; null before there is a figure. */
  etaSeconds: number | null = null;
  #bytesLeft: number;
  readonly #samples: Sample[] = [];
  #audioSeconds = 0;
  #bytes = 0;

  /** @param totalBytes of all files that wait */
  constructor(totalBytes: number) {
    this.#bytesLeft = totalBytes;
  }

  /**
   * One file is done.
   * @param atSeconds time of work since the job began, pauses left out
   * @param audioSeconds length of its sound
   * @param bytes size of the file
   */
  add(atSeconds: number, audioSeconds: number, bytes: number): void {
    this.#audioSeconds += audioSeconds;
    this.#bytes += bytes;
    this.#bytesLeft = Math.max(0, this.#bytesLeft - bytes);
    this.#samples.push({ atSeconds, audioSeconds: this.#audioSeconds, bytes: this.#bytes });
    while (this.#samples.length > 2 && this.#samples[1]!.atSeconds < atSeconds - SPAN_SECONDS) this.#samples.shift();
    const [first] = this.#samples;
    const span = atSeconds - first!.atSeconds;
    if (span < 1) return;
    this.realTimeFactor = (this.#audioSeconds - first!.audioSeconds) / span;
    const bytesPerSecond = (this.#bytes - first!.bytes) / span;
    this.etaSeconds = bytesPerSecond > 0 ? this.#bytesLeft / bytesPerSecond : null;
  }
}

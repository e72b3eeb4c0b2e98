/**
 * One pass over the samples as decoded: what is no sample is silenced, and peaks and energies are measured. One pass,
 * because at hundreds of times real time each further one costs as much as demuxing the file.
 */

/** Float files may peak far above full scale, and are turned down later; beyond +120 dBFS it is other data read as sound. */
const ABSURD = 1e6;
/** Peaks kept of a file, at most. */
export const MAX_PEAKS = 400;
/** Fine peaks held while streaming: ten for each one kept, so that unequal parts do not show. */
const FINE_PEAKS = 4096;

export class LevelMeter {
  /** Sum of squares of each channel in the block pushed last. */
  readonly energies: Float64Array;
  /** Samples silenced so far: NaN, infinite, or beyond +120 dBFS. */
  invalidSamples = 0;
  /** Highest |x| so far. */
  peak = 0;

  readonly #fine = new Float32Array(FINE_PEAKS);
  #filled = 0;
  /** Samples each fine peak stands for; doubles when all are used, as the length is not known in advance. */
  #samplesEach = 1;
  #inCurrent = 0;
  #numberOfSamples = 0;

  constructor(channels: number) {
    this.energies = new Float64Array(channels);
  }

  /** dBFS of the highest sample; −Infinity for zeros only. */
  get peakDb(): number {
    return 20 * Math.log10(this.peak);
  }

  /** @param channels planes of equal length ≥ numberOfSamples; invalid samples are set to 0 in place */
  push(channels: readonly Float32Array[], numberOfSamples: number): void {
    this.energies.fill(0);
    let at = 0;
    while (at < numberOfSamples) {
      if (this.#inCurrent === this.#samplesEach) this.#nextFinePeak();
      const end = Math.min(numberOfSamples, at + this.#samplesEach - this.#inCurrent);
      let highest = this.#fine[this.#filled]!;
      for (let c = 0; c < channels.length; c++) highest = this.#scan(channels[c]!, c, at, end, highest);
      this.#fine[this.#filled] = highest;
      if (highest > this.peak) this.peak = highest;
      this.#inCurrent += end - at;
      at = end;
    }
    this.#numberOfSamples += numberOfSamples;
  }

  /**
   * @param totalSamples the length to draw, when it is more than what was pushed (a capped file): the rest is 0
   * @returns at most 400 peaks over equal parts, 255 for |x| ≥ 1; none for no samples
   */
  waveform(totalSamples: number = this.#numberOfSamples): Uint8Array {
    const total = Math.max(totalSamples, this.#numberOfSamples);
    const parts = Math.min(MAX_PEAKS, total);
    const waveform = new Uint8Array(parts);
    const finePerPart = total / this.#samplesEach / parts;
    const fineUsed = Math.ceil(this.#numberOfSamples / this.#samplesEach);
    for (let part = 0; part < parts; part++) {
      const from = Math.floor(part * finePerPart);
      const to = Math.min(fineUsed, Math.max(from + 1, Math.ceil((part + 1) * finePerPart)));
      let highest = 0;
      for (let i = from; i < to; i++) highest = Math.max(highest, this.#fine[i]!);
      waveform[part] = Math.round(255 * Math.min(1, highest));
    }
    return waveform;
  }

  /** @returns the highest |x| of this stretch, or `highest` if that is more */
  #scan(channel: Float32Array, index: number, from: number, to: number, highest: number): number {
    let found = highest;
    let energy = 0;
    for (let i = from; i < to; i++) {
      const x = channel[i]!;
      const magnitude = Math.abs(x);
      if (magnitude > found) found = magnitude;
      energy += x * x;
    }
    // NaN and infinities show in the energy, absurd samples in the peak: only then the samples are looked at one by one.
    if (!(energy < Infinity && found <= ABSURD)) {
      this.invalidSamples += silenceInvalid(channel, from, to);
      return this.#scan(channel, index, from, to, highest);
    }
    this.energies[index]! += energy;
    return found;
  }

  #nextFinePeak(): void {
    this.#inCurrent = 0;
    this.#filled++;
    if (this.#filled < FINE_PEAKS) return;
    for (let i = 0; i < FINE_PEAKS / 2; i++) this.#fine[i] = Math.max(this.#fine[2 * i]!, this.#fine[2 * i + 1]!);
    this.#fine.fill(0, FINE_PEAKS / 2);
    this.#filled = FINE_PEAKS / 2;
    this.#samplesEach *= 2;
  }
}

function silenceInvalid(channel: Float32Array, from: number, to: number): number {
  let invalid = 0;
  for (let i = from; i < to; i++) {
    // Written so that NaN fails it.
    if (Math.abs(channel[i]!) <= ABSURD) continue;
    channel[i] = 0;
    invalid++;
  }
  return invalid;
}

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
  /** Of each channel so far: the sum of its samples, and of their squares. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  /** Of a file with two channels, so far: the sum of left times right. */
  crossProduct = 0;
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
    this.sums = new Float64Array(channels);
    this.squares = new Float64Array(channels);
  }

  /** Per channel, pushed so far. */
  get numberOfSamples(): number {
    return this.#numberOfSamples;
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
      if (channels.length === 2) highest = this.#scanPair(channels[0]!, channels[1]!, at, end, highest);
      else for (let c = 0; c < channels.length; c++) highest = this.#scan(channels[c]!, c, at, end, highest);
      this.#fine[this.#filled] = highest;
      if (highest > this.peak) this.peak = highest;
      this.#inCurrent += end - at;
      at = end;
    }
    this.#numberOfSamples += numberOfSamples;
    for (let c = 0; c < channels.length; c++) this.squares[c]! += this.energies[c]!;
  }

  /**
   * @param level |x|
   * @returns samples before the first and behind the last stretch that reaches the level, exact to a two-thousandth of the
   *   file; all of them on both sides where none does
   */
  quietEnds(level: number): { head: number; tail: number } {
    const used = Math.ceil(this.#numberOfSamples / this.#samplesEach);
    let first = 0;
    while (first < used && this.#fine[first]! < level) first++;
    let last = used;
    while (last > first && this.#fine[last - 1]! < level) last--;
    if (first === used) return { head: this.#numberOfSamples, tail: this.#numberOfSamples };
    return { head: first * this.#samplesEach, tail: Math.max(0, this.#numberOfSamples - last * this.#samplesEach) };
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
    let sum = 0;
    for (let i = from; i < to; i++) {
      const x = channel[i]!;
      const magnitude = Math.abs(x);
      if (magnitude > found) found = magnitude;
      energy += x * x;
      sum += x;
    }
    // NaN and infinities show in the energy, absurd samples in the peak: only then the samples are looked at one by one.
    if (!(energy < Infinity && found <= ABSURD)) {
      this.invalidSamples += silenceInvalid(channel, from, to);
      return this.#scan(channel, index, from, to, highest);
    }
    this.energies[index]! += energy;
    this.sums[index]! += sum;
    return found;
  }

  /** As {@link #scan}, both channels at once: their sums do not wait for each other. */
  #scanPair(left: Float32Array, right: Float32Array, from: number, to: number, highest: number): number {
    let found = highest;
    let leftEnergy = 0;
    let rightEnergy = 0;
    let leftSum = 0;
    let rightSum = 0;
    let cross = 0;
    for (let i = from; i < to; i++) {
      const x = left[i]!;
      const y = right[i]!;
      const magnitude = Math.max(Math.abs(x), Math.abs(y));
      if (magnitude > found) found = magnitude;
      leftEnergy += x * x;
      rightEnergy += y * y;
      leftSum += x;
      rightSum += y;
      cross += x * y;
    }
    if (!(leftEnergy + rightEnergy < Infinity && found <= ABSURD)) {
      this.invalidSamples += silenceInvalid(left, from, to) + silenceInvalid(right, from, to);
      return this.#scanPair(left, right, from, to, highest);
    }
    this.energies[0]! += leftEnergy;
    this.energies[1]! += rightEnergy;
    this.sums[0]! += leftSum;
    this.sums[1]! += rightSum;
    this.crossProduct += cross;
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

/** Sets what is NaN, infinite or absurd to 0. @returns how many there were */
export function silenceInvalid(channel: Float32Array, from: number, to: number): number {
  let invalid = 0;
  for (let i = from; i < to; i++) {
    // Written so that NaN fails it.
    if (Math.abs(channel[i]!) <= ABSURD) continue;
    channel[i] = 0;
    invalid++;
  }
  return invalid;
}

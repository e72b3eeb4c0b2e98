/** From a file's channels to one, watched for cancellation. */

/** A mix with less than a hundredth (−20 dB) of the channels' mean energy has cancelled itself out. */
const CANCELLED = 0.01;
/** The loudest channel stands in for a cancelled mix, and keeps standing in until another has twice its energy: no flapping. */
const CLEARLY_LOUDER = 2;
/** A change of source is faded over this long, so that it makes no click. */
const FADE_SECONDS = 0.01;
/** A last block shorter than this says too little about cancellation to change anything. */
const SHORTEST_JUDGED_SECONDS = 0.1;
const AVERAGE = -1;

/**
 * Plain average of all channels, whatever they are (the LFE of 5.1 counts like the others): it is what the encoders
 * were trained on, it keeps one-channel sounds in place, and it needs no knowledge of layouts that files often get
 * wrong. Where the average cancels (channels in antiphase), block by block, the loudest channel is used instead.
 * A mono stream passes bit for bit.
 */
export class Mixdown {
  readonly #sampleRate: number;
  #average = new Float32Array(0);
  /** The average, or the channel that stands in for it. */
  #source = AVERAGE;
  #started = false;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /**
   * @param channels planes of one block (about a second; the last may be shorter), finite
   * @param energies sum of squares of each plane in this block
   * @returns the mono block; valid until the next push or until the planes change
   */
  push(channels: readonly Float32Array[], numberOfSamples: number, energies: Float64Array): Float32Array {
    if (channels.length === 1) return channels[0]!.subarray(0, numberOfSamples);
    if (this.#average.length < numberOfSamples) this.#average = new Float32Array(numberOfSamples);
    const average = this.#average.subarray(0, numberOfSamples);
    const energy =
      channels.length === 2 ? averageOfTwo(channels[0]!, channels[1]!, average) : averageOfAll(channels, average);
    const before = this.#source;
    if (!this.#started || numberOfSamples >= SHORTEST_JUDGED_SECONDS * this.#sampleRate) {
      this.#source = this.#chooseSource(energy, energies);
    }
    const changed = this.#started && before !== this.#source;
    this.#started = true;
    const mono = this.#source === AVERAGE ? average : channels[this.#source]!.subarray(0, numberOfSamples);
    return changed ? this.#faded(before === AVERAGE ? average : channels[before]!, mono) : mono;
  }

  #chooseSource(averageEnergy: number, energies: Float64Array): number {
    const meanEnergy = energies.reduce((sum, energy) => sum + energy, 0) / energies.length;
    if (meanEnergy === 0) return this.#source;
    if (averageEnergy >= CANCELLED * meanEnergy) return AVERAGE;
    const loudest = energies.indexOf(Math.max(...energies));
    if (this.#source !== AVERAGE && energies[loudest]! < CLEARLY_LOUDER * energies[this.#source]!) return this.#source;
    return loudest;
  }

  #faded(from: Float32Array, into: Float32Array): Float32Array {
    const faded = into.slice();
    const fadeSamples = Math.min(into.length, Math.round(FADE_SECONDS * this.#sampleRate));
    for (let i = 0; i < fadeSamples; i++) {
      const share = i / fadeSamples;
      faded[i] = from[i]! * (1 - share) + into[i]! * share;
    }
    return faded;
  }
}

/** @returns the energy of the average */
function averageOfTwo(left: Float32Array, right: Float32Array, average: Float32Array): number {
  let energy = 0;
  for (let i = 0; i < average.length; i++) {
    const x = (left[i]! + right[i]!) * 0.5;
    average[i] = x;
    energy += x * x;
  }
  return energy;
}

function averageOfAll(channels: readonly Float32Array[], average: Float32Array): number {
  let energy = 0;
  for (let i = 0; i < average.length; i++) {
    let sum = 0;
    for (const channel of channels) sum += channel[i]!;
    const x = sum / channels.length;
    average[i] = x;
    energy += x * x;
  }
  return energy;
}

/** The lowest and the highest sample of equal parts of a sound: for each part, for each channel, the two in turn. */

export class PeakParts {
  readonly #channels: number;
  readonly #samplesEach: number;
  /** Of the part under way. */
  readonly #current: Float32Array;
  #inCurrent = 0;

  constructor(channels: number, samplesEach: number) {
    this.#channels = channels;
    this.#samplesEach = samplesEach;
    this.#current = new Float32Array(2 * channels);
  }

  /**
   * @param planes one a channel, at least numberOfSamples long
   * @returns the parts that are complete now, Float32Array[parts · channels · 2]
   */
  push(planes: readonly Float32Array[], numberOfSamples: number): Float32Array {
    const width = 2 * this.#channels;
    const complete = Math.floor((this.#inCurrent + numberOfSamples) / this.#samplesEach);
    const parts = new Float32Array(complete * width);
    let part = 0;
    for (let at = 0; at < numberOfSamples;) {
      const end = Math.min(numberOfSamples, at + this.#samplesEach - this.#inCurrent);
      for (let channel = 0; channel < this.#channels; channel++) this.#take(planes[channel]!, channel, at, end);
      this.#inCurrent += end - at;
      at = end;
      if (this.#inCurrent < this.#samplesEach) break;
      parts.set(this.#current, part++ * width);
      this.#inCurrent = 0;
    }
    return parts;
  }

  /** @returns the last part, which stands for fewer samples; empty when there is none */
  finish(): Float32Array {
    return this.#inCurrent === 0 ? new Float32Array(0) : this.#current.slice();
  }

  #take(plane: Float32Array, channel: number, from: number, to: number): void {
    let low = this.#inCurrent === 0 ? Infinity : this.#current[2 * channel]!;
    let high = this.#inCurrent === 0 ? -Infinity : this.#current[2 * channel + 1]!;
    for (let at = from; at < to; at++) {
      const sample = plane[at]!;
      if (sample < low) low = sample;
      if (sample > high) high = sample;
    }
    this.#current[2 * channel] = low;
    this.#current[2 * channel + 1] = high;
  }
}

/**
 * The same of parts that are `many` times as long; the last one may come of fewer.
 * @param parts as {@link PeakParts} gives them, the first at the beginning of a longer one
 */
export function foldedParts(parts: Float32Array, channels: number, many: number): Float32Array {
  const width = 2 * channels;
  const count = Math.ceil(parts.length / width / many);
  const folded = new Float32Array(count * width);
  for (let part = 0; part < count; part++) {
    const to = Math.min(parts.length, (part + 1) * many * width);
    for (let column = 0; column < width; column++) {
      const higher = column % 2 === 1;
      let edge = parts[part * many * width + column]!;
      for (let at = part * many * width + column + width; at < to; at += width) {
        const value = parts[at]!;
        if (higher ? value > edge : value < edge) edge = value;
      }
      folded[part * width + column] = edge;
    }
  }
  return folded;
}

/** From any number of channels to what two loudspeakers play. For playback only: what is embedded is made by mixdown.ts. */

/** −3 dB: half the power to each side. */
const HALF_POWER = Math.SQRT1_2;
/**
 * FFmpeg's AV_CH_* bits in their order, which is also the order of the planes, and the weights to the left and to the
 * right, after ITU-R BS.775 annex 4: centre and surrounds at −3 dB, no LFE. Heights count like the channel below them.
 */
const POSITIONS: readonly (readonly [bit: bigint, left: number, right: number])[] = [
  [0x1n, 1, 0], // front left
  [0x2n, 0, 1], // front right
  [0x4n, HALF_POWER, HALF_POWER], // front centre
  [0x8n, 0, 0], // low frequency
  [0x10n, HALF_POWER, 0], // back left
  [0x20n, 0, HALF_POWER], // back right
  [0x40n, HALF_POWER, HALF_POWER / 2], // front left of centre
  [0x80n, HALF_POWER / 2, HALF_POWER], // front right of centre
  [0x100n, HALF_POWER / 2, HALF_POWER / 2], // back centre
  [0x200n, HALF_POWER, 0], // side left
  [0x400n, 0, HALF_POWER], // side right
  [0x800n, HALF_POWER / 2, HALF_POWER / 2], // top centre
  [0x1000n, 1, 0], // top front left
  [0x2000n, HALF_POWER, HALF_POWER], // top front centre
  [0x4000n, 0, 1], // top front right
  [0x8000n, HALF_POWER, 0], // top back left
  [0x10000n, HALF_POWER / 2, HALF_POWER / 2], // top back centre
  [0x20000n, 0, HALF_POWER], // top back right
];
const STEREO = 0x3n;

export class StereoFold {
  /** 1 for mono and for channels of unknown places. */
  readonly channels: 1 | 2;
  readonly #passes: boolean;
  /** One row for each output: the weight of each input. */
  readonly #weights: readonly (readonly number[])[];
  #out: Float32Array[] = [];

  /**
   * One and two channels pass as they are. More are folded by their places, scaled so that nothing can clip; where the
   * file does not say where its channels belong (microphones of a field recorder, ambisonics) their plain average is
   * heard on both sides.
   * @param channelMask FFmpeg's AV_CH_* bits; 0 when unknown
   */
  constructor(channels: number, channelMask: bigint) {
    this.#passes = channels <= 2;
    const places = POSITIONS.filter(([bit]) => (channelMask & bit) !== 0n);
    const known = places.reduce((mask, [bit]) => mask | bit, 0n);
    if (channels === 2) {
      this.channels = 2;
      this.#weights = [];
    } else if (channels > 2 && places.length === channels && known === channelMask && (known & STEREO) === STEREO) {
      this.channels = 2;
      this.#weights = [places.map(([, left]) => left), places.map(([, , right]) => right)].map(scaled);
    } else {
      this.channels = 1;
      this.#weights = [Array.from({ length: channels }, () => 1 / channels)];
    }
  }

  /** @returns one or two planes, valid until the next push or until the input changes */
  push(planes: readonly Float32Array[], numberOfSamples: number): readonly Float32Array[] {
    if (this.#passes) return planes;
    if ((this.#out[0]?.length ?? 0) < numberOfSamples) {
      this.#out = this.#weights.map(() => new Float32Array(numberOfSamples));
    }
    for (const [side, weights] of this.#weights.entries()) {
      const out = this.#out[side]!;
      out.fill(0, 0, numberOfSamples);
      for (const [channel, weight] of weights.entries()) {
        const plane = planes[channel]!;
        if (weight === 0) continue;
        for (let i = 0; i < numberOfSamples; i++) out[i]! += weight * plane[i]!;
      }
    }
    return this.#out;
  }
}

function scaled(weights: number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / Math.max(1, sum));
}

/** The spectrogram of a part of a file: levels of frequency bands, column by column. */
import { SPECTRUM_BANDS, SPECTRUM_FLOOR_DB, bandEdges } from '../../shared/spectrum.ts';
import { powerSpectrum, type PowerSpectrum } from './analysers/spectrum.ts';
import { openSource, withFile, type DecodeDeps } from './decode-file.ts';
import { silenceInvalid } from './levels.ts';
import type { NotAudio, Spectrum, SpectrumRequest } from './report.ts';

/** Of one transform, s: tells 25 Hz apart, and the strokes of a fast drum. */
const FRAME_SECONDS = 0.043;
/** Transforms of one column: a longer one is sampled. */
const MOST_FRAMES = 4;

/** The power of two that is nearest to 43 ms: 2048 samples at 48 kHz. */
export function frameLength(sampleRate: number): number {
  return 2 ** Math.max(6, Math.round(Math.log2(FRAME_SECONDS * sampleRate)));
}

/**
 * Column `i` stands for the samples from startSample + i · samplesEach. What is before and behind the file is silence.
 * @throws UserError with a FileErrorCode when the file cannot be used
 */
export async function readSpectrum(
  { startSample, samplesEach, columns, ...request }: SpectrumRequest,
  deps: DecodeDeps,
): Promise<Spectrum | NotAudio> {
  return withFile(request, async (_file, sniffed) => {
    const source = await openSource(request, sniffed, true, deps);
    if (source === null) return { notAudio: true };
    try {
      const { sampleRate, channels } = source.facts;
      const length = frameLength(sampleRate);
      const frames = Math.max(1, Math.min(MOST_FRAMES, Math.floor(samplesEach / length)));
      const stretch = new Stretch(channels, length, Math.max(0, startSample - length / 2));
      const bands = new Bands(sampleRate, length);
      const levels = new Uint8Array(columns * SPECTRUM_BANDS);
      await source.skipTo(stretch.from);
      let column = 0;
      let ended = false;
      for (; column < columns; column++) {
        for (let frame = 0; frame < frames; frame++) {
          const middle = startSample + Math.round((column + (frame + 0.5) / frames) * samplesEach);
          const from = middle - length / 2;
          stretch.forget(from);
          while (!ended && stretch.end < from + length) {
            const block = await source.read();
            if (block) stretch.push(block.channels, block.numberOfSamples);
            ended = !block;
            await deps.beat();
          }
          for (let channel = 0; channel < channels; channel++) bands.add(stretch.window(channel, from));
        }
        // A column that begins behind the end of the file is none.
        if (ended && startSample + column * samplesEach >= stretch.end) break;
        levels.set(bands.take(channels * frames), column * SPECTRUM_BANDS);
      }
      return { sampleRate, levels: levels.subarray(0, column * SPECTRUM_BANDS).slice() };
    } finally {
      await source.close();
    }
  });
}

/** The samples that lie around the next transform. */
class Stretch {
  /** The first sample that is held. */
  from: number;
  /** Behind the last one. */
  end: number;
  readonly #window: Float32Array;
  #planes: Float32Array[];

  constructor(channels: number, length: number, from: number) {
    this.from = from;
    this.end = from;
    this.#window = new Float32Array(length);
    this.#planes = Array.from({ length: channels }, () => new Float32Array(4 * length));
  }

  forget(before: number): void {
    const count = Math.min(before, this.end) - this.from;
    if (count <= 0) return;
    for (const plane of this.#planes) plane.copyWithin(0, count, this.end - this.from);
    this.from += count;
  }

  push(channels: readonly Float32Array[], count: number): void {
    const held = this.end - this.from;
    if (held + count > this.#planes[0]!.length) {
      this.#planes = this.#planes.map((plane) => {
        const longer = new Float32Array(2 * (held + count));
        longer.set(plane.subarray(0, held));
        return longer;
      });
    }
    for (const [index, plane] of this.#planes.entries()) {
      plane.set(channels[index]!.subarray(0, count), held);
      silenceInvalid(plane, held, held + count);
    }
    this.end += count;
  }

  /** Valid until the next call. */
  window(channel: number, from: number): Float32Array {
    const plane = this.#planes[channel]!;
    this.#window.fill(0);
    const first = Math.max(from, this.from);
    const end = Math.min(from + this.#window.length, this.end);
    if (end > first) this.#window.set(plane.subarray(first - this.from, end - this.from), first - from);
    return this.#window;
  }
}

/** Power of frequency bands, summed over windows. */
class Bands {
  readonly #spectrum: PowerSpectrum;
  readonly #bins: Float32Array;
  /** Of a sine of full scale in the middle of its bin: the window's mean is 1/2, and half of the power is at −f. */
  readonly #fullScale: number;
  /** Of each band the bins, as fractions. */
  readonly #edges: Float64Array;
  readonly #power = new Float64Array(SPECTRUM_BANDS);

  constructor(sampleRate: number, length: number) {
    this.#spectrum = powerSpectrum(length);
    this.#bins = new Float32Array(length / 2 + 1);
    this.#fullScale = (length / 4) ** 2;
    this.#edges = bandEdges(sampleRate).map((hertz) => (hertz * length) / sampleRate);
  }

  add(window: Float32Array): void {
    const bins = this.#bins;
    this.#spectrum.of(window, 0, bins);
    for (let band = 0; band < SPECTRUM_BANDS; band++)
      this.#power[band]! += highestBetween(bins, this.#edges[band]!, this.#edges[band + 1]!) / this.#fullScale;
  }

  /** The mean of all windows since the last call, 0..255 as SPECTRUM_FLOOR_DB says. */
  take(windows: number): Uint8Array {
    const levels = Uint8Array.from(this.#power, (power) => {
      const db = 10 * Math.log10(power / windows);
      return Math.round(255 * Math.max(0, Math.min(1, 1 - db / SPECTRUM_FLOOR_DB)));
    });
    this.#power.fill(0);
    return levels;
  }
}

/** The highest of the bins in a band; between two bins, where a band is narrower than they are apart. */
function highestBetween(bins: Float32Array, from: number, to: number): number {
  const middle = Math.min((from + to) / 2, bins.length - 1);
  const below = Math.min(Math.floor(middle), bins.length - 2);
  let highest = bins[below]! + (middle - below) * (bins[below + 1]! - bins[below]!);
  for (let bin = Math.ceil(from); bin < to && bin < bins.length; bin++) highest = Math.max(highest, bins[bin]!);
  return highest;
}

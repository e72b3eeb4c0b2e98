/** The peaks of a catalogued file at any resolution: from the file of peaks, or from samples where that is not fine enough. */
import { join } from 'node:path';
import type { LevelsQuestion, PartLevels, PeakRequest, SpectrumQuestion } from '../../shared/calls/playback.ts';
import { notAudio } from '../decode/file-errors.ts';
import { FINEST_SAMPLES } from '../decode/peak-layout.ts';
import { PeakParts } from '../decode/peak-parts.ts';
import { findSound, type OpenCatalogue } from './catalogued-sound.ts';
import { DecodedRanges } from './decoded-ranges.ts';
import { Decoders } from './decoders.ts';
import { keyOf } from './kept-files.ts';
import { MADE_AT_ONCE, PeakFiles } from './peak-files.ts';

/** Of all files of peaks: a hundred hours of stereo. */
const DEFAULT_LIMIT_BYTES = 2 ** 30;
/** One more than for whole files, so that a place in them that somebody looks at meanwhile does not wait. */
const DECODERS = MADE_AT_ONCE + 1;
/** A change of what files of peaks hold makes the old ones unused. */
const LAYOUT_VERSION = 1;
/** Decoded at once where there is no file of peaks yet: about twenty seconds. */
const MOST_SAMPLES = 2 ** 20;

export interface FilePeaksOptions {
  /** Absolute; the files of peaks lie in `peaks/` below it. */
  dataFolder: string;
  catalogue: OpenCatalogue;
  limitBytes?: number;
}

export interface FoundPeaks {
  channels: number;
  /** Float32Array[parts · channels · 2] */
  parts: Float32Array;
}

export class FilePeaks {
  readonly #catalogue: OpenCatalogue;
  readonly #decoders = new Decoders(DECODERS);
  readonly #closing = new AbortController();
  readonly #files: PeakFiles;
  readonly #ranges: DecodedRanges;

  constructor({ dataFolder, catalogue, limitBytes = DEFAULT_LIMIT_BYTES }: FilePeaksOptions) {
    this.#catalogue = catalogue;
    const { signal: closing } = this.#closing;
    const folder = join(dataFolder, 'peaks');
    this.#files = new PeakFiles({ folder, limitBytes, decoders: this.#decoders, closing });
    this.#ranges = new DecodedRanges(this.#decoders, closing);
  }

  /** @returns null when other files were asked about before this one was decoded @throws as the call `file.peaks` */
  async read({ fileId, startSample, samplesEach, parts: many }: PeakRequest): Promise<FoundPeaks | null> {
    const { path, facts } = await findSound(this.#catalogue, fileId);
    const key = keyOf({ path, size: facts.size, mtimeMs: facts.mtimeMs }, LAYOUT_VERSION);
    if (samplesEach < FINEST_SAMPLES) return this.#fromSamples(key, path, startSample, samplesEach, many);
    const known = await this.#files.find(key);
    if (known === null && many * samplesEach <= MOST_SAMPLES)
      return this.#fromSamples(key, path, startSample, samplesEach, many);
    const layout = known ?? (await this.#files.make(key, path));
    if (layout === null) return null;
    if (known !== null) await this.#files.touch(key);
    const parts = await this.#files.read(key, layout, startSample / samplesEach, samplesEach, many);
    return { channels: layout.channels, parts };
  }

  /** @returns uint8[columns · SPECTRUM_BANDS] @throws as the call `file.spectrum` */
  async spectrum({ fileId, ...question }: SpectrumQuestion): Promise<Uint8Array> {
    const { path } = await findSound(this.#catalogue, fileId);
    const found = await this.#decoders.use((pool) => pool.spectrum({ path, ...question }, this.#closing.signal));
    if (found.notAudio) throw notAudio(path, null);
    return found.levels;
  }

  /** @throws as the call `file.levels` */
  async levels({ fileId, ...part }: LevelsQuestion): Promise<PartLevels> {
    const { path } = await findSound(this.#catalogue, fileId);
    const found = await this.#decoders.use((pool) => pool.levels({ path, ...part }, this.#closing.signal));
    if (found.notAudio) throw notAudio(path, null);
    return found;
  }

  /** Stops decoding and waits for the processes. */
  async close(): Promise<void> {
    this.#closing.abort(new DOMException('the engine is closing', 'AbortError'));
    await this.#decoders.close();
  }

  async #fromSamples(
    key: string,
    path: string,
    startSample: number,
    samplesEach: number,
    many: number,
  ): Promise<FoundPeaks> {
    const planes = await this.#ranges.read(key, path, startSample, many * samplesEach);
    const peaks = new PeakParts(planes.length, samplesEach);
    const whole = peaks.push(planes, planes[0]?.length ?? 0);
    const last = peaks.finish();
    const parts = new Float32Array(whole.length + last.length);
    parts.set(whole);
    parts.set(last, whole.length);
    return { channels: planes.length, parts };
  }
}

/** Files of peaks, made when a file is first looked at and kept in the data folder up to a limit. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { notAudio } from '../decode/file-errors.ts';
import { bytesPerPart, PEAK_HEADER_BYTES, peakLevels, readPeakHeader, type PeakLayout } from '../decode/peak-layout.ts';
import { foldedParts } from '../decode/peak-parts.ts';
import type { Decoders } from './decoders.ts';
import { KeptFiles } from './kept-files.ts';

export interface PeakFilesOptions {
  /** Absolute; made when first needed. */
  folder: string;
  limitBytes: number;
  decoders: Decoders;
  /** Gives up decoding. */
  closing: AbortSignal;
}

/** A window that shows another file has left the one before; a second window may show one, too. */
export const MADE_AT_ONCE = 2;

export class PeakFiles {
  readonly #options: PeakFilesOptions;
  readonly #kept: KeptFiles;
  /** By key, the one asked for last at the end. */
  readonly #making = new Map<string, { ended: Promise<PeakLayout | null>; stop: AbortController }>();

  constructor(options: PeakFilesOptions) {
    this.#options = options;
    this.#kept = new KeptFiles({ ...options, ending: '.peaks' });
  }

  /** @returns null when there is none, and for one that is damaged, so that it is made anew */
  async find(key: string): Promise<PeakLayout | null> {
    await this.#kept.tidy();
    const file = await open(this.#kept.pathOf(key), 'r').catch(() => null);
    if (!file) return null;
    try {
      const { buffer } = await file.read(Buffer.alloc(PEAK_HEADER_BYTES), 0, PEAK_HEADER_BYTES, 0);
      const layout = readPeakHeader(buffer);
      const last = layout && peakLevels(layout).at(-1)!;
      if (layout === null || last === null) return null;
      const { size } = await file.stat();
      return size === last.position + last.parts * bytesPerPart(layout) ? layout : null;
    } finally {
      await file.close();
    }
  }

  /** @returns null when others were asked for before this was ready @throws what decoding throws */
  make(key: string, path: string): Promise<PeakLayout | null> {
    const underWay = this.#making.get(key);
    if (underWay !== undefined) return underWay.ended;
    if (this.#making.size >= MADE_AT_ONCE) this.#making.values().next().value!.stop.abort();
    const stop = new AbortController();
    const making = { stop, ended: this.#make(key, path, stop.signal) };
    this.#making.set(key, making);
    const end = () => this.#making.delete(key);
    making.ended.then(end, end);
    return making.ended;
  }

  /**
   * @param samplesEach as long as the parts of the finest level, or longer by a power of two
   * @returns as {@link foldedParts}
   */
  async read(key: string, layout: PeakLayout, first: number, samplesEach: number, many: number): Promise<Float32Array> {
    const level = peakLevels(layout).findLast((one) => one.samplesEach <= samplesEach)!;
    const each = samplesEach / level.samplesEach;
    const from = Math.min(level.parts, first * each);
    const length = (Math.min(level.parts, (first + many) * each) - from) * bytesPerPart(layout);
    const file = await open(this.#kept.pathOf(key), 'r');
    try {
      const parts = new Float32Array(length / 4);
      await file.read(new Uint8Array(parts.buffer), 0, length, level.position + from * bytesPerPart(layout));
      return foldedParts(parts, layout.channels, each);
    } finally {
      await file.close();
    }
  }

  touch(key: string): Promise<void> {
    return this.#kept.touch(key);
  }

  async #make(key: string, path: string, superseded: AbortSignal): Promise<PeakLayout | null> {
    const { folder, decoders, closing } = this.#options;
    const peaksPath = this.#kept.partPathOf(key, randomBytes(4).toString('hex'));
    try {
      await mkdir(folder, { recursive: true });
      const signal = AbortSignal.any([superseded, closing]);
      const made = await decoders.use((pool) => pool.peaks({ path, peaksPath }, signal));
      if (made.notAudio) throw notAudio(path, null);
      await rename(peaksPath, this.#kept.pathOf(key));
      await this.#kept.prune(key, () => false);
      return made;
    } catch (error) {
      await rm(peaksPath, { force: true }).catch(() => {}); // tidied up later
      if (superseded.aborted) return null;
      throw error;
    }
  }
}

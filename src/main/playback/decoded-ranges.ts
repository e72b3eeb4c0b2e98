/** Samples of files, decoded where somebody looks closely; a few are kept, so that a step to the side is there at once. */
import { notAudio } from '../decode/file-errors.ts';
import type { Decoders } from './decoders.ts';

/** Samples per channel that are decoded together: three seconds at 44.1 kHz. */
const CHUNK_SAMPLES = 2 ** 17;
/** Of all that is kept; a chunk of stereo takes 1 MiB. */
const KEPT_BYTES = 64 * 2 ** 20;

interface Chunk {
  /** One plane a channel; shorter where the file ends. */
  planes: Promise<Float32Array[]>;
  /** 0 until it is known. */
  bytes: number;
}

export class DecodedRanges {
  readonly #decoders: Decoders;
  readonly #closing: AbortSignal;
  /** By file and place, the one used last at the end. */
  readonly #chunks = new Map<string, Chunk>();

  /** @param closing gives up decoding */
  constructor(decoders: Decoders, closing: AbortSignal) {
    this.#decoders = decoders;
    this.#closing = closing;
  }

  /**
   * @param key distinguishes a state of the file from others
   * @returns one plane a channel; fewer samples, or none, where the file ends
   */
  async read(key: string, path: string, startSample: number, numberOfSamples: number): Promise<Float32Array[]> {
    const first = Math.floor(startSample / CHUNK_SAMPLES);
    const last = Math.floor((startSample + numberOfSamples - 1) / CHUNK_SAMPLES);
    const nameOf = (chunk: number) => `${key}/${chunk}`;
    for (let chunk = first; chunk <= last; chunk++) {
      if (this.#chunks.has(nameOf(chunk))) continue;
      let end = chunk + 1;
      while (end <= last && !this.#chunks.has(nameOf(end))) end++;
      this.#decode(path, chunk, end - chunk, nameOf);
      chunk = end;
    }
    const wanted = Array.from({ length: last - first + 1 }, (_, step) => this.#used(nameOf(first + step)));
    const pieces = await Promise.all(wanted.map(({ planes }) => planes));
    this.#prune();
    const from = startSample - first * CHUNK_SAMPLES;
    return pieces[0]!.map((_, channel) => cut(pieces.map((planes) => planes[channel]!), from, numberOfSamples)); // prettier-ignore
  }

  #decode(path: string, first: number, many: number, nameOf: (chunk: number) => string): void {
    const request = { path, startSample: first * CHUNK_SAMPLES, numberOfSamples: many * CHUNK_SAMPLES };
    const decoding = this.#decoders.use(async (pool) => {
      const samples = await pool.samples(request, this.#closing);
      if (samples.notAudio) throw notAudio(path, null);
      return samples.channels;
    });
    for (let step = 0; step < many; step++) {
      const name = nameOf(first + step);
      const chunk: Chunk = {
        bytes: 0,
        // A copy: what is kept of a run must not hold the whole of it.
        planes: decoding.then((planes) =>
          planes.map((plane) => plane.slice(step * CHUNK_SAMPLES, (step + 1) * CHUNK_SAMPLES)),
        ),
      };
      this.#chunks.set(name, chunk);
      chunk.planes.then(
        (planes) => (chunk.bytes = planes.reduce((sum, { byteLength }) => sum + byteLength, 0)),
        () => this.#chunks.delete(name), // waiting callers get the error; the next call tries again
      );
    }
  }

  #used(name: string): Chunk {
    const chunk = this.#chunks.get(name)!;
    this.#chunks.delete(name);
    this.#chunks.set(name, chunk);
    return chunk;
  }

  #prune(): void {
    let total = 0;
    for (const { bytes } of this.#chunks.values()) total += bytes;
    for (const [name, { bytes }] of this.#chunks) {
      if (total <= KEPT_BYTES) return;
      if (bytes === 0) continue; // somebody waits for it
      this.#chunks.delete(name);
      total -= bytes;
    }
  }
}

function cut(pieces: readonly Float32Array[], from: number, length: number): Float32Array {
  const all = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all.subarray(from, from + length);
}

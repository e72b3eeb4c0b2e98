/** Two files that may be the same recording, compared by their sound: their beginnings, and of long ones a part near the end. */
import type { EventLoopYielder } from '../async/yield-to-event-loop.ts';
import type { PairFacts } from '../catalogue/stores/near-duplicates.ts';
import { pairFacts, type Excerpt } from './extent.ts';
import { COMPARED_RATE, likenessOf, type Likeness } from './likeness.ts';

/** Raised when the same two files may be judged otherwise, or the same sound gets another fingerprint. */
export const COMPARISON_VERSION = 1;
/** Compared of each file; longer ones are compared near their end, too. */
export const BEGINNING_SECONDS = 120;
const END_SECONDS = 10;
/** Kept of files that were read, each of them up to 10 MiB: what is alike comes in groups. */
const KEPT_BYTES = 96 * 2 ** 20;

export interface ComparedFile {
  /** Absolute. */
  path: string;
  durationSeconds: number;
}

/** @returns mono at {@link COMPARED_RATE}, from `startSeconds` on: where it was asked for, or earlier near the end of a file */
export type ReadPart = (
  path: string,
  fromSeconds: number,
  seconds: number,
) => Promise<{ samples: Float32Array; startSeconds: number }>;

export class Comparison {
  readonly #read: ReadPart;
  readonly #yielder: EventLoopYielder;
  /** Beginnings by path, the one used last at the end. */
  readonly #kept = new Map<string, Float32Array>();
  #bytes = 0;

  constructor(read: ReadPart, yielder: EventLoopYielder) {
    this.#read = read;
    this.#yielder = yielder;
  }

  /**
   * @param offsets by how much later the first may have what the second has, s; the likeliest first
   * @returns null unless they are the same recording @throws what reading throws
   */
  async of(first: ComparedFile, second: ComparedFile, offsets: readonly number[]): Promise<PairFacts | null> {
    const one = await this.#beginning(first);
    const other = await this.#beginning(second);
    for (const offset of offsets) {
      const likeness = await likenessOf(one.samples, other.samples, offset * COMPARED_RATE, this.#yielder);
      const facts = likeness && pairFacts(one, other, likeness);
      if (facts && (await this.#endsAlike(first, second, likeness))) return facts;
    }
    return null;
  }

  /** Two mixes with the same first minutes are two sounds. */
  async #endsAlike(first: ComparedFile, second: ComparedFile, { lag, levelDb }: Likeness): Promise<boolean> {
    const offset = lag / COMPARED_RATE;
    const end = Math.min(first.durationSeconds, second.durationSeconds + offset);
    const compared = Math.min(BEGINNING_SECONDS, BEGINNING_SECONDS + offset);
    if (end <= compared + 2 * END_SECONDS) return true;
    const from = end - 2 * END_SECONDS;
    const one = await this.#read(first.path, from, END_SECONDS);
    const other = await this.#read(second.path, from - offset, END_SECONDS);
    if (isSilent(one.samples) && isSilent(other.samples)) return true;
    const expected = (offset - one.startSeconds + other.startSeconds) * COMPARED_RATE;
    const likeness = await likenessOf(one.samples, other.samples, expected, this.#yielder);
    return likeness !== null && Math.abs(likeness.levelDb - levelDb) < 1;
  }

  async #beginning({ path, durationSeconds }: ComparedFile): Promise<Excerpt> {
    let samples = this.#kept.get(path);
    if (samples) this.#kept.delete(path);
    else {
      ({ samples } = await this.#read(path, 0, BEGINNING_SECONDS));
      this.#bytes += samples.byteLength;
    }
    this.#kept.set(path, samples);
    for (const [oldest, { byteLength }] of this.#kept) {
      if (this.#bytes <= KEPT_BYTES || oldest === path) break;
      this.#kept.delete(oldest);
      this.#bytes -= byteLength;
    }
    return { samples, durationSeconds };
  }
}

function isSilent(samples: Float32Array): boolean {
  return samples.every((x) => Math.abs(x) < 1e-4);
}

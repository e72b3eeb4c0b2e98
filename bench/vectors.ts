/**
 * Embeddings for large made-up libraries. Random directions would be unlike anything an encoder gives: real embeddings
 * lie in a narrow cone and differ along few directions. So everything here is made from embeddings of real sounds:
 * half are near one of them, half near centres between them, and what they differ by is itself a difference of two.
 */
import { normalised } from '../src/main/vectors/normalise.ts';
import type { Random } from '../src/demo/synthesis/random.ts';

const CLUSTERS = 400;
/** How far from its centre, as shares of a vector of norm 1: along differences of real embeddings, and anywhere. */
const ALONG = 0.35;
const ANYWHERE = 0.25;

export class EmbeddingMaker {
  readonly #base: readonly Float32Array[];
  readonly #centres: readonly Float32Array[];
  readonly #random: Random;

  /** @param base embeddings of real sounds, Float32Array[dim] of L2 norm 1, at least two */
  constructor(base: readonly Float32Array[], random: Random) {
    if (base.length < 2) throw new RangeError('embeddings are made from at least two real ones');
    this.#base = base;
    this.#random = random;
    this.#centres = Array.from({ length: CLUSTERS }, () => this.#between());
  }

  /** @returns Float32Array[dim], L2 norm 1, and which real one it is near, or −1 */
  next(): { embedding: Float32Array; near: number } {
    const near = this.#random.chance(0.5) ? Math.floor(this.#random.next() * this.#base.length) : -1;
    const centre = near < 0 ? this.#random.pick(this.#centres) : this.#base[near]!;
    return { embedding: this.scattered(centre), near };
  }

  /** Somewhere around a centre: at a cosine of about 0.9. */
  scattered(centre: Float32Array): Float32Array {
    const values = centre.slice();
    const [a, b] = [this.#random.pick(this.#base), this.#random.pick(this.#base)];
    const along = ALONG * gaussian(this.#random);
    const anywhere = ANYWHERE / Math.sqrt(values.length);
    for (let i = 0; i < values.length; i++) values[i]! += along * (a[i]! - b[i]!) + anywhere * gaussian(this.#random);
    return normalised(values)!; // a sum with a real embedding in it is never zero
  }

  #between(): Float32Array {
    const [a, b] = [this.#random.pick(this.#base), this.#random.pick(this.#base)];
    const share = this.#random.next();
    return this.scattered(a.map((value, i) => share * value + (1 - share) * b[i]!));
  }
}

/** Normally distributed, mean 0, standard deviation 1 (Box and Muller). */
function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/**
 * A seeded source of chance: the same seed gives the same sound on every machine, so a demo library can be made
 * again and compared byte for byte.
 */

/** 32-bit FNV-1a over UTF-16 code units: spreads similar names far apart. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** xorshift128 (Marsaglia, "Xorshift RNGs", 2003). Not for secrets. */
export class Random {
  readonly #seed: string;
  #x: number;
  #y: number;
  #z: number;
  #w: number;

  constructor(seed: string) {
    this.#seed = seed;
    this.#x = hashText(seed) || 1; // a state of all zeros would stay there
    this.#y = hashText(`${seed}/y`);
    this.#z = hashText(`${seed}/z`);
    this.#w = hashText(`${seed}/w`);
    for (let i = 0; i < 16; i++) this.next();
  }

  /** Uniform in [0, 1), 32 bits. */
  next(): number {
    const t = this.#x ^ (this.#x << 11);
    this.#x = this.#y;
    this.#y = this.#z;
    this.#z = this.#w;
    this.#w = (this.#w ^ (this.#w >>> 19) ^ t ^ (t >>> 8)) >>> 0;
    return this.#w / 4_294_967_296;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Uniform on a logarithmic scale in [low, high), both positive: the fair choice for frequencies and loudness. */
  betweenLog(low: number, high: number): number {
    return low * Math.pow(high / low, this.next());
  }

  /** `value` off by at most `share` of itself, up or down. */
  near(value: number, share: number): number {
    return value * (1 + share * (2 * this.next() - 1));
  }

  /** Exponentially distributed with the given mean: the gaps between independent events. */
  gap(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** @throws RangeError when there is nothing to pick from */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[Math.floor(this.next() * items.length)]!;
  }

  /** An independent generator of its own name: drawing from it does not shift what this one gives next. */
  fork(name: string): Random {
    return new Random(`${this.#seed}/${name}`);
  }
}

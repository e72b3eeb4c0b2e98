/**
 * Which files are worth comparing: those whose fingerprints have landmarks in common that lie as far apart in time in one as
 * in the other. In memory, of a limited number of files at a time.
 */
import { HOP, landmarksOf, MOST_LANDMARKS, PAIR_BITS, TRACE_RATE } from '../decode/analysers/landmarks.ts';

/** Landmarks that there is room for at first; it doubles. */
const FIRST_ROOM = 16 * MOST_LANDMARKS;
/** Landmarks that more files of an index have say nothing. */
const MOST_SOUNDS = 400;
/** Frames of the trace by which two copies may be off. */
const JITTER = 2;
/** Fewer landmarks in common at one distance are chance. Of sounds that have hardly more, a share suffices. */
const FEWEST = 4;
const FEWEST_OF_FEW = 2;
const LEAST_SHARE = 0.025;
/** Places that are tried: a loop fits itself at several. */
const MOST_PLACES = 3;

export interface Candidate {
  /** Of the index, in the order in which files were added. */
  sound: number;
  /** Landmarks in common at the best place. */
  common: number;
  /** How much later the sound asked about has what the candidate has, s; the likeliest first. */
  offsets: number[];
}

/** 14 bytes a landmark, and as much again while it grows; 8 MiB besides. */
export class CandidateIndex {
  readonly #counts: number[] = [];
  #pairs = new Uint32Array(FIRST_ROOM);
  #sounds = new Uint32Array(FIRST_ROOM);
  #frames = new Uint16Array(FIRST_ROOM);
  #length = 0;
  /** Where the landmarks of each pair begin in #order, after {@link seal}. */
  #starts: Uint32Array | null = null;
  #order = new Uint32Array(0);

  /** @param fingerprint as it is stored */
  add(fingerprint: Uint8Array): void {
    const sound = this.#counts.length;
    const landmarks = landmarksOf(fingerprint);
    this.#counts.push(landmarks.length);
    if (this.#length + landmarks.length > this.#pairs.length) this.#grow();
    for (const { pair, frame } of landmarks) {
      this.#pairs[this.#length] = pair;
      this.#sounds[this.#length] = sound;
      this.#frames[this.#length++] = frame;
    }
  }

  #grow(): void {
    const grown = <T extends Uint32Array | Uint16Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    const room = 2 * this.#pairs.length;
    this.#pairs = grown(this.#pairs, new Uint32Array(room));
    this.#sounds = grown(this.#sounds, new Uint32Array(room));
    this.#frames = grown(this.#frames, new Uint16Array(room));
  }

  /** No more are added; it can be asked. */
  seal(): void {
    const starts = new Uint32Array((1 << PAIR_BITS) + 1);
    for (let i = 0; i < this.#length; i++) starts[this.#pairs[i]! + 1]!++;
    for (let pair = 0; pair < 1 << PAIR_BITS; pair++) starts[pair + 1]! += starts[pair]!;
    const next = starts.slice();
    this.#order = new Uint32Array(this.#length);
    for (let i = 0; i < this.#length; i++) this.#order[next[this.#pairs[i]!]!++] = i;
    this.#starts = starts;
  }

  /**
   * @param itself is left out; null where the sound is not in this index
   * @param most at most so many, those with most in common first
   * @throws Error before {@link seal}
   */
  of(fingerprint: Uint8Array, itself: number | null, most: number): Candidate[] {
    const starts = this.#starts;
    if (starts === null) throw new Error('the index is not sealed');
    const landmarks = landmarksOf(fingerprint);
    const distances = new Map<number, number[]>();
    for (const { pair, frame } of landmarks) {
      const [from, end] = [starts[pair]!, starts[pair + 1]!];
      if (end - from > MOST_SOUNDS) continue;
      for (let i = from; i < end; i++) {
        const at = this.#order[i]!;
        const sound = this.#sounds[at]!;
        if (sound === itself) continue;
        const known = distances.get(sound);
        if (known) known.push(frame - this.#frames[at]!);
        else distances.set(sound, [frame - this.#frames[at]!]);
      }
    }
    const found: Candidate[] = [];
    for (const [sound, all] of distances) {
      const fewer = Math.min(landmarks.length, this.#counts[sound]!);
      const least = Math.max(fewer < 8 * FEWEST ? FEWEST_OF_FEW : FEWEST, LEAST_SHARE * fewer);
      if (all.length < least) continue;
      const places = placesIn(all, least);
      if (places.length > 0) found.push({ sound, common: places[0]!.common, offsets: places.map(({ frames }) => (frames * HOP) / TRACE_RATE) }); // prettier-ignore
    }
    return found.toSorted((a, b) => b.common - a.common || a.sound - b.sound).slice(0, most);
  }
}

/** @returns distances around which so many lie, the fullest first */
function placesIn(distances: readonly number[], least: number): { frames: number; common: number }[] {
  let left = distances.toSorted((a, b) => a - b);
  const places: { frames: number; common: number }[] = [];
  while (places.length < MOST_PLACES) {
    let best = { from: 0, count: 0 };
    for (let from = 0, end = 0; from < left.length; from++) {
      while (end < left.length && left[end]! - left[from]! <= JITTER) end++;
      if (end - from > best.count) best = { from, count: end - from };
    }
    if (best.count < least) break;
    const inside = left.slice(best.from, best.from + best.count);
    places.push({ frames: inside.reduce((sum, frames) => sum + frames, 0) / inside.length, common: best.count });
    left = left.filter((_, i) => i < best.from || i >= best.from + best.count);
  }
  return places;
}

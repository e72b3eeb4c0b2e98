/** One side of a query (words, or a sound): the best place in each file, and how likely it is the right one. */
import { cosineSimilarity } from '../vectors/normalise.ts';
import { soundProbability, standingProbability, zScore, type LogisticCurve, type SoundScale } from './relevance.ts';
import { type OwnLevels } from '../index/own-levels.ts';
import { takeProbability } from './take-relevance.ts';
import type { Background, WindowMatches, WindowSearch } from './window-search.ts';

/** The best window of a file for one query. */
export interface Place {
  windowId: number;
  startSeconds: number;
  seconds: number;
  /** −1..1 */
  cosine: number;
  /** Which of the query's embeddings it fits. */
  embedding: number;
}
export type Places = Map<number, Place>;

/** Keeps the better of what is known and what comes; of equals the earlier place, so that answers are repeatable. */
export function keepBest(places: Places, matches: WindowMatches, embedding: number): void {
  for (let i = 0; i < matches.fileIds.length; i++) {
    const fileId = matches.fileIds[i]!;
    const cosine = matches.cosines[i]!;
    const startSeconds = matches.startSeconds[i]!;
    const known = places.get(fileId);
    if (known && (known.cosine > cosine || (known.cosine === cosine && known.startSeconds <= startSeconds))) continue;
    places.set(fileId, {
      windowId: matches.windowIds[i]!,
      startSeconds,
      seconds: matches.seconds[i]!,
      cosine,
      embedding,
    });
  }
}

/** One side of a query: words, or a sound. */
export class QuerySide {
  /** Best place per file found so far. */
  readonly places: Places = new Map();
  /** Files found by {@link nearest}. */
  readonly near = new Set<number>();
  /** All windows (that are allowed) have been seen: asking for more brings nothing. */
  exhausted = false;
  readonly #index: WindowSearch;
  readonly #embeddings: readonly Float32Array[];
  readonly #curve: LogisticCurve | null;
  readonly #windows: number;
  #backgrounds: Background[] = [];
  /** Of long files, for the embedding that their place fits. */
  readonly #levels = new Map<number, OwnLevels>();
  #unseenAtMost = 1;

  /**
   * @param embeddings at least one, Float32Array[dim] of norm 1; a file's cosine is the highest over them
   * @param scale the pack's calibration for this kind of query, null without one; windows in the library
   */
  constructor(
    index: WindowSearch,
    embeddings: readonly Float32Array[],
    scale: { curve: LogisticCurve | null; windows: number },
  ) {
    this.#index = index;
    this.#embeddings = embeddings;
    this.#curve = scale.curve;
    this.#windows = scale.windows;
  }

  /** The first of the query's embeddings. */
  get embedding(): Float32Array {
    return this.#embeddings[0]!;
  }

  /** Probability that a sound of this cosine is what is asked for, 0..1. Valid after {@link measure}. */
  probability(cosine: number, embedding = 0): number {
    return soundProbability(cosine, this.#scale(embedding));
  }

  /** How far a cosine stands out of the library, as a probability within "maybe"; 0 where it does not. After {@link measure}. */
  standing({ cosine, embedding }: Pick<Place, 'cosine' | 'embedding'>): number {
    const { background, windows } = this.#scale(embedding);
    return standingProbability(zScore(cosine, background), windows);
  }

  /** The same of a file by its best place, corrected for how many it has. Valid after {@link weighTakes}. */
  probabilityOfFile(fileId: number, { cosine, embedding }: Pick<Place, 'cosine' | 'embedding'>): number {
    const own = this.#levels.get(fileId);
    return own ? takeProbability(cosine, this.#scale(embedding), own) : this.probability(cosine, embedding);
  }

  #scale(embedding: number): SoundScale {
    return { curve: this.#curve, background: this.#backgrounds[embedding]!, windows: this.#windows };
  }

  /** The same of a window, by the query's embedding that it fits best. @param window Float32Array[dim] of norm 1 */
  probabilityOf(window: Float32Array): number {
    return Math.max(...this.#embeddings.map((own, at) => this.probability(cosineSimilarity(own, window), at)));
  }

  /** The most that a window not seen so far can reach. Valid after {@link measure} and {@link nearest}. */
  unseenProbability(): number {
    return Math.max(...this.#embeddings.map((_, at) => this.probability(this.#unseenAtMost, at)));
  }

  /** Learns what cosines are usual in this library for each of the query's embeddings. */
  async measure(): Promise<void> {
    this.#backgrounds = await Promise.all(this.#embeddings.map((embedding) => this.#index.background(embedding)));
  }

  /** The k windows nearest to each embedding, only of `fileIds` if given. */
  async nearest(k: number, fileIds?: Float64Array): Promise<void> {
    const answers = await Promise.all(this.#embeddings.map((embedding) => this.#index.search(embedding, k, fileIds)));
    this.exhausted = answers.every(({ windowIds }) => windowIds.length < k);
    for (const { fileIds: found } of answers) for (const id of found) this.near.add(id);
    this.#unseenAtMost = Math.max(...answers.map(({ cosines }) => cosines.at(-1) ?? -1));
    answers.forEach((matches, at) => keepBest(this.places, matches, at));
  }

  /** Learns how high the other windows of these files lie; short ones make no difference. Their places are known. */
  async weighTakes(fileIds: readonly number[]): Promise<void> {
    const byEmbedding = Map.groupBy(
      fileIds.filter((id) => this.places.has(id) && !this.#levels.has(id)),
      (id) => this.places.get(id)!.embedding,
    );
    await Promise.all(
      [...byEmbedding].map(async ([at, ids]) => {
        const levels = await this.#index.levels(this.#embeddings[at]!, Float64Array.from(ids));
        for (const { fileId, ...own } of levels) this.#levels.set(fileId, own);
      }),
    );
  }

  /** Finds the best place in each of these files, except those that have one already. */
  async score(fileIds: readonly number[]): Promise<void> {
    const missing = Float64Array.from(fileIds.filter((id) => !this.places.has(id)));
    if (missing.length === 0) return;
    const answers = await Promise.all(this.#embeddings.map((embedding) => this.#index.scoreFiles(embedding, missing)));
    answers.forEach((matches, at) => keepBest(this.places, matches, at));
  }
}

/** One pass over the files that are to be scored: in blocks, so that memory does not grow with the library. */
import type { StoredEmbeddings } from '../catalogue/open-embeddings.ts';
import type { StoredWindow } from '../catalogue/stores/windows.ts';
import { decodeInto, float16Bits } from '../vectors/float16-dot.ts';
import { fileWords } from './file-words.ts';
import { matrixProduct, type MatrixProduct } from './matrix-product.ts';
import type { ScoredBlock, ScoredVocabulary, ScoreMethods } from './protocol.ts';
import { fuse, kept, matrixOf, Scorer, WORTH_A_LOOK } from './scorer.ts';
import { WordEvidence } from './word-evidence.ts';

/** Windows multiplied at a time: 2 MiB of embeddings, some MiB of products. */
const WINDOWS_AT_ONCE = 512;
/** Files in a block at most: what the engine stores takes a few transactions. */
const FILES_AT_ONCE = 400;

interface Prepared {
  vocabulary: ScoredVocabulary;
  product: MatrixProduct;
  scorer: Scorer;
  words: WordEvidence;
  added: Float32Array;
}

export class ScoreRun {
  readonly #stored: StoredEmbeddings;
  readonly #fileIds: number[];
  readonly #vocabularies: Prepared[];
  readonly #dim: number;
  readonly #spaceId: number;
  readonly #values: Float32Array;
  #next = 0;

  /** @param input of `begin` @throws what reading the catalogue throws; UserError model-unusable */
  static async open(stored: StoredEmbeddings, input: ScoreMethods['begin']['input']): Promise<ScoreRun> {
    const prepared: Prepared[] = [];
    for (const vocabulary of input.vocabularies) {
      const { rows, values } = matrixOf(vocabulary.set);
      prepared.push({
        vocabulary,
        product: await matrixProduct(values, input.dim, rows, input.threads),
        scorer: new Scorer(vocabulary.set),
        words: new WordEvidence(vocabulary),
        added: new Float32Array(vocabulary.set.labels),
      });
    }
    return new ScoreRun(stored, input, prepared);
  }

  private constructor(stored: StoredEmbeddings, input: ScoreMethods['begin']['input'], vocabularies: Prepared[]) {
    this.#vocabularies = vocabularies;
    this.#dim = input.dim;
    this.#stored = stored;
    const { spaceId, folders, again } = input;
    this.#fileIds = stored.scored.due(spaceId, { folders, notWith: again ? null : input.vocabularies });
    this.#spaceId = spaceId;
    this.#values = new Float32Array(WINDOWS_AT_ONCE * input.dim);
  }

  /** Files that are to be scored. */
  get files(): number {
    return this.#fileIds.length;
  }

  /** @returns null when all have been */
  async step(): Promise<ScoredBlock | null> {
    if (this.#next >= this.#fileIds.length) return null;
    const block = new BlockBuilder();
    const files: { fileId: number; windows: StoredWindow[] }[] = [];
    let rows = 0;
    while (this.#next < this.#fileIds.length && files.length < FILES_AT_ONCE) {
      const fileId = this.#fileIds[this.#next]!;
      const windows = this.#read(fileId);
      if (files.length > 0 && rows + windows.length > WINDOWS_AT_ONCE) break; // it begins the next block
      this.#next++;
      rows += windows.length;
      files.push({ fileId, windows });
    }
    let product = await this.#products(files.flatMap(({ windows }) => windows).slice(0, WINDOWS_AT_ONCE));
    let row = 0;
    for (const { fileId, windows } of files) {
      for (const { scorer } of this.#vocabularies) scorer.begin();
      for (let at = 0; at < windows.length; at++, row++) {
        if (row === WINDOWS_AT_ONCE) {
          // Only a file that is alone in its block has more windows than one product takes.
          product = await this.#products(windows.slice(at, at + WINDOWS_AT_ONCE));
          row = 0;
        }
        for (const [
          which,
          {
            scorer,
            product: { columns },
          },
        ] of this.#vocabularies.entries()) {
          scorer.add(product[which]!, row * columns);
        }
      }
      this.#finish(block, fileId, windows);
    }
    return block.finished();
  }

  /** By their start. */
  #read(fileId: number): StoredWindow[] {
    return this.#stored.windows.stored(fileId, this.#spaceId).filter(([, , blob]) => blob.byteLength === 2 * this.#dim);
  }

  /** @param windows at most {@link WINDOWS_AT_ONCE} @returns of each vocabulary */
  async #products(windows: readonly StoredWindow[]): Promise<Float32Array[]> {
    for (const [row, [, , blob]] of windows.entries()) {
      decodeInto(float16Bits(blob), 0, this.#values, row * this.#dim, this.#dim);
    }
    const products: Float32Array[] = [];
    for (const { product } of this.#vocabularies) {
      products.push(windows.length === 0 ? new Float32Array(0) : await product.multiply(this.#values, windows.length));
    }
    return products;
  }

  /** Nothing is suggested for a silent file: it has no windows, and its name alone is no reason. */
  #finish(block: BlockBuilder, fileId: number, windows: readonly StoredWindow[]): void {
    block.begin(fileId);
    const words = windows.length > 0 ? fileWords(this.#stored, fileId) : null;
    for (const { vocabulary, scorer, words: evidence, added } of this.#vocabularies) {
      block.vocabulary();
      if (windows.length === 0) continue;
      const said = words !== null && evidence.logOdds(evidence.matches(words), added);
      const { probabilities } = fuse(scorer.score, said ? added : null, vocabulary.set);
      for (const label of kept(probabilities)) {
        const [start, seconds] = windows[scorer.score.window[label]!]!;
        block.suggest(vocabulary.tagIds[label]!, probabilities[label]!, start, start + seconds);
      }
    }
    block.end();
  }
}

/** Collects what the engine is to store. */
class BlockBuilder {
  readonly #fileIds: number[] = [];
  readonly #counts: number[] = [];
  readonly #tagIds: number[] = [];
  readonly #probabilities: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #unknown = 0;
  #fits = false;

  get files(): number {
    return this.#fileIds.length;
  }

  begin(fileId: number): void {
    this.#fileIds.push(fileId);
    this.#fits = false;
  }

  vocabulary(): void {
    this.#counts.push(0);
  }

  suggest(tagId: number, probability: number, start: number, end: number): void {
    this.#counts[this.#counts.length - 1]!++;
    this.#tagIds.push(tagId);
    this.#probabilities.push(probability);
    this.#starts.push(start);
    this.#ends.push(end);
    if (probability >= WORTH_A_LOOK) this.#fits = true;
  }

  end(): void {
    if (!this.#fits) this.#unknown++;
  }

  finished(): ScoredBlock {
    return {
      fileIds: Int32Array.from(this.#fileIds),
      counts: Uint8Array.from(this.#counts),
      tagIds: Int32Array.from(this.#tagIds),
      probabilities: Float32Array.from(this.#probabilities),
      starts: Float32Array.from(this.#starts),
      ends: Float32Array.from(this.#ends),
      unknown: this.#unknown,
    };
  }
}

/**
 * A query to hits: text | sound | both → candidates by sound and by name → filters → ranking → places.
 * Measures and thresholds: relevance.ts. What counts as a name: name-evidence.ts.
 */
import type { Database } from 'better-sqlite3';
import type { SearchHit, SearchQuery, SearchResult, WindowRelevance } from '../../shared/types.ts';
import { collectionStatements, type CollectionStatements } from '../catalogue/collections.ts';
import { fileMissing } from '../catalogue/known-files.ts';
import { windowStatements, type WindowStatements } from '../catalogue/windows.ts';
import { FilterLookup } from './filters.ts';
import { gather, surveyCatalogue, type Lookups, type Sides } from './gather.ts';
import { Library, type Coverage } from './library.ts';
import { grouped } from './group.ts';
import { NameLookup } from './name-evidence.ts';
import { isAllStrange, type PiecesPerLetter } from './known-words.ts';
import { coverageNotice, emptyNotice, nothingIndexed, questionNotices, strangeNotice } from './notices.ts';
import { parseQuery } from './parse-query.ts';
import { rememberingEncoder, representatives } from './query-embedding.ts';
import { QuerySide } from './query-side.ts';
import { understand, understood, type Question } from './question.ts';
import { rank, weigh, type Candidate } from './rank.ts';
import type { Relevance } from './relevance.ts';
import { isAboutSound, type SoundWords } from './sound-words.ts';
import type { UcsCodes } from './ucs-codes.ts';
import { windowRelevance } from './window-relevance.ts';
import type { EncodeTexts, WindowSearch } from './window-search.ts';

export interface SearchParts {
  /** A catalogue, only read from. */
  db: Database;
  /** The embedding space that `index`, `encodeTexts` and `relevance` belong to. */
  spaceId: number;
  /** Pack id, for the result. */
  model: string;
  index: WindowSearch;
  encodeTexts: EncodeTexts;
  /** The pack's calibration; null when it has none. */
  relevance: Relevance | null;
  /** Abbreviations that names may have in place of a word. */
  codes?: UcsCodes;
  /** Of the pack's tokenizer; absent: every word counts as known. */
  piecesPerLetter?: PiecesPerLetter;
  /** What the installed vocabularies call sounds; absent: every word counts as said of sounds. */
  soundWords?: SoundWords;
}

/** Walking through the hits of one question asks about the windows of each by the same words. */
const ENCODED_KEPT = 16;

export class Search {
  readonly #parts: SearchParts;
  readonly #lookups: Lookups;
  readonly #collections: CollectionStatements;
  readonly #windows: WindowStatements;
  readonly #encodeAgain: EncodeTexts;

  constructor(parts: SearchParts) {
    this.#parts = parts;
    this.#lookups = {
      library: new Library(parts.db, parts.spaceId),
      filters: new FilterLookup(parts.db),
      names: new NameLookup(parts.db, parts.codes),
    };
    this.#collections = collectionStatements(parts.db);
    this.#windows = windowStatements(parts.db);
    this.#encodeAgain = rememberingEncoder(parts.encodeTexts, ENCODED_KEPT);
  }

  /**
   * @param likeWindows windows of the sound at `query.likePath`, each Float32Array[dim] of L2 norm 1
   * @returns hits by falling score, then path; a file is one hit, at its best window. Filters and tags alone give
   *   all files that pass, by path, with score 1 and the whole file as its place: nothing in it was compared. The query sound itself and its copies are never hits.
   * @throws UserError 'bad-input' (nothing to look for, a malformed filter, a silent query sound), 'nothing-indexed',
   *   'not-found' (a collection);
   *   signal.reason when cancelled; what the index and the encoder throw
   */
  async run(
    query: SearchQuery,
    likeWindows: readonly Float32Array[] = [],
    signal?: AbortSignal,
  ): Promise<SearchResult> {
    const question = understand(query, likeWindows, this.#collections);
    const coverage = this.#lookups.library.coverage();
    if (coverage.listened === 0) throw nothingIndexed(coverage);
    const embedding = this.#sides(question, likeWindows, coverage);
    embedding.catch(() => {}); // awaited below; not "unhandled" until then
    const field = surveyCatalogue(question, query.likePath, this.#lookups);
    const sides = await embedding;
    signal?.throwIfAborted();

    const files = await gather(question, sides, field, this.#lookups, coverage, signal);
    const candidates = weigh(files, question, sides, field.words, this.#lookups, this.#isAboutSound(question.text));
    const ranked = await rank(candidates, question, sides, this.#lookups);
    signal?.throwIfAborted();

    const shown = question.includeUnlikely ? ranked : ranked.filter(({ band }) => band !== 'unlikely');
    const hits = (question.grouped ? await this.#grouped(shown, candidates) : shown).slice(0, question.limit);
    const strange = this.#isStrange(question.text) ? strangeNotice(question.text, this.#parts.model) : null;
    const notices = [...questionNotices(question), strange, coverageNotice(coverage)];
    // The last folder may have been taken out since the sounds were counted.
    if (hits.length === 0 && this.#lookups.filters.firstFileIds({ includeOffline: true }, 1).length === 0) {
      throw nothingIndexed(this.#lookups.library.coverage(true));
    }
    if (hits.length === 0) notices.push(emptyNotice(question.filters, this.#lookups.filters, ranked.length));
    return {
      query: understood(query, question),
      minus: question.minus,
      model: this.#parts.model,
      hits,
      notices: notices.filter((notice) => notice !== null),
    };
  }

  /**
   * Every part of a file against a query, by exact cosines; names and filters count for nothing.
   * @param likeWindows as for {@link run}
   * @returns in order of time; empty when the query has neither words nor a sound, or nothing was heard in the file
   * @throws UserError 'file-missing', 'bad-input' (a malformed filter)
   */
  async windows(
    fileId: number,
    query: SearchQuery,
    likeWindows: readonly Float32Array[] = [],
  ): Promise<WindowRelevance[]> {
    const { text, minus } = parseQuery(query.text ?? '');
    const file = this.#lookups.library.files([fileId]).get(fileId);
    if (!file) throw fileMissing(fileId);
    if (text === '' && likeWindows.length === 0) return [];
    const sides = await this.#sides({ text, minus }, likeWindows, this.#lookups.library.coverage(), this.#encodeAgain);
    return windowRelevance(this.#windows.ofFile(fileId, this.#parts.spaceId), sides, file.durationSeconds);
  }

  #isAboutSound(text: string): boolean {
    const { soundWords } = this.#parts;
    return soundWords === undefined || isAboutSound(text, soundWords);
  }

  #isStrange(text: string): boolean {
    const { piecesPerLetter } = this.#parts;
    return piecesPerLetter !== undefined && isAllStrange(text, piecesPerLetter);
  }

  #grouped(hits: readonly SearchHit[], candidates: readonly Candidate[]): Promise<SearchHit[]> {
    const { index, relevance } = this.#parts;
    return grouped(hits, candidates, { library: this.#lookups.library, index, curve: relevance?.audio ?? null });
  }

  async #sides(
    { text, minus }: Pick<Question, 'text' | 'minus'>,
    likeWindows: readonly Float32Array[],
    coverage: Coverage,
    encode: EncodeTexts = this.#parts.encodeTexts,
  ): Promise<Sides> {
    if (coverage.windows === 0) return { text: null, like: null, minus: [] }; // all silent: only names can be searched
    const texts = text === '' ? minus : [text, ...minus];
    const embeddings = texts.length === 0 ? [] : await encode(texts);
    const side = (own: readonly Float32Array[], kind: keyof Relevance) =>
      new QuerySide(this.#parts.index, own, {
        curve: this.#parts.relevance?.[kind] ?? null,
        windows: coverage.windows,
      });
    return {
      // What a model makes of words that it cannot know is noise: names are all there is.
      text: text === '' || this.#isStrange(text) ? null : side([embeddings[0]!], 'text'),
      like: likeWindows.length === 0 ? null : side(representatives(likeWindows), 'audio'),
      minus: embeddings.slice(text === '' ? 0 : 1).map((embedding) => side([embedding], 'text')),
    };
  }
}

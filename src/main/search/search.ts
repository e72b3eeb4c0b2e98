/**
 * A query to hits: text | sound | both → candidates by sound and by name → filters → ranking → places.
 * Measures and thresholds: relevance.ts. What counts as a name: name-evidence.ts.
 */
import { basename } from 'node:path';
import { EVEN_BALANCE } from '../../shared/types.ts';
import { referencesOf } from '../../shared/query/references.ts';
import type { FileMatches, SearchHit, SearchQuery, SearchResult, WindowRelevance } from '../../shared/types.ts';
import type { Catalogue } from '../catalogue/open.ts';
import { fileMissing } from '../../shared/refusals.ts';
import type { Coverage } from '../catalogue/stores/totals.ts';
import type { FoundFile } from '../catalogue/stores/found-files.ts';
import { EventLoopYielder } from '../async/yield-to-event-loop.ts';
import { CoverageCount } from './coverage.ts';
import { matchesAmong } from './file-matches.ts';
import { gather, surveyCatalogue, type Lookups, type Sides } from './gather.ts';
import { grouped } from './group.ts';
import { NameLookup } from './name-evidence.ts';
import { knowsNone, type WordCheck } from './known-words.ts';
import { coverageNotice, emptyNotice, nothingIndexed, questionNotices, unknownWordsNotice } from './notices.ts';
import { parseQuery } from './parse-query.ts';
import { meanOfSeveral, rememberingEncoder, representatives } from './query-embedding.ts';
import { QuerySide } from './query-side.ts';
import { NO_REFERENCES, type ReferenceWindows } from './reference-windows.ts';
import { understand, understood, type Question } from './question.ts';
import { rank, weigh, type Candidate } from './rank.ts';
import type { Relevance } from './relevance.ts';
import { isAboutSound, type SoundWords } from './sound-words.ts';
import type { UcsCodes } from '../text/ucs-codes.ts';
import { windowRelevance } from './window-relevance.ts';
import type { EncodeTexts, WindowSearch } from './window-search.ts';

export interface SearchDeps {
  /** Only read from. */
  catalogue: Pick<
    Catalogue,
    'collections' | 'dataVersion' | 'filters' | 'foundFiles' | 'totals' | 'windows' | 'wordMatches'
  >;
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
  /** Which words the model knows; absent: all of them. */
  isKnown?: WordCheck;
  /** What the installed vocabularies call sounds; absent: every word counts as said of sounds. */
  soundWords?: SoundWords;
}

const NO_SIDES: Sides = { text: null, like: [], between: null, minus: [], unlike: [] };
/** Walking through the hits of one question asks about the windows of each by the same words. */
const ENCODED_KEPT = 16;

export class Search {
  readonly #deps: SearchDeps;
  readonly #lookups: Lookups;
  readonly #coverage: CoverageCount;
  readonly #encodeAgain: EncodeTexts;

  constructor(deps: SearchDeps) {
    this.#deps = deps;
    const { dataVersion, foundFiles, windows, filters, wordMatches, totals } = deps.catalogue;
    this.#lookups = { found: foundFiles, windows, filters, names: new NameLookup(wordMatches, deps.codes) };
    this.#coverage = new CoverageCount(totals, dataVersion, deps.spaceId);
    this.#encodeAgain = rememberingEncoder(deps.encodeTexts, ENCODED_KEPT);
  }

  /**
   * @param references windows of the sounds that the query names; reference-windows.ts says how they count
   * @returns hits by falling score, then path; a file is one hit, at its best window. Filters and tags alone give
   *   all files that pass, by path, with score 1 and the whole file as its place: nothing in it was compared. The sounds of the query and their copies are never hits, unless
   *   `query.inSameFile` asks for that file alone.
   * @throws UserError 'bad-input' (nothing to look for, a malformed filter, a silent query sound), 'nothing-indexed',
   *   'not-found' (a collection);
   *   signal.reason when cancelled; what the index and the encoder throw
   */
  async run(
    query: SearchQuery,
    references: ReferenceWindows = NO_REFERENCES,
    signal?: AbortSignal,
  ): Promise<SearchResult> {
    const question = understand(query, references, this.#deps.catalogue.collections);
    const coverage = this.#coverage.now();
    if (coverage.analysedByAny === 0) throw nothingIndexed(coverage);
    const embedding = this.#sides(question, references, coverage);
    embedding.catch(() => {}); // awaited below; not "unhandled" until then
    const field = surveyCatalogue(question, query, this.#lookups);
    const sides = await embedding;
    signal?.throwIfAborted();

    const files = await gather(question, sides, field, this.#lookups, coverage, signal);
    const candidates = weigh(files, question, sides, field.words, this.#lookups, this.#isAboutSound(question.text));
    const unlike = referencesOf(query).unlike.map(({ path }) => basename(path));
    const ranked = await rank(candidates, question, sides, unlike, this.#lookups);
    signal?.throwIfAborted();

    const shown = question.includeUnlikely ? ranked : ranked.filter(({ band }) => band !== 'unlikely');
    const hits = (question.grouped ? await this.#grouped(shown, candidates) : shown).slice(0, question.limit);
    const unknown = this.#knowsNone(question.text) ? unknownWordsNotice(question.text, this.#deps.model) : null;
    const notices = [...questionNotices(question), unknown, coverageNotice(coverage)];
    // The last folder may have been taken out since the sounds were counted.
    if (hits.length === 0 && this.#lookups.filters.firstFileIds({ includeOffline: true }, 1).length === 0) {
      throw nothingIndexed(this.#coverage.now(true));
    }
    if (hits.length === 0) notices.push(emptyNotice(question.filters, this.#lookups.filters, ranked.length));
    return {
      query: understood(query, question),
      minus: question.minus,
      model: this.#deps.model,
      hits,
      notices: notices.filter((notice) => notice !== null),
    };
  }

  /**
   * Every part of a file against a query, by exact cosines; names and filters count for nothing.
   * @param references as for {@link run}
   * @returns in order of time; empty when the query has neither words nor a sound, or the file has no embeddings
   * @throws UserError 'file-missing', 'bad-input' (a malformed filter)
   */
  async windows(
    fileId: number,
    query: SearchQuery,
    references: ReferenceWindows = NO_REFERENCES,
  ): Promise<WindowRelevance[]> {
    const file = this.#lookups.found.files([fileId]).get(fileId);
    if (!file) throw fileMissing(fileId);
    const sides = await this.#sidesOfParts(query, references);
    return sides === null ? [] : this.#windowsOf(file, sides, query);
  }

  /**
   * The matches of files: {@link windows} that a search lists, and what goes on over many of them as one.
   * @param references as for {@link run}
   * @returns in the order of `fileIds`, files that are not there left out; no matches as for {@link windows}
   * @throws UserError 'bad-input' (a malformed filter); signal.reason
   */
  async matches(
    fileIds: readonly number[],
    query: SearchQuery,
    references: ReferenceWindows = NO_REFERENCES,
    signal = new AbortController().signal,
  ): Promise<FileMatches[]> {
    const files = this.#lookups.found.files(fileIds);
    const sides = await this.#sidesOfParts(query, references);
    const found: FileMatches[] = [];
    const yielder = new EventLoopYielder(signal);
    for (const fileId of fileIds) {
      const file = files.get(fileId);
      if (file === undefined) continue;
      const windows = sides === null ? [] : this.#windowsOf(file, sides, query);
      found.push({ fileId, matches: matchesAmong(windows) });
      await yielder.yieldIfDue();
    }
    return found;
  }

  /** null when there is nothing to compare parts of a file with. */
  async #sidesOfParts(query: SearchQuery, references: ReferenceWindows): Promise<Sides | null> {
    const { text, minus } = parseQuery(query.text ?? '');
    if (text === '' && references.like.length === 0) return null;
    const sides = await this.#sides({ text, minus }, references, this.#coverage.now(), this.#encodeAgain);
    const { text: words, like, minus: against, unlike } = sides;
    const all = [words, ...like, ...against, ...unlike].filter((side) => side !== null);
    await Promise.all(all.map((side) => side.measure()));
    return sides;
  }

  #windowsOf(
    { id, durationSeconds }: FoundFile,
    sides: Sides,
    { balance = EVEN_BALANCE }: SearchQuery,
  ): WindowRelevance[] {
    return windowRelevance(this.#lookups.windows.ofFile(id, this.#deps.spaceId), sides, durationSeconds, balance);
  }

  /**
   * What moments of a file are compared with; minus terms and filters count for nothing.
   * @param references as for {@link run}
   * @returns of the words and of the sounds of a query, as far as it has them, the embeddings that stand for them:
   *   Float32Array[dim] of norm 1; none where the model does not know the words
   * @throws UserError 'bad-input' (a malformed filter)
   */
  async embeddingsOf({ text = '' }: SearchQuery, { like }: ReferenceWindows): Promise<Float32Array[][]> {
    const { text: words } = parseQuery(text);
    const sides: Float32Array[][] = [];
    if (words !== '' && !this.#knowsNone(words)) sides.push(await this.#encodeAgain([words]));
    if (like.length > 0) sides.push(like.flatMap((windows) => representatives(windows)));
    return sides;
  }

  #isAboutSound(text: string): boolean {
    const { soundWords } = this.#deps;
    return soundWords === undefined || isAboutSound(text, soundWords);
  }

  #knowsNone(text: string): boolean {
    const { isKnown } = this.#deps;
    return isKnown !== undefined && knowsNone(text, isKnown);
  }

  #grouped(hits: readonly SearchHit[], candidates: readonly Candidate[]): Promise<SearchHit[]> {
    const { index, relevance, spaceId } = this.#deps;
    const { windows } = this.#lookups;
    return grouped(hits, candidates, { windows, spaceId, index, curve: relevance?.audio ?? null });
  }

  async #sides(
    { text, minus }: Pick<Question, 'text' | 'minus'>,
    references: ReferenceWindows,
    coverage: Coverage,
    encode: EncodeTexts = this.#deps.encodeTexts,
  ): Promise<Sides> {
    if (coverage.windows === 0) return NO_SIDES; // all silent: only names can be searched
    const texts = text === '' ? minus : [text, ...minus];
    const embeddings = texts.length === 0 ? [] : await encode(texts);
    const side = (own: readonly Float32Array[], kind: keyof Relevance) =>
      new QuerySide(this.#deps.index, own, {
        curve: this.#deps.relevance?.[kind] ?? null,
        windows: coverage.windows,
      });
    const between = meanOfSeveral(references);
    return {
      // What a model makes of words that it cannot know is noise: names are all there is.
      text: text === '' || this.#knowsNone(text) ? null : side([embeddings[0]!], 'text'),
      like: references.like.map((windows) => side(representatives(windows), 'audio')),
      between: between === null ? null : side([between], 'audio'),
      minus: embeddings.slice(text === '' ? 0 : 1).map((embedding) => side([embedding], 'text')),
      unlike: references.unlike.map((windows) => side(representatives(windows), 'audio')),
    };
  }
}

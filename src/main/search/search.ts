/**
 * A query to hits: text | sound | both → candidates by sound and by name → filters → ranking → places.
 * Measures and thresholds: relevance.ts. What counts as a name: name-evidence.ts. A second model beside this one: each
 * brings its candidates, both are asked about all of them, and combine.ts makes one opinion of two.
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
import { combinedWindows } from './combine.ts';
import { gather, place, surveyCatalogue, type Field, type Lookups, type Sides } from './gather.ts';
import { grouped } from './group.ts';
import { NameLookup } from './name-evidence.ts';
import { knowsNone, type WordCheck } from './known-words.ts';
import {
  besideNotice,
  coverageNotice,
  emptyNotice,
  nothingIndexed,
  questionNotices,
  unknownWordsNotices,
} from './notices.ts';
import { parseQuery } from './parse-query.ts';
import { meanOfSeveral, rememberingEncoder, representatives } from './query-embedding.ts';
import { QuerySide } from './query-side.ts';
import { NO_REFERENCES, type ReferenceWindows } from './reference-windows.ts';
import { understand, understood, type Question } from './question.ts';
import { rank, weigh, type Candidate, type Opinion } from './rank.ts';
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

/** A second model that answers a query beside the one in use. */
export interface Beside {
  /** Over the same catalogue. */
  search: Search;
  /** The sounds of the query as this model embeds them. */
  references: ReferenceWindows;
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
   * @param beside a second model; a file that only one of both has analysed counts by that one
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
    beside: Beside | null = null,
  ): Promise<SearchResult> {
    const question = understand(query, references, this.#deps.catalogue.collections);
    if (beside) understand(query, beside.references, this.#deps.catalogue.collections);
    const coverage = this.#coverage.now();
    if (coverage.analysedByAny === 0) throw nothingIndexed(coverage);
    const asked = [{ search: this as Search, references }, ...(beside ? [beside] : [])];
    const embedding = Promise.all(
      asked.map(({ search, references: own }) => search.#sides(question, own, search.#coverage.now())),
    );
    embedding.catch(() => {}); // awaited below; not "unhandled" until then
    const field = surveyCatalogue(question, query, this.#lookups);
    const sides = await embedding;
    signal?.throwIfAborted();

    const opinions = asked.map(({ search }, at) => search.#opinion(sides[at]!, question.text));
    const files = await this.#gathered(question, asked, sides, field, signal);
    const candidates = weigh(files, question, opinions, field.words, this.#lookups);
    const unlike = referencesOf(query).unlike.map(({ path }) => basename(path));
    const ranked = await rank(candidates, question, opinions, unlike, this.#lookups);
    signal?.throwIfAborted();

    const shown = question.includeUnlikely ? ranked : ranked.filter(({ band }) => band !== 'unlikely');
    const rows = question.grouped ? await this.#grouped(shown, candidates, asked) : shown;
    const hits = rows.slice(0, question.limit);
    const models = asked.map(({ search }) => search.model);
    const unaware = asked.filter(({ search }) => search.#knowsNone(question.text)).map(({ search }) => search.model);
    const notices = [
      ...questionNotices(question),
      ...unknownWordsNotices(question.text, unaware, models),
      coverageNotice(coverage),
      beside && besideNotice(beside.search.model, this.model, beside.search.#coverage.now()),
    ];
    // The last folder may have been taken out since the sounds were counted.
    if (hits.length === 0 && this.#lookups.filters.firstFileIds({ includeOffline: true }, 1).length === 0) {
      throw nothingIndexed(this.#coverage.now(true));
    }
    if (hits.length === 0) notices.push(emptyNotice(question.filters, this.#lookups.filters, ranked.length));
    return {
      query: understood(query, question),
      minus: question.minus,
      model: this.model,
      ...(beside && { alsoModel: beside.search.model }),
      hits,
      notices: notices.filter((notice) => notice !== null),
    };
  }

  /**
   * Every part of a file against a query, by exact cosines; names and filters count for nothing.
   * @param references as for {@link run}
   * @param beside as for {@link run}; the windows are those of this model wherever it has analysed the file
   * @returns in order of time; empty when the query has neither words nor a sound, or the file has no embeddings
   * @throws UserError 'file-missing', 'bad-input' (a malformed filter)
   */
  async windows(
    fileId: number,
    query: SearchQuery,
    references: ReferenceWindows = NO_REFERENCES,
    beside: Beside | null = null,
  ): Promise<readonly WindowRelevance[]> {
    const file = this.#lookups.found.files([fileId]).get(fileId);
    if (!file) throw fileMissing(fileId);
    return (await this.#partsBy(query, references, beside))(file);
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
    beside: Beside | null = null,
  ): Promise<FileMatches[]> {
    const files = this.#lookups.found.files(fileIds);
    const partsOf = await this.#partsBy(query, references, beside);
    const found: FileMatches[] = [];
    const yielder = new EventLoopYielder(signal);
    for (const fileId of fileIds) {
      const file = files.get(fileId);
      if (file === undefined) continue;
      found.push({ fileId, matches: matchesAmong(partsOf(file)) });
      await yielder.yieldIfDue();
    }
    return found;
  }

  /** Pack id. */
  get model(): string {
    return this.#deps.model;
  }

  /** How many files of the library this model has analysed. */
  get analysed(): number {
    return this.#coverage.now().analysed;
  }

  /** How well each window of a file matches, in order of time. */
  async #partsBy(query: SearchQuery, references: ReferenceWindows, beside: Beside | null) {
    const sides = await this.#sidesOfParts(query, references);
    const others = beside && (await beside.search.#sidesOfParts(query, beside.references));
    return (file: FoundFile): readonly WindowRelevance[] => {
      const own = sides === null ? [] : this.#windowsOf(file, sides, query);
      return beside && others ? combinedWindows(own, beside.search.#windowsOf(file, others, query)) : own;
    };
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

  #opinion(sides: Sides, text: string): Opinion {
    const { model, soundWords } = this.#deps;
    return { model, sides, aboutSound: soundWords === undefined || isAboutSound(text, soundWords) };
  }

  /** What each model brings, with its places for all of them. */
  async #gathered(
    question: Question,
    asked: readonly Pick<Beside, 'search'>[],
    sides: readonly Sides[],
    field: Field,
    signal: AbortSignal | undefined,
  ): Promise<Map<number, FoundFile>> {
    // Among the best of both may be one that is further down in each.
    const wanted = asked.length === 1 || question.byFilterAlone ? question : { ...question, limit: 2 * question.limit };
    const found = await Promise.all(
      asked.map(({ search }, at) => gather(wanted, sides[at]!, field, this.#lookups, search.#coverage.now(), signal)),
    );
    const files = new Map(found.flatMap((own) => [...own]));
    await Promise.all(sides.map((own) => place(own, files)));
    return files;
  }

  #knowsNone(text: string): boolean {
    const { isKnown } = this.#deps;
    return isKnown !== undefined && knowsNone(text, isKnown);
  }

  #grouped(
    hits: readonly SearchHit[],
    candidates: readonly Candidate[],
    asked: readonly Pick<Beside, 'search'>[],
  ): Promise<SearchHit[]> {
    const models = asked.map(({ search }) => {
      const { index, relevance, spaceId } = search.#deps;
      return { spaceId, index, curve: relevance?.audio ?? null };
    });
    return grouped(hits, candidates, this.#lookups.windows, models);
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

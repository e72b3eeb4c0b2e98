/**
 * A query to hits: text | sound | both → candidates by sound and by name → filters → ranking → places.
 * Measures and thresholds: relevance.ts. What counts as a name: name-evidence.ts.
 */
import type { Database } from 'better-sqlite3';
import { UserError } from '../../shared/errors.ts';
import type { SearchFilters, SearchHit, SearchQuery, SearchResult } from '../../shared/types.ts';
import { cosineSimilarity } from '../embed/normalise.ts';
import { QuerySide, type Place } from './candidates.ts';
import { explain } from './explain.ts';
import { FilterLookup, restricts } from './filters.ts';
import { Library, type Coverage, type FoundFile } from './library.ts';
import { NameLookup, type NameEvidence } from './name-evidence.ts';
import { coverageNotice, emptyNotice, nothingIndexed } from './notices.ts';
import { mergeFilters, parseQuery } from './parse-query.ts';
import { representatives } from './query-embedding.ts';
import {
  BAND_FROM,
  bandOf,
  both,
  either,
  minusProbability,
  nameProbability,
  soundProbability,
  type Relevance,
  type SoundScale,
} from './relevance.ts';
import type { EncodeTexts, WindowSearch } from './window-search.ts';

const DEFAULT_LIMIT = 50;
/** Windows asked for at first: enough that names and sounds meet among them. */
const MIN_WINDOWS = 200;
/** Several windows of one file make one hit, so more windows than hits are asked for. */
const WINDOWS_PER_HIT = 3;
/** Each time that too few files came together, so many times more windows are asked for. */
const GROWTH = 4;
const MAX_ROUNDS = 5;
/** Files looked at because of their names. */
const MIN_NAME_CANDIDATES = 400;
/** Filters that let less of the library through than this are handed to the index; others are applied to what it finds. */
const SELECTIVE_BELOW = 0.2;
/** Called or tagged like a minus term: just under the cut, whatever it sounds like. */
const BELOW_CUT = 0.9 * BAND_FROM.maybe;
/** A minus term that counts at least this much is named among the reasons. */
const WORTH_SAYING = 0.15;

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
}

/** What is asked for, taken apart. */
interface Question {
  text: string;
  /** A sound was given. */
  like: boolean;
  minus: string[];
  filters: SearchFilters;
  limit: number;
  includeUnlikely: boolean;
}
interface Sides {
  text: QuerySide | null;
  like: QuerySide | null;
  minus: QuerySide[];
}
/** A file with all that speaks for and against it. */
interface Candidate {
  file: FoundFile;
  text: { cosine: number; probability: number } | null;
  like: { cosine: number; probability: number } | null;
  names: NameEvidence | null;
  place: Pick<Place, 'startSeconds' | 'seconds'> | null;
  windowId: number | null;
  /** Before minus terms. */
  plus: number;
}

export class Search {
  readonly #parts: SearchParts;
  readonly #library: Library;
  readonly #filters: FilterLookup;
  readonly #names: NameLookup;

  constructor(parts: SearchParts) {
    this.#parts = parts;
    this.#library = new Library(parts.db, parts.spaceId);
    this.#filters = new FilterLookup(parts.db);
    this.#names = new NameLookup(parts.db);
  }

  /**
   * @param likeWindows windows of the sound at `query.likePath`, each Float32Array[dim] of L2 norm 1
   * @returns hits by falling score, then path; a file is one hit, at its best window. Filters and tags alone give
   *   all files that pass, by path, with score 1. The query sound itself and its copies are never hits.
   * @throws UserError 'bad-input' (nothing to look for, a malformed filter, a silent query sound), 'nothing-indexed';
   *   signal.reason when cancelled; what the index and the encoder throw
   */
  async run(
    query: SearchQuery,
    likeWindows: readonly Float32Array[] = [],
    signal?: AbortSignal,
  ): Promise<SearchResult> {
    const question = understand(query, likeWindows);
    const coverage = this.#library.coverage();
    if (coverage.listened === 0) throw nothingIndexed(coverage);
    const sides = await this.#sides(question, likeWindows, coverage);
    signal?.throwIfAborted();

    const words = this.#names.words(question.text);
    const files = await this.#gather(question, query.likePath, sides, words, coverage, signal);
    signal?.throwIfAborted();
    const candidates = this.#weigh(files, question, sides, words, coverage);
    const ranked = await this.#rank(candidates, question, sides, coverage);
    signal?.throwIfAborted();

    const shown = question.includeUnlikely ? ranked : ranked.filter(({ band }) => band !== 'unlikely');
    const hits = shown.slice(0, question.limit);
    const notices = [coverageNotice(coverage)];
    if (hits.length === 0) notices.push(emptyNotice(question.filters, this.#filters, ranked.length));
    return {
      query: understood(query, question),
      model: this.#parts.model,
      hits,
      notices: notices.filter((notice) => notice !== null),
    };
  }

  /** Embeds the words and learns what is usual in this library for each embedding. */
  async #sides({ text, minus }: Question, likeWindows: readonly Float32Array[], coverage: Coverage): Promise<Sides> {
    const none: Sides = { text: null, like: null, minus: [] };
    if (coverage.windows === 0) return none; // all silent: only names can be searched
    const texts = text === '' ? minus : [text, ...minus];
    const embeddings = texts.length === 0 ? [] : await this.#parts.encodeTexts(texts);
    const side = (vectors: readonly Float32Array[]) => new QuerySide(this.#parts.index, vectors);
    const sides: Sides = {
      text: text === '' ? null : side([embeddings[0]!]),
      like: likeWindows.length === 0 ? null : side(representatives(likeWindows)),
      minus: embeddings.slice(text === '' ? 0 : 1).map((embedding) => side([embedding])),
    };
    await Promise.all(
      present(sides)
        .concat(sides.minus)
        .map((each) => each.measure()),
    );
    return sides;
  }

  /** Files worth ranking, by sound and by name, all of which pass the filters. */
  async #gather(
    { text, like, minus, filters, limit, includeUnlikely }: Question,
    likePath: string | undefined,
    sides: Sides,
    words: ReturnType<NameLookup['words']>,
    coverage: Coverage,
    signal: AbortSignal | undefined,
  ): Promise<Map<number, FoundFile>> {
    // Minus terms take hits away again.
    const wanted = minus.length === 0 ? limit : 2 * limit;
    const asked = present(sides);
    const self = likePath === undefined ? null : this.#library.identify(likePath, this.#filters.roots());
    const isSelf = (file: FoundFile) =>
      self !== null && (file.id === self.id || (file.contentId !== null && file.contentId === self.contentId));
    if (text === '' && !like) {
      return this.#library.files(this.#filters.firstFileIds(filters, minus.length === 0 ? limit : 5 * limit));
    }
    let allowed = restricts(filters) ? this.#filters.fileIds(filters) : null;
    let allowedSet = allowed && new Set(allowed);
    const nameIds = this.#names
      .candidates(words, Math.max(MIN_NAME_CANDIDATES, 2 * limit))
      .filter((id) => allowedSet?.has(id) ?? true);

    const files = new Map<number, FoundFile>();
    let k = Math.max(MIN_WINDOWS, WINDOWS_PER_HIT * wanted);
    const looked = new Set<number>();
    for (let round = 0; round < MAX_ROUNDS && allowed?.length !== 0; round++) {
      const share = allowed === null ? 1 : Math.min(1, allowed.length / coverage.listened);
      const few = allowed !== null && share < SELECTIVE_BELOW ? Float64Array.from(allowed) : undefined;
      const depth = few || allowed === null ? k : Math.ceil(k / share);
      await Promise.all([
        ...asked.map((side) => side.nearest(depth, few)),
        ...(round === 0 && sides.text ? [sides.text.score(nameIds)] : []),
      ]);
      signal?.throwIfAborted();
      const found = new Set([...nameIds, ...asked.flatMap((side) => [...side.places.keys()])]);
      const fresh = [...found].filter((id) => !looked.has(id) && (allowedSet?.has(id) ?? true));
      for (const id of fresh) looked.add(id);
      for (const [id, file] of this.#library.files(fresh)) {
        if ((filters.includeOffline || !file.offline) && !isSelf(file)) files.set(id, file);
      }
      const rest = asked.filter((side) => !side.exhausted);
      const hopeless =
        !includeUnlikely && rest.every((side) => this.#unseenProbability(side, sides, coverage) < BAND_FROM.maybe);
      if (rest.length === 0 || hopeless || asked.every((side) => countOf(side.near, files) >= wanted)) break;
      if (allowed === null && 2 * files.size < looked.size) {
        // Most of what was found is not here (an unplugged drive): look only among what is.
        allowed = this.#filters.fileIds(filters);
        allowedSet = new Set(allowed);
      }
      k *= GROWTH;
    }
    const ids = [...files.keys()];
    await Promise.all(asked.map((side) => side.score(ids)));
    return files;
  }

  /** Probability and evidence of each file, minus terms aside. */
  #weigh(
    files: ReadonlyMap<number, FoundFile>,
    { text, like: likeGiven }: Question,
    sides: Sides,
    words: ReturnType<NameLookup['words']>,
    coverage: Coverage,
  ): Candidate[] {
    const ids = [...files.keys()];
    const evidence = this.#names.evidence(words, ids);
    const sound = (side: QuerySide | null, id: number, kind: keyof Relevance) => {
      const place = side?.places.get(id);
      if (!side || !place) return null;
      return {
        cosine: place.cosine,
        probability: soundProbability(place.cosine, this.#scale(side, place.embedding, kind, coverage)),
      };
    };
    const byFilterAlone = text === '' && !likeGiven;
    const firstPlaces = byFilterAlone ? this.#library.firstPlaces(ids) : null;
    return [...files.values()].map((file): Candidate => {
      const heardText = sound(sides.text, file.id, 'text');
      const like = sound(sides.like, file.id, 'audio');
      const names = evidence.get(file.id) ?? null;
      const byText = either(heardText?.probability ?? 0, nameProbability(names?.share ?? 0));
      // With words, they say what is meant; the place is where they fit best.
      const place = sides.text?.places.get(file.id) ?? sides.like?.places.get(file.id);
      let plus = 1;
      if (text !== '') plus = likeGiven ? both(byText, like?.probability ?? 0) : byText;
      else if (likeGiven) plus = like?.probability ?? 0;
      return {
        file,
        text: heardText,
        like,
        names,
        place: place ?? firstPlaces?.get(file.id) ?? null,
        windowId: place?.windowId ?? null,
        plus,
      };
    });
  }

  /** Applies minus terms, puts in order, explains. */
  async #rank(candidates: Candidate[], question: Question, sides: Sides, coverage: Coverage): Promise<SearchHit[]> {
    const ids = candidates.map(({ file }) => file.id);
    const called = this.#names.calledLike(question.minus, ids);
    const minusCosines = await this.#minusCosines(candidates, sides);
    // Filters alone say nothing about sound: a minus term then counts as soon as it is likelier than not.
    const byFilterAlone = question.text === '' && !question.like;
    const hits = candidates.map((candidate): SearchHit => {
      const { file, place, plus, text, like, names } = candidate;
      const minus: { term: string; by: 'sound' | 'name' }[] = [];
      let score = plus;
      sides.minus.forEach((side, at) => {
        const cosine = minusCosines[at]!.get(file.id);
        if (cosine === undefined) return;
        const probability = soundProbability(cosine, this.#scale(side, 0, 'text', coverage));
        const rival = byFilterAlone ? 0.5 : plus;
        const against = minusProbability(probability, rival);
        score *= 1 - against;
        if (probability > rival) score = Math.min(score, BELOW_CUT);
        if (against >= WORTH_SAYING) minus.push({ term: question.minus[at]!, by: 'sound' });
      });
      const calledTerm = called.get(file.id);
      if (calledTerm !== undefined) {
        score = Math.min(score, BELOW_CUT);
        minus.unshift({ term: calledTerm, by: 'name' });
      }
      const startSeconds = place?.startSeconds ?? 0;
      // The index keeps lengths as float32: to the millisecond, so that 2.3 s does not end at 2.2999999.
      const placeEnd = place ? Math.round((startSeconds + place.seconds) * 1000) / 1000 : file.durationSeconds;
      return {
        fileId: file.id,
        path: file.path,
        score,
        startSeconds,
        endSeconds: Math.max(startSeconds, Math.min(placeEnd, file.durationSeconds)),
        band: bandOf(score),
        why: explain({ text, like, names, tags: question.filters.tags ?? [], minus }),
        durationSeconds: file.durationSeconds,
        format: file.format,
        offline: file.offline,
      };
    });
    return hits.sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
  }

  /**
   * How much each file sounds like each minus term: at the place of the hit, for an hour of rain may thunder once
   * elsewhere; anywhere in the file when there is no such place.
   * @returns per minus term: file id → cosine
   */
  async #minusCosines(candidates: readonly Candidate[], { minus }: Sides): Promise<Map<number, number>[]> {
    if (minus.length === 0) return [];
    const placed = candidates.filter(({ windowId }) => windowId !== null);
    const unplaced = candidates.filter(({ windowId }) => windowId === null).map(({ file }) => file.id);
    await Promise.all(minus.map((side) => side.score(unplaced)));
    const windows = this.#library.embeddings(placed.map(({ windowId }) => windowId!));
    return minus.map((side) => {
      const cosines = new Map([...side.places].map(([id, { cosine }]) => [id, cosine]));
      for (const { file, windowId } of placed) {
        const embedding = windows.get(windowId!);
        if (embedding) cosines.set(file.id, cosineSimilarity(side.embedding, embedding));
      }
      return cosines;
    });
  }

  #scale(side: QuerySide, embedding: number, kind: keyof Relevance, { windows }: Coverage): SoundScale {
    return { curve: this.#parts.relevance?.[kind] ?? null, background: side.background(embedding), windows };
  }

  /** The most that a window not seen so far can reach on one side of the query. */
  #unseenProbability(side: QuerySide, sides: Sides, coverage: Coverage): number {
    const kind = side === sides.text ? 'text' : 'audio';
    return soundProbability(side.unseenAtMost, this.#scale(side, 0, kind, coverage));
  }
}

function present({ text, like }: Sides): QuerySide[] {
  return [text, like].filter((side) => side !== null);
}

function countOf(ids: ReadonlySet<number>, files: ReadonlyMap<number, FoundFile>): number {
  let count = 0;
  for (const id of ids) if (files.has(id)) count++;
  return count;
}

function understand(query: SearchQuery, likeWindows: readonly Float32Array[]): Question {
  const { text, minus, filters: inline } = parseQuery(query.text ?? '');
  const filters = mergeFilters(query.filters ?? {}, inline);
  if (query.likePath !== undefined && likeWindows.length === 0) {
    throw new UserError(
      'bad-input',
      `There is nothing to hear in “${query.likePath}”. Take another sound, or another part of it.`,
    );
  }
  if (text === '' && likeWindows.length === 0 && !restricts(filters)) {
    const message =
      minus.length > 0
        ? `“${query.text!.trim()}” says only what to leave out. Say also what to look for: rain -thunder.`
        : 'Say what to look for: some words, such as “heavy door slams”, or a sound.';
    throw new UserError('bad-input', message);
  }
  const limit = query.limit ?? DEFAULT_LIMIT;
  if (!Number.isInteger(limit) || limit < 1)
    throw new UserError('bad-input', 'The number of hits must be a whole number from 1 on.');
  return { text, like: likeWindows.length > 0, minus, filters, limit, includeUnlikely: query.includeUnlikely ?? false };
}

function understood(query: SearchQuery, { text, filters, limit, includeUnlikely }: Question): SearchQuery {
  return {
    ...(text !== '' && { text }),
    ...(query.likePath !== undefined && { likePath: query.likePath }),
    ...(query.likeStartSeconds !== undefined && { likeStartSeconds: query.likeStartSeconds }),
    filters,
    limit,
    includeUnlikely,
  };
}

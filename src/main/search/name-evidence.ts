/**
 * Names as evidence: which words of a query occur in a file's name, folders and tags. Names were split at index time
 * (text/split-name.ts).
 */
import type { WordMatchStore } from '../catalogue/stores/word-matches.ts';
import { anyOf, phraseExpression, wordForms } from '../text/query-words.ts';
import type { UcsCodes } from '../text/ucs-codes.ts';

/** What a word counts where it matches. A folder is about many files at once, a name about its own. */
const COLUMN_WEIGHT = { name: 1, tags: 0.8, folder: 0.5 } as const;
type Column = keyof typeof COLUMN_WEIGHT;
const COLUMNS = Object.keys(COLUMN_WEIGHT) as Column[];

/** Counting a word's files stops here. Words beyond count only when the query has no rarer ones. */
const COMMON_FROM = 20_000;
/** A word that no file has says little about names, yet a name without it is not a full match. */
const ABSENT_WEIGHT = 0.5;

/** One word of the query and how much it counts. */
export interface QueryWord {
  /** As typed. */
  word: string;
  /** Full-text expression for it, quoted. */
  expression: string;
  /** Inverse document frequency, > 0; the rarer, the higher. */
  weight: number;
  /** Files that have it anywhere; counted up to {@link COMMON_FROM} + 1. */
  files: number;
}

export interface NameEvidence {
  /** Weight of the words found, each by the best place it was found in, over the weight of all: 0..1. */
  share: number;
  /** The query's words, as typed, and where they were found. A word may be in several places. */
  name: string[];
  folder: string[];
  tags: string[];
}

export class NameLookup {
  readonly #matches: WordMatchStore;
  readonly #codes: UcsCodes;

  /** @param codes abbreviations that names may have in place of a word */
  constructor(matches: WordMatchStore, codes: UcsCodes = () => []) {
    this.#matches = matches;
    this.#codes = codes;
  }

  /**
   * The words of a query with their weights in this catalogue. One statement.
   * @returns [] when nothing can be looked up
   */
  words(text: string): QueryWord[] {
    const forms = wordForms(text, this.#codes);
    if (forms.length === 0) return [];
    const cut = this.#present(forms.flatMap(({ guessed }) => guessed));
    const words = forms.map(({ word }) => word);
    const expressions = forms.map(({ phrases, guessed }) => anyOf([...phrases, ...guessed.filter((one) => cut.has(one))])); // prettier-ignore
    const files = this.#matches.counts(expressions, COMMON_FROM + 1);
    const total = this.#matches.roughlyFiles(); // near enough for a logarithm
    const idf = (count: number) => Math.log(1 + total / (1 + count)) + 0.01;
    const present = files.filter((count) => count > 0);
    const meanIdf = present.reduce((sum, count) => sum + idf(count), 0) / Math.max(1, present.length);
    const all = words.map((word, at): QueryWord => {
      const count = files[at]!;
      return {
        word,
        expression: expressions[at]!,
        files: count,
        weight: count > 0 ? idf(count) : ABSENT_WEIGHT * meanIdf,
      };
    });
    const rarer = all.filter(({ files: count }) => count > 0 && count <= COMMON_FROM);
    return rarer.length > 0 ? all.filter(({ files: count }) => count <= COMMON_FROM) : all;
  }

  /** @returns those that some file has */
  #present(phrases: readonly string[]): Set<string> {
    const found = this.#matches.counts(phrases, 1);
    return new Set(phrases.filter((_, at) => found[at]! > 0));
  }

  /**
   * Files worth looking at for their names, the likeliest first: all words in the name, all words anywhere, two of
   * them, one rare word. At most four statements, each of which stops at `limit`.
   * @param phrases that have to stand in the name or the tags, see {@link holding}
   * @returns file ids without duplicates, at most `limit`
   */
  candidates(words: readonly QueryWord[], limit: number, phrases: readonly string[] = []): number[] {
    const present = words.filter(({ files }) => files > 0);
    if (present.length === 0) return [];
    const all = present.map(({ expression }) => expression);
    const found = new Set<number>();
    const together = inNameOrTags(phrases);
    const add = (expression: string) => {
      if (found.size >= limit) return;
      const whole = [`(${expression})`, ...together].join(' AND ');
      for (const id of this.#matches.matching(whole, limit)) {
        if (found.size >= limit) return;
        found.add(id);
      }
    };
    add(all.map((expression) => `{name} : ${expression}`).join(' AND '));
    add(all.join(' AND '));
    if (all.length > 2) {
      const pairs = all.flatMap((first, at) => all.slice(at + 1).map((second) => `(${first} AND ${second})`));
      add(pairs.join(' OR '));
    }
    if (all.length > 1) {
      const rare = present.filter(({ files }) => files <= limit).map(({ expression }) => expression);
      if (rare.length > 0) add(rare.join(' OR '));
    }
    return [...found];
  }

  /**
   * Which of the words each of these files has, and where. One statement.
   * @returns only files that have at least one
   */
  evidence(words: readonly QueryWord[], fileIds: readonly number[]): Map<number, NameEvidence> {
    const byFile = new Map<number, NameEvidence>();
    const present = words.filter(({ files }) => files > 0);
    if (present.length === 0 || fileIds.length === 0) return byFile;
    const total = words.reduce((sum, { weight }) => sum + weight, 0);
    const expressions = present.flatMap(({ expression }) => COLUMNS.map((column) => `{${column}} : ${expression}`));
    /** Per file: the best column weight of each word. */
    const best = new Map<number, Float64Array>();
    for (const [key, fileId] of this.#matches.among(expressions, fileIds)) {
      const at = Math.floor(key / COLUMNS.length);
      const column = COLUMNS[key % COLUMNS.length]!;
      const evidence = byFile.get(fileId) ?? { share: 0, name: [], folder: [], tags: [] };
      const weights = best.get(fileId) ?? new Float64Array(present.length);
      byFile.set(fileId, evidence);
      best.set(fileId, weights);
      evidence[column].push(present[at]!.word);
      weights[at] = Math.max(weights[at]!, COLUMN_WEIGHT[column]);
    }
    for (const [fileId, evidence] of byFile) {
      const found = best.get(fileId)!.reduce((sum, weight, at) => sum + weight * present[at]!.weight, 0);
      evidence.share = Math.min(1, found / total);
    }
    return byFile;
  }

  /** Which of these files have every one of the phrases in their name or their tags, words one after the other. */
  holding(phrases: readonly string[], fileIds: readonly number[]): Set<number> {
    const together = inNameOrTags(phrases);
    if (together.length === 0) return new Set(fileIds);
    const rows = this.#matches.among([together.join(' AND ')], fileIds);
    return new Set(rows.map(([, fileId]) => fileId));
  }

  /**
   * Which of these files are called or tagged like one of the phrases (folders do not count: they are about too
   * many). One statement.
   * @returns per file the first phrase that fits
   */
  calledLike(phrases: readonly string[], fileIds: readonly number[]): Map<number, string> {
    const expressions = phrases.map((phrase) => phraseExpression(phrase));
    const usable = phrases.flatMap((phrase, at) =>
      expressions[at] == null ? [] : [{ phrase, expression: `{name tags} : ${expressions[at]}` }],
    );
    const called = new Map<number, string>();
    if (usable.length === 0 || fileIds.length === 0) return called;
    const expressionsUsed = usable.map(({ expression }) => expression);
    for (const [key, fileId] of this.#matches.among(expressionsUsed, fileIds))
      if (!called.has(fileId)) called.set(fileId, usable[key]!.phrase);
    return called;
  }
}

/** @returns an expression for each phrase that can be looked up */
function inNameOrTags(phrases: readonly string[]): string[] {
  return phrases
    .map((phrase) => phraseExpression(phrase))
    .filter((expression) => expression !== null)
    .map((expression) => `({name tags} : ${expression})`);
}

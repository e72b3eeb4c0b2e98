/**
 * What a file's name, its folders and the tags already in it say for labels: whole phrases of a label (its name, its
 * keywords), its category, and the CatID of the Universal Category System, which files of professional libraries
 * begin with (`DOORWood_Slam_Creator_Source.wav`) or carry as a tag.
 */
import type { Label, Vocabulary } from './vocabulary.ts';
import { wordsOf } from '../text/words.ts';

export type WordField = 'name' | 'folder' | 'tag';

/** What a file is called and tagged with. */
export interface FileWords {
  /** Without its extension. */
  name: string;
  /** Names of the folders it lies in, the root's own first. */
  folders: string[];
  /** Values of tags that say what it is, and which of them are CatIDs. */
  tags: string[];
  catIds: string[];
}

/** A phrase of a label that was found. */
export interface WordMatch {
  label: number;
  field: WordField;
  /** catId: the row of the UCS; phrase: of several words; word: of one; category: category and subcategory. */
  kind: 'catId' | 'phrase' | 'word' | 'category';
  /** As the vocabulary has it. */
  text: string;
  /** Labels of the vocabulary that it stands for. */
  shared: number;
}

export interface WordWeights {
  /** Log-odds a match adds, before what it shares with other labels is taken off. */
  fields: Readonly<Record<WordField, Readonly<Record<WordMatch['kind'], number>>>>;
  /** Taken off times the natural logarithm of the number of labels that a match stands for. */
  sharedTax: number;
  /** When a name fits other labels of the vocabulary, it is evidence against those that it does not fit. */
  otherwiseNamed: number;
  /** A CatID says it outright. */
  otherCatId: number;
}

/**
 * `word` and `phrase` in names and folders, `sharedTax` and `otherwiseNamed` were chosen by bench/tags/fit.ts on the dev
 * clips, on the careful side of the best fit: the clips' labels were themselves written from such names, so that in
 * other libraries names will say less. How far they are believed at all is WORD_TRUST's matter (calibration.ts).
 * CatIDs, categories and tags the clips do not have: reasoned from the others.
 */
export const WORD_WEIGHTS: WordWeights = {
  fields: {
    name: { catId: 8, phrase: 7, word: 5.5, category: 4 },
    folder: { catId: 6, phrase: 5, word: 4, category: 3 },
    tag: { catId: 8, phrase: 6, word: 4.8, category: 3.5 },
  },
  sharedTax: 1,
  otherwiseNamed: -0.5,
  otherCatId: -2.5,
};
/** No words make a label surer than this many log-odds, all fields together. */
export const MOST_BY_WORDS = 8;

/** Folders nearest to the file that are looked at. */
const FOLDERS = 3;
/** Longer values are stories, and stories mention everything. */
const MOST_TAG_WORDS = 30;

interface Phrase {
  labels: number[];
  kind: WordMatch['kind'];
  text: string;
  words: string[];
}

export class WordEvidence {
  readonly #weights: WordWeights;
  readonly #labels: number;
  readonly #phrases: Phrase[] = [];
  /** word → indices of the phrases it is in. */
  readonly #byWord = new Map<string, number[]>();
  /** CatID as it is, and without case → labels. */
  readonly #catIds = new Map<string, number[]>();
  readonly #foldedCatIds = new Map<string, string>();

  constructor(vocabulary: Pick<Vocabulary, 'labels'>, weights = WORD_WEIGHTS) {
    this.#weights = weights;
    this.#labels = vocabulary.labels.length;
    const known = new Map<string, Phrase>();
    for (const [label, content] of vocabulary.labels.entries()) {
      for (const { kind, text, words } of phrasesOf(content)) {
        const key = `${kind === 'category' ? 'category' : ''} ${words.toSorted().join(' ')}`;
        const phrase = known.get(key) ?? { labels: [], kind, text, words };
        if (!phrase.labels.includes(label)) phrase.labels.push(label);
        known.set(key, phrase);
      }
      if (!content.ucs) continue;
      const { catId } = content.ucs;
      this.#catIds.set(catId, [...(this.#catIds.get(catId) ?? []), label]);
      this.#foldedCatIds.set(catId.toLowerCase(), catId);
    }
    for (const [at, phrase] of [...known.values()].entries()) {
      this.#phrases.push(phrase);
      for (const word of phrase.words) this.#byWord.set(word, [...(this.#byWord.get(word) ?? []), at]);
    }
  }

  /** Everything that was found, a label perhaps several times in each field. */
  matches({ name, folders, tags, catIds }: FileWords): WordMatch[] {
    const matches: WordMatch[] = [];
    this.#find(wordsOf(name), 'name', matches);
    // Near ones say more than those above, and all of them are one field: words may come from several.
    this.#find(folders.slice(-FOLDERS).flatMap(wordsOf), 'folder', matches);
    for (const value of tags) {
      const words = wordsOf(value);
      if (words.length <= MOST_TAG_WORDS) this.#find(words, 'tag', matches);
    }
    for (const value of catIds) this.#addCatId(this.#foldedCatIds.get(value.trim().toLowerCase()), 'tag', matches);
    this.#addCatId(this.#catIdOfName(name), 'name', matches);
    return matches;
  }

  /**
   * @param matches of one file
   * @param into Float32Array[labels], overwritten: log-odds that words add to each label
   * @returns false when words say nothing, and `into` is all zeros
   */
  logOdds(matches: readonly WordMatch[], into: Float32Array): boolean {
    into.fill(0);
    if (matches.length === 0) return false;
    const named = matches.some(({ field, kind }) => field === 'name' && kind !== 'category');
    const catIds = new Set(matches.filter(({ kind }) => kind === 'catId').map(({ label }) => label));
    const best = new Map<number, Map<WordField, number>>();
    for (const match of matches) {
      const ofLabel = best.get(match.label) ?? new Map<WordField, number>();
      best.set(match.label, ofLabel);
      ofLabel.set(match.field, Math.max(ofLabel.get(match.field) ?? 0, weightOf(match, this.#weights)));
    }
    const { otherwiseNamed, otherCatId } = this.#weights;
    const others = (named ? otherwiseNamed : 0) + (catIds.size > 0 ? otherCatId : 0);
    if (others !== 0) into.fill(others);
    for (const [label, ofLabel] of best) {
      let sum = [...ofLabel.values()].reduce((a, b) => a + b, 0);
      if (catIds.size > 0 && !catIds.has(label)) sum += otherCatId;
      if (named && !ofLabel.has('name')) sum += otherwiseNamed;
      into[label] = Math.min(MOST_BY_WORDS, sum);
    }
    return true;
  }

  #find(words: readonly string[], field: WordField, into: WordMatch[]): void {
    const present = new Set(words);
    const counts = new Map<number, number>();
    for (const word of present) {
      for (const at of this.#byWord.get(word) ?? []) counts.set(at, (counts.get(at) ?? 0) + 1);
    }
    for (const [at, count] of counts) {
      const { labels, kind, text, words: wanted } = this.#phrases[at]!;
      if (count < wanted.length) continue;
      for (const label of labels) into.push({ label, field, kind, text, shared: labels.length });
    }
  }

  #addCatId(catId: string | undefined, field: WordField, into: WordMatch[]): void {
    const labels = catId === undefined ? [] : (this.#catIds.get(catId) ?? []);
    for (const label of labels) into.push({ label, field, kind: 'catId', text: catId!, shared: labels.length });
  }

  /** In front, as the UCS has it; elsewhere only those that are no ordinary word ("RAIN" is one, "RAINConc" is not). */
  #catIdOfName(name: string): string | undefined {
    const runs = name.split(/[^\p{L}\p{N}]+/u).filter((run) => run !== '');
    const first = runs[0] ?? '';
    if (this.#catIds.has(first)) return first;
    for (const run of runs) {
      const catId = this.#foldedCatIds.get(run.toLowerCase());
      if (catId !== undefined && /\p{Ll}/u.test(catId) && run !== run.toLowerCase()) return catId;
    }
    return undefined;
  }

  get labels(): number {
    return this.#labels;
  }
}

/** What one match adds, > 0. */
export function weightOf(
  { field, kind, shared }: WordMatch,
  { fields, sharedTax }: WordWeights = WORD_WEIGHTS,
): number {
  return Math.max(0.3, fields[field][kind] - sharedTax * Math.log(shared));
}

function phrasesOf({ name, keywords, ucs }: Label): Omit<Phrase, 'labels'>[] {
  const phrases: Omit<Phrase, 'labels'>[] = [];
  for (const text of [name, ...keywords]) {
    const words = [...new Set(wordsOf(text))];
    if (words.length > 0) phrases.push({ kind: words.length > 1 ? 'phrase' : 'word', text, words });
  }
  if (ucs) {
    const words = [...new Set([...wordsOf(ucs.category), ...wordsOf(ucs.subCategory)])];
    const isOneWord = words.length === 1; // "RAIN, GENERAL" without the second: too little to go by
    if (!isOneWord) phrases.push({ kind: 'category', text: `${ucs.category} ${ucs.subCategory}`, words });
  }
  return phrases;
}

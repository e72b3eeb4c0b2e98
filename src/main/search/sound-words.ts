/**
 * Words that are said of sounds. A model places any text somewhere, also one about invoices, and there is always a sound
 * beside it. The words of the installed vocabularies distinguish the two, whichever model answers.
 */
import { wordsOf } from '../text/words.ts';
import type { UcsRow } from '../text/ucs-codes.ts';
import { contentWords } from '../text/query-words.ts';
import type { WordCheck } from './known-words.ts';

interface Label {
  name: string;
  prompts: readonly string[];
  keywords: readonly string[];
  ucs?: UcsRow | undefined;
}

/** Whether each part of a word, as `wordsOf` takes it apart, is said of sounds. */
export type SoundWords = (word: string) => boolean[];

/**
 * @param labels of all vocabularies, about 3,100 words with the shipped ones
 * @param isLearnt words that the model has learnt in other languages: from names of sounds only
 */
export function soundWords(labels: Iterable<Label>, isLearnt: WordCheck = () => false): SoundWords {
  // Labels and prompts are made of the same words again and again: each is taken apart once.
  const pieces = new Set<string>();
  for (const { name, prompts, keywords, ucs } of labels) {
    const texts = [name, ...prompts, ...keywords, ucs?.category ?? '', ucs?.subCategory ?? ''];
    for (const text of texts) for (const piece of text.split(' ')) pieces.add(piece);
  }
  const words = new Set([...pieces].flatMap(wordsOf));
  return (word) => (isLearnt(word) ? [true] : wordsOf(word).map((part) => words.has(part)));
}

/**
 * @returns whether more than half of the words that carry the query are said of sounds. Of 20 texts about other things
 *   one passed ("hello world"); of the 150 queries of the dev split 94 do
 */
export function isAboutSound(text: string, known: SoundWords): boolean {
  const parts = contentWords(text).flatMap(known);
  return 2 * parts.filter((isOfSound) => isOfSound).length > parts.length;
}

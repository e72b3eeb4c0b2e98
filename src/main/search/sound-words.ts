/**
 * Words that are said of sounds. A model places any text somewhere, also one about invoices, and there is always a sound
 * beside it. What the installed vocabularies call sounds tells the two apart, whichever model answers.
 */
import { wordsOf } from '../tag/words.ts';
import type { UcsRow } from './ucs-codes.ts';
import { contentWords } from './query-words.ts';

interface Label {
  name: string;
  prompts: readonly string[];
  keywords: readonly string[];
  ucs?: UcsRow | undefined;
}

/** In the form of `wordsOf`. */
export type SoundWords = ReadonlySet<string>;

/** @param labels of all vocabularies, about 3,100 words with the shipped ones */
export function soundWords(labels: Iterable<Label>): SoundWords {
  const words = new Set<string>();
  for (const { name, prompts, keywords, ucs } of labels) {
    const texts = [name, ...prompts, ...keywords, ucs?.category ?? '', ucs?.subCategory ?? ''];
    for (const word of texts.flatMap(wordsOf)) words.add(word);
  }
  return words;
}

/**
 * @returns whether more than half of the words that carry the query are said of sounds. Of 20 texts about other things
 *   one passed ("hello world"); of the 150 queries of the dev split 94 do
 */
export function isAboutSound(text: string, known: SoundWords): boolean {
  const words = contentWords(text).flatMap(wordsOf);
  return 2 * words.filter((word) => known.has(word)).length > words.length;
}

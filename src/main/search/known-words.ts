/**
 * Whether a model can know the words of a query at all. Its tokenizer was made from the texts it has read: a word that
 * they are full of is one piece or a few, while random letters and scripts that it has not read fall apart into pieces of
 * a letter or less. What a model answers to those is noise. Of words that it has met seldom, as those of its further
 * languages, the tokenizer does not show it: the pack lists them.
 */
import { contentWords } from '../text/query-words.ts';
import { isSpaceless, sameSpelling } from '../text/split-name.ts';

/** Pieces that a model's tokenizer makes of a word, over its letters. */
export type PiecesPerLetter = (word: string) => number;
/** @param word as {@link contentWords} gives it */
export type WordCheck = (word: string) => boolean;

/**
 * English words of up to 0.55 are read ("invoice" 0.43), as are those of the 150 queries of the dev split (0.5); random
 * letters mostly begin at 0.6 ("asdfghjkl" 0.67), other scripts at 2. Measured on the starter model's 10,000 pieces;
 * larger tokenizers lie lower.
 */
const UNKNOWN_FROM = 0.65;
/** Shorter ones ("a", "bd") are pieces of their own in any tokenizer, or abbreviations. */
const MIN_LETTERS = 4;

/**
 * @param words that a pack lists as learnt, in any spelling
 * @returns whether a word is one of them; one of a script without spaces, whose words are compounds, also when each of its
 *   characters occurs in them
 */
export function learntWords(words: Iterable<string>): WordCheck {
  const all = new Set<string>();
  const characters = new Set<string>();
  for (const word of words) {
    const same = folded(word);
    all.add(same);
    if (isSpaceless(same)) for (const character of same) characters.add(character);
  }
  return (word) => {
    const same = folded(word);
    return all.has(same) || (isSpaceless(same) && Array.from(same).every((character) => characters.has(character)));
  };
}

/** @returns whether the model has learnt a word, or its tokenizer shows that it has read it */
export function knownWords(piecesPerLetter: PiecesPerLetter, isLearnt: WordCheck): WordCheck {
  return (word) => {
    if (!/\p{L}/u.test(word) || isLearnt(word)) return true;
    const pieces = piecesPerLetter(word);
    return pieces <= 1 && (pieces < UNKNOWN_FROM || Array.from(word).length < MIN_LETTERS);
  };
}

/** @returns true when the model knows none of the words that carry the query */
export function knowsNone(text: string, isKnown: WordCheck): boolean {
  const words = contentWords(text);
  return words.length > 0 && !words.some(isKnown);
}

function folded(word: string): string {
  return sameSpelling(word).toLowerCase();
}

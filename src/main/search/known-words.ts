/**
 * Whether a model can know the words of a query at all. Its tokenizer was made from the texts it has read: a word of such
 * texts is one piece or a few, while random letters and scripts that it has not read fall apart into pieces of a letter
 * or less. What it answers to those is noise.
 */
import { contentWords } from './query-words.ts';

/** Pieces that a model's tokenizer makes of a word, over its letters. */
export type PiecesPerLetter = (word: string) => number;

/**
 * Words of up to 0.7 are read ("invoice" 0.43, "lluvia" 0.67), random letters begin at 0.78, other scripts at 2 (measured
 * on the 150 queries of the dev split and the starter model's 10,000 pieces; larger tokenizers lie lower).
 */
const STRANGE_FROM = 0.75;
/** Shorter ones ("a", "bd") are pieces of their own in any tokenizer, or abbreviations. */
const MIN_LETTERS = 4;

/** @returns true when the model knows none of the words that carry the query */
export function isAllStrange(text: string, piecesPerLetter: PiecesPerLetter): boolean {
  const words = contentWords(text);
  return words.length > 0 && words.every((word) => isStrange(word, piecesPerLetter));
}

function isStrange(word: string, piecesPerLetter: PiecesPerLetter): boolean {
  if (!/\p{L}/u.test(word)) return false;
  const pieces = piecesPerLetter(word);
  return pieces > 1 || (pieces >= STRANGE_FROM && Array.from(word).length >= MIN_LETTERS);
}

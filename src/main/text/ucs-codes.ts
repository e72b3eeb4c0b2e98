/**
 * Abbreviations of the Universal Category System in file names: CatIDs (`AEROHeli`) and the code of a category that they
 * begin with (`WHSH`), by the words they stand for.
 * @see https://universalcategorysystem.com
 */
import { wordsOf } from './words.ts';

export interface UcsRow {
  catId: string;
  category: string;
  subCategory: string;
}

/** @returns the codes that stand for a word in any form ("whooshes" → "whsh"), in lower case; [] when there are none */
export type UcsCodes = (word: string) => readonly string[];

/** @param rows those that installed vocabularies name, in any order; a row may come more than once */
export function ucsCodes(rows: Iterable<UcsRow>): UcsCodes {
  const codes = new Map<string, Set<string>>();
  const add = (name: string, code: string) => {
    const [word, ...more] = wordsOf(name);
    // A category of several words stands for none of them alone.
    if (word === undefined || more.length > 0 || word === code) return;
    const known = codes.get(word) ?? new Set();
    codes.set(word, known.add(code));
  };
  for (const { catId, category, subCategory } of rows) {
    const code = /^[A-Z0-9]+(?=[A-Z][a-z])/.exec(catId)?.[0];
    if (code !== undefined) add(category, code.toLowerCase());
    add(subCategory, catId.toLowerCase());
  }
  return (word) => [...(codes.get(wordsOf(word)[0] ?? '') ?? [])];
}

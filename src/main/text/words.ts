/** Words of names and labels in a form in which they can be compared: without case, accents and simple plurals. */
import { splitName } from './split-name.ts';

/** Words that labels are held together by. */
const LINKS = new Set('a an and at by for from in into of off on or out over the to under with'.split(' '));

/**
 * @param text a name, a phrase, a tag's value; cut as file names are, so that "DOORWood_slam" holds door, wood, slam
 *   and doorwood
 * @returns in order, links left out
 */
export function wordsOf(text: string): string[] {
  return splitName(text)
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .split(' ')
    .filter((word) => word !== '' && !LINKS.has(word))
    .map(singular);
}

/** boxes → box, berries → berry, doors → door; glass, bus and hiss stay. Equal forms matter, not correct ones. */
export function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || /(?:ss|us|is)$/.test(word)) return word;
  if (/[^aeiou]ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ch|sh|x|ss|zz)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

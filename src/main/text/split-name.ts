/** File and folder names as words, so that full-text search finds "wood" in `DOORWood_slam_03.wav`. */

/**
 * Scripts that are written without spaces between words, and Hangul, whose words are compounds and carry particles: each
 * character with its marks is a word of its own, and what is looked for is a phrase of characters.
 */
const SPACELESS =
  '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Bopomofo}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\u30fc\u3005]';
const SPACELESS_CHARACTER = new RegExp(`${SPACELESS}\\p{M}*`, 'gu');
/** Most names by far: there is nothing to unify, and nothing to look up in Unicode's tables. */
const ASCII_ONLY = /^\p{ASCII}*$/u;
/** Most words: nothing to cut inside of them. */
const PLAIN_WORD = /^[A-Za-z]?[a-z]*$/;
const SPACELESS_ONLY = new RegExp(`^(?:${SPACELESS}\\p{M}*)+$`, 'u');

/** One spelling of what looks and means the same: full and half width, ligatures, composed and decomposed letters. */
export function sameSpelling(text: string): string {
  return text.normalize('NFKC');
}

/** @param word in the form of {@link sameSpelling} */
export function isSpaceless(word: string): boolean {
  return SPACELESS_ONLY.test(word);
}

/** Text in the form of {@link sameSpelling}, characters of scripts without spaces apart from each other. */
export function spaced(text: string): string {
  if (ASCII_ONLY.test(text)) return text;
  return sameSpelling(text).replace(SPACELESS_CHARACTER, ' $& ');
}

/**
 * Cuts at everything that is not a letter or digit, between `fooBar`, `FOOBar` and `foo12`, between the characters of
 * scripts without spaces, and gives the parts as they are written. The words that were cut inside (`DOORWood`) follow
 * once more in one piece, so that a query typed without a gap still matches ("doorwood", "loop120").
 * @param name a file name without its folder, or a folder name; any Unicode, in any normalisation form
 * @returns words joined by single spaces, '' when there is none. Case is kept: FTS folds it.
 */
export function splitName(name: string): string {
  const words: string[] = [];
  const whole: string[] = [];
  for (const [run] of spaced(name).matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    if (PLAIN_WORD.test(run)) {
      words.push(run);
      continue;
    }
    const parts = run
      .replace(/(\p{Ll}\p{M}*)(?=\p{Lu})/gu, '$1 ') // fooBar → foo Bar
      .replace(/(\p{Lu}\p{M}*)(?=\p{Lu}\p{M}*\p{Ll})/gu, '$1 ') // FOOBar → FOO Bar
      .replace(/(\p{L}\p{M}*)(?=\p{N})/gu, '$1 ') // foo12 → foo 12
      .replace(/(\p{N})(?=\p{L})/gu, '$1 ') // 12foo → 12 foo
      .split(' ');
    words.push(...parts);
    if (parts.length > 1) whole.push(run);
  }
  return [...words, ...whole].join(' ');
}

/** A value of a tag as words: in one spelling, and what was written in one piece (`DOORWood`) once more in its parts. */
export function tagWords(value: string): string {
  const text = spaced(value);
  const parts = [...text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)]
    .map(([run]) => splitName(run))
    .filter((run) => run.includes(' '));
  return [text, ...parts].join(' ');
}

/** The words of a file: its name without extension. `.hidden` and `name.` keep what they have. */
export function fileNameWords(fileName: string): string {
  return splitName(fileName.replace(/(?<=.)\.[\p{L}\p{N}]{1,8}$/u, ''));
}

/**
 * The words of the folders a file lies in, the root's own name first.
 * @param rootPath absolute, in any platform's form; only its last part is used
 * @param relativePath with '/' between folders
 */
export function folderWords(rootPath: string, relativePath: string): string {
  const rootName = rootPath.split(/[\\/]/).findLast((part) => part !== '') ?? '';
  const folders = [rootName, ...relativePath.split('/').slice(0, -1)];
  return folders
    .map(splitName)
    .filter((words) => words !== '')
    .join(' ');
}

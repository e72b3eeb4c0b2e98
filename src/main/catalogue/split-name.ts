/** File and folder names as words, so that full-text search finds "wood" in `DOORWood_slam_03.wav`. */

/**
 * Cuts at everything that is not a letter or digit, between `fooBar`, `FOOBar` and `foo12`, and gives the parts as
 * they are written. The words that were cut inside (`DOORWood`) follow once more in one piece, so that a query
 * typed without a gap still matches ("doorwood", "loop120").
 * @param name a file name without its folder, or a folder name; any Unicode, NFC or NFD
 * @returns words joined by single spaces, '' when there is none. Case is kept: FTS folds it.
 */
export function splitName(name: string): string {
  const words: string[] = [];
  const whole: string[] = [];
  // NFC first: macOS hands out decomposed names, whose combining marks would cut words apart.
  for (const [run] of name.normalize('NFC').matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
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

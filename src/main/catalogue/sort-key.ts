/**
 * Keys that lists are sorted by, so that SQLite's plain byte order over an index is the order a person expects: no
 * case, no accents, numbers by their value ("take 2" before "take 10"). Stored in `file.name_key` and
 * `file.folder_key`; another rule here needs a migration that writes them anew.
 */

/** Lower than any character of a key: a shorter name or an outer folder comes before longer ones that begin with it. */
const SEPARATOR = '\u0001';
/** Numbers of more digits are not numbers any more; what follows is compared as it stands. */
const MAX_DIGITS = 70;

/**
 * @param fileName without its folder
 * @returns its key; the extension counts only between equal names
 */
export function nameSortKey(fileName: string): string {
  const dot = fileName.lastIndexOf('.');
  if (dot <= 0) return foldedKey(fileName);
  return foldedKey(fileName.slice(0, dot)) + SEPARATOR + foldedKey(fileName.slice(dot + 1));
}

/**
 * @param relativeFolder with '/' between folders, '' for the root itself
 * @returns its key: a folder is followed by what lies in it, before its neighbours
 */
export function folderSortKey(relativeFolder: string): string {
  return relativeFolder === '' ? '' : relativeFolder.split('/').map(foldedKey).join(SEPARATOR);
}

/** Both keys of a file. @param relativePath below its root, '/' between folders */
export function sortKeys(relativePath: string): { nameKey: string; folderKey: string } {
  const slash = relativePath.lastIndexOf('/');
  return {
    nameKey: nameSortKey(relativePath.slice(slash + 1)),
    folderKey: folderSortKey(slash === -1 ? '' : relativePath.slice(0, slash)),
  };
}

/** What the keys of all folders below a folder begin with. @param folderKey of the outer folder */
export function folderKeyPrefix(folderKey: string): string {
  return folderKey === '' ? '' : folderKey + SEPARATOR;
}

function foldedKey(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/\p{Cc}/gu, ' ') // a control character must not pass for the separator
    .replace(/\d+/g, byValue);
}

/** Digits as `0`, how many there are, and the digits: of two numbers the one with fewer digits is the smaller. */
function byValue(digits: string): string {
  const significant = digits.replace(/^0+(?=\d)/, '').slice(0, MAX_DIGITS);
  return `0${String.fromCharCode(0x30 + significant.length)}${significant}`;
}

/** The name of a file as it may stand in a line of a list. */
import { basename } from 'node:path';

/** @param ending that is left out @returns without what ends a line or cannot be seen */
export function shownName(path: string, ending = ''): string {
  return basename(path, ending).replace(/\p{Cc}+/gu, ' ');
}

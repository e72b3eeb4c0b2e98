/** Which files a window may hand to the system: those in the folders that the user gave to Earmark. */
import { isAbsolute, relative, sep } from 'node:path';

/**
 * A page that was taken over must not make the system touch anything else; on Windows the mere look at a network path
 * sends the user's credentials there.
 * @param roots absolute folders
 */
export function isInLibrary(path: string, roots: readonly string[]): boolean {
  if (!isAbsolute(path) || path.includes('\0')) return false;
  return roots.some((root) => {
    const below = relative(root, path);
    return below !== '' && below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below);
  });
}

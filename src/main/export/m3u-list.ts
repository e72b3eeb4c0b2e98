/**
 * Sounds as a playlist: extended M3U in UTF-8 (https://datatracker.ietf.org/doc/html/rfc8216#section-4.1 says of the
 * encoding and of comments what players have agreed on; `#EXTINF` seconds are whole here, as older players want them).
 */
import { basename, relative, sep } from 'node:path';
import type { ListedFile } from './listed-files.ts';

export interface M3uOptions {
  /** Absolute folder that paths are relative to; null: absolute paths. */
  relativeTo: string | null;
  /** Told of a file that a playlist cannot name. */
  leaveOut: (path: string, reason: string) => void;
}

/** @yields the playlist in pieces */
export async function* m3uList(
  files: AsyncIterable<Pick<ListedFile, 'path' | 'durationSeconds'>>,
  options: M3uOptions,
): AsyncGenerator<string> {
  yield '#EXTM3U\n';
  for await (const { path, durationSeconds } of files) {
    if (/[\r\n]/.test(path)) {
      options.leaveOut(path, `“${basename(path)}” has a line break in its path, which a playlist cannot hold.`);
      continue;
    }
    const title = basename(path).replace(/(?<=.)\.[^.]*$/u, '');
    yield `#EXTINF:${Math.round(durationSeconds)},${title}\n${entry(path, options.relativeTo)}\n`;
  }
}

function entry(path: string, relativeTo: string | null): string {
  if (relativeTo === null) return path;
  const from = relative(relativeTo, path);
  // On Windows another drive has no relative path; elsewhere a name that looks like a comment or an address must not.
  if (/^([A-Za-z]:|[\\/])/.test(from)) return from;
  const slashed = sep === '\\' ? from.replaceAll('\\', '/') : from;
  return /^(#|\s)|^[A-Za-z][A-Za-z0-9+.-]*:/.test(slashed) ? `./${slashed}` : slashed;
}

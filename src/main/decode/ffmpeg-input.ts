/** How FFmpeg is told which file to read: nothing in a path or in a file's content can lead anywhere else. */
import type { Sniffed } from './sniff.ts';

/** `subfile` reads a part of a local file. */
export const PROTOCOLS = 'file,subfile';

/**
 * @param path absolute
 * @returns the URL of the part of the file that holds the sound
 * @see https://ffmpeg.org/ffmpeg-protocols.html#subfile
 */
export function inputUrl(path: string, { soundStart = 0, soundEnd }: Sniffed): string {
  if (soundStart === 0 && soundEnd === undefined) return `file:${path}`;
  // An end of 0 is that of the file.
  return `subfile,,start,${soundStart},end,${soundEnd ?? 0},,:file:${path}`;
}

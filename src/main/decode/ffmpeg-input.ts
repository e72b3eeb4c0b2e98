/** How FFmpeg is told which file to read: nothing in a path or in a file's content can lead anywhere else. */

/** `subfile` reads a part of a local file. */
export const PROTOCOLS = 'file,subfile';

/**
 * @param path absolute @param end where to stop reading, in bytes; undefined: at the end of the file
 * @see https://ffmpeg.org/ffmpeg-protocols.html#subfile
 */
export function inputUrl(path: string, end?: number): string {
  return end === undefined ? `file:${path}` : `subfile,,start,0,end,${end},,:file:${path}`;
}

/** ID3v1 (id3.org, "ID3v1"): the last 128 bytes of an MP3 or FLAC file. */
import type { OpenFile } from '../container.ts';
import { genreName } from '../id3/genres.ts';
import { text } from '../riff/info-list.ts';
import type { NamedValue } from './names.ts';

export const ID3V1_BYTES = 128;

export async function hasId3v1(file: OpenFile): Promise<boolean> {
  if (file.size < ID3V1_BYTES) return false;
  return Buffer.from(await file.read(file.size - ID3V1_BYTES, 3)).toString('latin1') === 'TAG';
}

/** @returns its values; none when the file has no such tag */
export async function readId3v1(file: OpenFile): Promise<NamedValue[]> {
  if (!(await hasId3v1(file))) return [];
  const tag = Buffer.from(await file.read(file.size - ID3V1_BYTES, ID3V1_BYTES));
  // Version 1.1: the last byte of the comment is a track number when a zero stands before it.
  const track = tag[125] === 0 ? tag[126]! : 0;
  const found: [name: string, value: string][] = [
    ['TITLE', text(tag.subarray(3, 33))],
    ['ARTIST', text(tag.subarray(33, 63))],
    ['ALBUM', text(tag.subarray(63, 93))],
    ['DATE', text(tag.subarray(93, 97))],
    ['COMMENT', text(tag.subarray(97, track > 0 ? 125 : 127))],
    ['TRACKNUMBER', track > 0 ? String(track) : ''],
    ['GENRE', genreName(String(tag[127])) ?? ''],
  ];
  return found
    .filter(([, value]) => value !== '')
    .map(([name, value]) => ({ name, value, fromId: `ID3v1:${name.toLowerCase()}` }));
}

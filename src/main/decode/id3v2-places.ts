/** Where ID3v2 tags stand in a file: in front of anything, and in chunks of WAVE and AIFF files. */
import type { ByteReader } from '../files/byte-reader.ts';

export const ID3_HEADER_BYTES = 10;
/** Zeros behind a tag. */
const MOST_PADDING = 65_536;

/** @returns bytes of the tag that begins with this header, 0 when it is none */
export function id3v2Bytes(header: Buffer): number {
  const isTag =
    header.length >= ID3_HEADER_BYTES &&
    header.toString('latin1', 0, 3) === 'ID3' &&
    header.subarray(6, ID3_HEADER_BYTES).every((byte) => byte < 0x80);
  if (!isTag) return 0;
  const size = (header[6]! << 21) | (header[7]! << 14) | (header[8]! << 7) | header[9]!;
  return ID3_HEADER_BYTES + size + ((header[5]! & 0x10) !== 0 ? ID3_HEADER_BYTES : 0);
}

/** Tags may stand before anything, may follow one another, and may be padded with zeros. */
export async function tagsInFront(
  file: ByteReader,
): Promise<{ tags: { position: number; bytes: number }[]; end: number }> {
  const tags: { position: number; bytes: number }[] = [];
  let at = 0;
  for (let bytes; (bytes = id3v2Bytes(await file.read(at, ID3_HEADER_BYTES))) > 0; at += bytes) {
    tags.push({ position: at, bytes });
  }
  if (at === 0) return { tags, end: 0 };
  const padding = await file.read(at, MOST_PADDING);
  const firstNonZero = padding.findIndex((byte) => byte !== 0);
  // MP4 begins with zeros of its own: the size of its first box.
  const box = padding.indexOf('ftyp', firstNonZero, 'latin1') - 4;
  if (box >= 0 && box < firstNonZero && firstNonZero < box + 4) return { tags, end: at + box };
  return { tags, end: firstNonZero > 0 ? at + firstNonZero : at };
}

/**
 * Where the sound of a file ends whose format has no length of its own: tags that programs put behind it are taken for
 * sound by FFmpeg, as frames that fail, or as minutes that are missing.
 */
import type { ByteReader } from '../files/byte-reader.ts';
import { id3v2Bytes } from './id3v2-places.ts';

const ID3V1_BYTES = 128;
/** "TAG+": longer texts, in front of an ID3v1 tag. */
const ENHANCED_BYTES = 227;
/** Of APEv1 and APEv2 (wiki.hydrogenaud.io, "APEv2 specification"); a header has the same length. */
const APE_FOOTER_BYTES = 32;
const APE_HAS_HEADER = 0x80000000;
const APE_LARGEST = 256 * 2 ** 20;
/** Lyrics3 v2 (id3.org): six digits and this. */
const LYRICS_END = 'LYRICS200';
const LYRICS_FOOTER_BYTES = 6 + LYRICS_END.length;
/** A repeated ID3v2 header at the end of an appended tag (ID3v2.4 §3.4). */
const ID3_FOOTER_BYTES = 10;

/** @returns the bytes of the file up to the first of the tags behind its sound: its size when there are none */
export async function endOfSound(file: ByteReader): Promise<number> {
  let end = file.size;
  for (let bytes; (bytes = await tagBefore(file, end)) > 0;) end -= bytes;
  return end;
}

/** @returns how long the tag is that ends there; 0 when none does */
async function tagBefore(file: ByteReader, end: number): Promise<number> {
  const from = Math.max(0, end - ENHANCED_BYTES);
  const tail = await file.read(from, end - from);
  const behind = (bytes: number) => tail.toString('latin1', Math.max(0, tail.length - bytes));
  if (behind(ID3V1_BYTES).startsWith('TAG')) return ID3V1_BYTES;
  if (behind(ENHANCED_BYTES).startsWith('TAG+')) return ENHANCED_BYTES;
  const lyrics = /^(\d{6})LYRICS200$/.exec(behind(LYRICS_FOOTER_BYTES));
  if (lyrics) return await beginsWith(file, end, Number(lyrics[1]) + LYRICS_FOOTER_BYTES, 'LYRICSBEGIN');
  const ape = tail.subarray(Math.max(0, tail.length - APE_FOOTER_BYTES));
  if (ape.length === APE_FOOTER_BYTES && ape.toString('latin1', 0, 8) === 'APETAGEX') {
    const hasHeader = (ape.readUInt32LE(20) & APE_HAS_HEADER) !== 0;
    const bytes = ape.readUInt32LE(12) + (hasHeader ? APE_FOOTER_BYTES : 0);
    const isPlausible = bytes >= APE_FOOTER_BYTES && bytes <= APE_LARGEST && bytes < end;
    if (!isPlausible) return 0;
    return hasHeader ? await beginsWith(file, end, bytes, 'APETAGEX') : bytes;
  }
  const footer = Buffer.from(tail.subarray(Math.max(0, tail.length - ID3_FOOTER_BYTES)));
  if (footer.toString('latin1', 0, 3) !== '3DI') return 0;
  footer.write('ID3', 'latin1');
  return await beginsWith(file, end, id3v2Bytes(footer), 'ID3');
}

/** A length is believed where the tag's other end confirms it. */
async function beginsWith(file: ByteReader, end: number, bytes: number, mark: string): Promise<number> {
  if (bytes <= 0 || bytes > end) return 0;
  return (await file.read(end - bytes, mark.length)).toString('latin1') === mark ? bytes : 0;
}

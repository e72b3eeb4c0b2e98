/**
 * ID3v2 tags as music-metadata can read them. It knows neither tags that are unsynchronised as a whole (2.2, 2.3; in 2.4
 * by the tag's flag alone) nor extended headers as the standards have them, and takes what it finds there for text.
 */
import { parseBuffer } from 'music-metadata';
import type { ByteReader } from '../files/byte-reader.ts';
import { ID3_HEADER_BYTES, id3v2Bytes, tagsInFront } from './id3v2-places.ts';
import { readChunks } from './riff.ts';

const UNSYNCHRONISED = 0x80;
const EXTENDED = 0x40;
/** Of a frame of 2.4: unsynchronised. */
const FRAME_UNSYNCHRONISED = 0x02;
/** Pictures make tags large; larger ones are not read for their texts. */
const LARGEST = 64 * 1024 * 1024;

export interface NativeValue {
  id: string;
  value: unknown;
}

/**
 * @param force read them also where music-metadata should have
 * @returns what all ID3v2 tags of the file say, in file order; null where there is none, or none that needs this
 */
export async function readOddId3(file: ByteReader, force: boolean): Promise<NativeValue[] | null> {
  const front = await tagsInFront(file);
  const { kind, chunks } = await readChunks(file);
  const inChunks = chunks.filter(({ id, bytes }) => id.toLowerCase() === 'id3 ' && bytes > ID3_HEADER_BYTES);
  const places = [...front.tags, ...inChunks].filter(({ bytes }) => bytes <= LARGEST);
  // Behind a tag in front it takes everything for MPEG, and sees no chunk.
  let isOdd = force || (front.tags.length > 0 && kind !== '');
  const tags: Buffer[] = [];
  for (const { position, bytes } of places) {
    const header = await file.read(position, ID3_HEADER_BYTES);
    if (id3v2Bytes(header) === 0) continue;
    isOdd ||= (header[5]! & (UNSYNCHRONISED | (header[3]! > 2 ? EXTENDED : 0))) !== 0;
    tags.push(await file.read(position, Math.min(bytes, id3v2Bytes(header))));
  }
  if (!isOdd || tags.length === 0) return null;
  const values: NativeValue[] = [];
  for (const tag of tags) {
    const { native } = await parseBuffer(
      plainTag(tag),
      { mimeType: 'audio/mpeg' },
      { duration: false, skipCovers: true },
    );
    for (const [type, list] of Object.entries(native)) if (type.startsWith('ID3v2')) values.push(...list);
  }
  return values;
}

/** The same frames in a tag without those two. @param tag whole, footer included */
function plainTag(tag: Buffer): Buffer {
  const [version, flags] = [tag[3]!, tag[5]!];
  const hasFooter = version === 4 && (flags & 0x10) !== 0;
  let content: Buffer = tag.subarray(ID3_HEADER_BYTES, hasFooter ? tag.length - ID3_HEADER_BYTES : tag.length);
  if (version < 4 && (flags & UNSYNCHRONISED) !== 0) content = resynchronised(content);
  if (version > 2 && (flags & EXTENDED) !== 0 && content.length >= 4) {
    // In 2.3 the size does not count itself.
    content = content.subarray(version === 4 ? syncsafe(content, 0) : content.readUInt32BE(0) + 4);
  }
  if (version === 4 && (flags & UNSYNCHRONISED) !== 0) content = withFrameFlags(content);
  const header = Buffer.from(tag.subarray(0, ID3_HEADER_BYTES));
  header[5] = 0;
  for (let n = 0; n < 4; n++) header[6 + n] = (content.length >> (7 * (3 - n))) & 0x7f;
  return Buffer.concat([header, content]);
}

function withFrameFlags(content: Buffer): Buffer {
  const copy = Buffer.from(content);
  for (let at = 0; at + 10 <= copy.length && copy[at] !== 0; at += 10 + syncsafe(copy, at + 4)) {
    const end = at + 10 + syncsafe(copy, at + 4);
    // Some programs set the tag's flag and leave the frames as they were.
    const isPlain = copy.subarray(at + 10, end).some((byte, n, all) => byte === 0xff && (all[n + 1] ?? 0) >= 0xe0);
    if (!isPlain) copy[at + 9] = copy[at + 9]! | FRAME_UNSYNCHRONISED;
  }
  return copy;
}

/** Without the zeros behind $FF (ID3v2.4 structure §6.1). */
function resynchronised(bytes: Buffer): Buffer {
  const out = Buffer.alloc(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    out[length++] = bytes[at]!;
    if (bytes[at] === 0xff && bytes[at + 1] === 0) at++;
  }
  return out.subarray(0, length);
}

function syncsafe(bytes: Buffer, at: number): number {
  return ((bytes[at]! & 0x7f) << 21) | ((bytes[at + 1]! & 0x7f) << 14) | ((bytes[at + 2]! & 0x7f) << 7) | (bytes[at + 3]! & 0x7f); // prettier-ignore
}
